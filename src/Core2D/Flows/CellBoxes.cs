using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Flows;

/// <summary>Finds the bounding box and size of every cell in one pass.</summary>
public static class CellBoxes
{
    private const int PieceVoxels = 1 << 20;

    /// <summary>Finds all cells of a label image.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; gaps in the numbers are fine; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes the result; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>One box per label present, ascending by label; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A label is negative, or the array has neither two nor three axes.</exception>
    public static CellBox[] Find(NdArray<int> labels, int threads = 0, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.Of(labels.Shape, nameof(labels));
        int rows = checked((int)grid.Rows), piece = Math.Max(1, PieceVoxels / Math.Max(1, grid.X));
        var parts = new Dictionary<int, CellBox>[(rows + piece - 1) / piece];
        ParallelWork.Run(parts.Length, threads,
            i => parts[i] = FindRows(labels, grid, i * piece, Math.Min(rows, (i + 1) * piece)), null, cancellationToken);

        var all = new Dictionary<int, CellBox>();
        foreach (CellBox box in parts.SelectMany(p => p.Values))
            all[box.Label] = all.TryGetValue(box.Label, out CellBox known) ? known.Union(box) : box;
        CellBox[] boxes = [.. all.Values];
        Array.Sort(boxes, (a, b) => a.Label.CompareTo(b.Label));
        return boxes;
    }

    private static Dictionary<int, CellBox> FindRows(NdArray<int> labels, VoxelGrid grid, int from, int to)
    {
        var boxes = new Dictionary<int, CellBox>();
        for (int row = from; row < to; row++)
        {
            (int z, int y) = (row / grid.Y, row % grid.Y);
            ReadOnlySpan<int> line = labels.Data.AsSpan(row * grid.X, grid.X);
            for (int x = 0, end; x < line.Length; x = end)
            {
                int label = line[x];
                end = x + RunLength(line[x..]);
                if (label == 0)
                    continue;
                if (label < 0)
                    throw new ArgumentException($"labels must be at least 0; got {label} at [{z}, {y}, {x}].", nameof(labels));
                var run = new CellBox(label, z, y, x, z + 1, y + 1, end, end - x, row * grid.X + x);
                ref CellBox box = ref CollectionsMarshal.GetValueRefOrAddDefault(boxes, label, out bool known);
                box = known ? box.Union(run) : run;
            }
        }
        return boxes;
    }

    private static int RunLength(ReadOnlySpan<int> line)
    {
        int length = line.IndexOfAnyExcept(line[0]);
        return length < 0 ? line.Length : length;
    }
}
