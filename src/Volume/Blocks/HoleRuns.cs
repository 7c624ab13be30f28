using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Finds the holes of one cell of any size, plane by plane: what is not the cell is kept as runs, not as voxels.</summary>
/// <remarks>
/// Runs that touch by a face, within a plane or between two, are joined into parts; a part that reaches the side of the cell's box
/// is outside. The same holes as those of a flood through the box's voxels, for some bytes a row instead of some a voxel.
/// </remarks>
internal sealed class HoleRuns
{
    private readonly List<VoxelRun> _runs = [];
    private readonly List<int> _parent = [];
    private readonly List<bool> _outside = [];
    private bool _hasCells;

    private HoleRuns()
    {
    }

    /// <summary>Finds the holes.</summary>
    /// <param name="cell">Label and box.</param>
    /// <param name="volume">Lengths of the volume.</param>
    /// <param name="read">Reads labels of a box, whole planes of the cell's box at a time.</param>
    /// <param name="planes">Planes read at once.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <returns>The holes, by row, then by column; null where there is none.</returns>
    public static CellHoles? Find(CellExtent cell, VolumeShape volume, Func<VolumeBox, int[]> read, int planes, CancellationToken cancellationToken)
    {
        VolumeBox box = cell.Box;
        var holes = new HoleRuns();
        int[] above = new int[box.Height + 1], here = new int[box.Height + 1];    // first run of each row of a plane
        for (int z = box.Z; z < box.EndZ; z += planes)
        {
            VolumeBox part = box with { Z = z, Depth = Math.Min(planes, box.EndZ - z) };
            int[] labels = read(part);
            for (int plane = z; plane < part.EndZ; plane++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                bool face = plane == box.Z || plane == box.EndZ - 1;
                holes.AddPlane(labels.AsSpan((plane - z) * box.Height * box.Width, box.Height * box.Width), cell, plane, volume.Y, face, above, here);
                (above, here) = (here, above);
            }
        }

        VoxelRun[] inside = [.. holes._runs.Where((_, n) => !holes._outside[holes.Root(n)])];
        return inside.Length == 0 ? null : new CellHoles(cell.Label, inside, holes.CellsIn(inside, read, volume.Y));
    }

    private void AddPlane(ReadOnlySpan<int> labels, CellExtent cell, int plane, int rows, bool face, int[] above, int[] here)
    {
        VolumeBox box = cell.Box;
        for (int y = 0; y < box.Height; y++)
        {
            here[y] = _runs.Count;
            ReadOnlySpan<int> line = labels.Slice(y * box.Width, box.Width);
            for (int x = 0; x < line.Length;)
            {
                if (line[x] == cell.Label)
                {
                    x++;
                    continue;
                }
                int length = line[x..].IndexOf(cell.Label), end = length < 0 ? line.Length : x + length;
                bool outside = face || y == 0 || y == box.Height - 1 || x == 0 || end == line.Length;
                _hasCells |= line[x..end].ContainsAnyExcept(0);
                _parent.Add(_runs.Count);
                _outside.Add(outside);
                _runs.Add(new VoxelRun((long)plane * rows + box.Y + y, box.X + x, box.X + end));
                x = end;
            }
            if (y > 0)
                JoinRows(here[y - 1], here[y], here[y], _runs.Count);
            if (plane > box.Z)
                JoinRows(above[y], above[y + 1], here[y], _runs.Count);
        }
        here[box.Height] = _runs.Count;
    }

    private void JoinRows(int a, int endA, int b, int endB)
    {
        while (a < endA && b < endB)
        {
            if (_runs[a].X0 < _runs[b].X1 && _runs[b].X0 < _runs[a].X1)
                Join(a, b);
            if (_runs[a].X1 < _runs[b].X1)
                a++;
            else
                b++;
        }
    }

    private void Join(int a, int b)
    {
        (a, b) = (Root(a), Root(b));
        if (a == b)
            return;
        int low = Math.Min(a, b), high = Math.Max(a, b);
        _parent[high] = low;
        _outside[low] |= _outside[high];
    }

    private int Root(int n)
    {
        while (_parent[n] != n)
        {
            _parent[n] = _parent[_parent[n]];
            n = _parent[n];
        }
        return n;
    }

    // Most cells have holes without other cells, or none at all: only where the box holds others is a second look needed.
    private int[] CellsIn(VoxelRun[] inside, Func<VolumeBox, int[]> read, int rows) => !_hasCells ? []
        : [.. inside.SelectMany(run => read(new VolumeBox((int)(run.Row / rows), (int)(run.Row % rows), run.X0, 1, 1, run.Length))).Where(label => label != 0).Distinct().Order()];
}
