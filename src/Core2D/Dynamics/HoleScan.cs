using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Finds the holes of one cell: what is not the cell and cannot be left but through it. Buffers are reused.</summary>
/// <remarks>A way out goes along faces: 4 neighbours in 2D, 6 in 3D. Other cells count as not the cell.</remarks>
internal sealed class HoleScan
{
    private const byte Open = 0, Cell = 1, Outside = 2;

    private byte[] _window = [];
    private int[] _stack = [];

    /// <summary>Linear indices of the voxels of a cell's holes, ascending; empty for most cells.</summary>
    public List<int> Holes { get; } = [];

    /// <summary>Scans one cell as it is in the labels now, within its box.</summary>
    /// <returns>True when it has a hole.</returns>
    public bool Scan(NdArray<int> labels, VoxelGrid grid, CellBox box)
    {
        Holes.Clear();
        int ring = grid.Rank == 3 ? 1 : 0;                               // the padding around the box is outside
        int h = box.Height + 2, w = box.Width + 2, plane = h * w, d = box.Depth + 2 * ring;
        int size = checked(d * plane);
        if (_window.Length < size)
            (_window, _stack) = (new byte[size], new int[size]);
        Fill(labels, grid, box, ring, h, w, size, out int open);
        open -= Flood(size, plane, w, ring == 1);
        if (open == 0)
            return false;

        for (int z = box.Z0; z < box.Z1; z++)
        {
            for (int y = box.Y0; y < box.Y1; y++)
            {
                int at = ((z - box.Z0 + ring) * h + y - box.Y0 + 1) * w + 1;
                for (int x = box.X0; x < box.X1; x++, at++)
                {
                    if (_window[at] == Open)
                        Holes.Add((z * grid.Y + y) * grid.X + x);
                }
            }
        }
        return true;
    }

    private void Fill(NdArray<int> labels, VoxelGrid grid, CellBox box, int ring, int h, int w, int size, out int open)
    {
        Span<byte> window = _window.AsSpan(0, size);
        window.Fill(Outside);
        open = 0;
        for (int z = box.Z0; z < box.Z1; z++)
        {
            for (int y = box.Y0; y < box.Y1; y++)
            {
                int at = ((z - box.Z0 + ring) * h + y - box.Y0 + 1) * w + 1;
                foreach (int label in labels.Data.AsSpan((z * grid.Y + y) * grid.X + box.X0, box.Width))
                {
                    bool cell = label == box.Label;
                    window[at++] = cell ? Cell : Open;
                    open += cell ? 0 : 1;
                }
            }
        }
    }

    // Marks open voxels reachable from the padding; returns how many.
    private int Flood(int size, int plane, int w, bool deep)
    {
        byte[] window = _window;
        int[] stack = _stack;
        int count = 0, reached = 0;
        for (int at = 0; at < size; at++)
        {
            if (window[at] != Open || !TouchesOutside(at))
                continue;
            Take(at);
            while (count > 0)
            {
                int voxel = stack[--count];
                Visit(voxel - 1);
                Visit(voxel + 1);
                Visit(voxel - w);
                Visit(voxel + w);
                if (!deep)
                    continue;
                Visit(voxel - plane);
                Visit(voxel + plane);
            }
        }
        return reached;

        bool TouchesOutside(int at) =>
            window[at - 1] == Outside || window[at + 1] == Outside || window[at - w] == Outside || window[at + w] == Outside
            || (deep && (window[at - plane] == Outside || window[at + plane] == Outside));
        void Visit(int at)
        {
            if (window[at] == Open)
                Take(at);
        }
        void Take(int at)
        {
            window[at] = Outside;
            stack[count++] = at;
            reached++;
        }
    }
}
