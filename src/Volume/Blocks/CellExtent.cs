using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Where one cell lies in a volume of any size.</summary>
/// <param name="Label">The label, above 0.</param>
/// <param name="Z0">First plane.</param>
/// <param name="Y0">First row.</param>
/// <param name="X0">First column.</param>
/// <param name="Z1">One past the last plane.</param>
/// <param name="Y1">One past the last row.</param>
/// <param name="X1">One past the last column.</param>
/// <param name="Count">Number of voxels.</param>
/// <param name="First">Linear index of its first voxel in raster order.</param>
internal readonly record struct CellExtent(int Label, int Z0, int Y0, int X0, int Z1, int Y1, int X1, long Count, long First)
{
    /// <summary>The bounding box.</summary>
    public VolumeBox Box => new(Z0, Y0, X0, Z1 - Z0, Y1 - Y0, X1 - X0);

    /// <summary>Finds the cells of a box.</summary>
    /// <param name="labels">int32 [depth, height, width]; borrowed.</param>
    /// <param name="box">Where the labels lie.</param>
    /// <param name="volume">Lengths of the whole.</param>
    /// <returns>One for each label, ascending.</returns>
    public static CellExtent[] Find(ReadOnlySpan<int> labels, VolumeBox box, VolumeShape volume)
    {
        var found = new Dictionary<int, CellExtent>();
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                ReadOnlySpan<int> line = labels[..box.Width];
                labels = labels[box.Width..];
                for (int x = 0, end; x < line.Length; x = end)
                {
                    int label = line[x], length = line[x..].IndexOfAnyExcept(label);
                    end = length < 0 ? line.Length : x + length;
                    if (label == 0)
                        continue;
                    long first = ((long)z * volume.Y + y) * volume.X + box.X + x;
                    Add(found, new CellExtent(label, z, y, box.X + x, z + 1, y + 1, box.X + end, end - x, first));
                }
            }
        }
        CellExtent[] cells = [.. found.Values];
        Array.Sort(cells, (a, b) => a.Label.CompareTo(b.Label));
        return cells;
    }

    /// <summary>Puts the parts of cells together that blocks have found.</summary>
    /// <returns>One for each label, ascending.</returns>
    public static CellExtent[] Merge(IEnumerable<byte[]> records)
    {
        var all = new Dictionary<int, CellExtent>();
        foreach (byte[] record in records)
        {
            foreach (CellExtent part in MemoryMarshal.Cast<byte, CellExtent>(record))
                Add(all, part);
        }
        CellExtent[] cells = [.. all.Values];
        Array.Sort(cells, (a, b) => a.Label.CompareTo(b.Label));
        return cells;
    }

    /// <summary>Cells as the record of a block.</summary>
    public static byte[] ToBytes(CellExtent[] cells) => MemoryMarshal.AsBytes<CellExtent>(cells).ToArray();

    /// <summary>The cell's place in a window of the volume, whose own order of voxels its first one has no use in.</summary>
    public CellBox In(VolumeBox window) =>
        new(Label, Z0 - window.Z, Y0 - window.Y, X0 - window.X, Z1 - window.Z, Y1 - window.Y, X1 - window.X, checked((int)Count), First: 0);

    private static void Add(Dictionary<int, CellExtent> cells, CellExtent part)
    {
        ref CellExtent cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, part.Label, out bool known);
        cell = !known ? part : new CellExtent(
            part.Label, Math.Min(cell.Z0, part.Z0), Math.Min(cell.Y0, part.Y0), Math.Min(cell.X0, part.X0),
            Math.Max(cell.Z1, part.Z1), Math.Max(cell.Y1, part.Y1), Math.Max(cell.X1, part.X1),
            cell.Count + part.Count, Math.Min(cell.First, part.First));
    }
}
