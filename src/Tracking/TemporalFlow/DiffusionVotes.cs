using System.Numerics;
using System.Runtime.InteropServices;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Settles which earlier cell each voxel of a later cell comes from, where several compete, by a diffusion flow.</summary>
/// <remarks>
/// Heat flows from the centres of the competing cells, moved to where they are expected, through the union of their masks and the later
/// one, as in the flows the network learns; every voxel of the later cell then climbs to a centre, and that is its vote. Ways round
/// a dent or through a neck count as they are, where distances between centres do not. One object per thread; buffers are reused.
/// </remarks>
internal sealed class DiffusionVotes
{
    private const int LargestSteps = 400;

    private double[] _heat = [], _next = [], _share = [];
    private int[] _basin = [];
    private readonly List<int> _inside = [];
    private readonly List<int> _own = [];
    private readonly List<(int First, int End)> _rows = [];

    /// <summary>Votes.</summary>
    /// <param name="earlier">Frame of the competing cells.</param>
    /// <param name="later">Frame of the cell that is voted on.</param>
    /// <param name="target">Its index.</param>
    /// <param name="sources">Indices of the competing cells.</param>
    /// <param name="shifts">How far each earlier cell is moved, by index.</param>
    /// <param name="spacing">Size of a voxel.</param>
    /// <returns>For each of the sources, the share of the target's voxels, together at most 1.</returns>
    public float[] Vote(FlowFrame earlier, FlowFrame later, int target, ReadOnlySpan<int> sources, (int Z, int Y, int X)[] shifts, SpacingUm spacing)
    {
        VolumeBox box = later.Cells[target].Box;
        foreach (int u in sources)
            box = Union(box, Move(earlier.Cells[u].Box, shifts[u]));
        box = box.Intersect(Whole(later));
        // one voxel of cold margin on every side, in the third dimension only where there is one
        int marginZ = box.Depth > 1 || Whole(later).Depth > 1 ? 1 : 0;
        int height = box.Height + 2, width = box.Width + 2, size = (box.Depth + 2 * marginZ) * height * width;
        int[] steps = marginZ == 1 ? [-1, 1, -width, width, -height * width, height * width] : [-1, 1, -width, width];
        Prepare(size);

        Paint(later, later.Cells[target], default, box, marginZ, height, width, _own);
        int[] centres = new int[sources.Length];
        for (int s = 0; s < centres.Length; s++)
        {
            int before = _inside.Count;
            Paint(earlier, earlier.Cells[sources[s]], shifts[sources[s]], box, marginZ, height, width, null);
            centres[s] = Centre(earlier, earlier.Cells[sources[s]], shifts[sources[s]], box, marginZ, height, width, spacing);
            if (centres[s] < 0)
                _inside.RemoveRange(before, _inside.Count - before);
        }
        Diffuse(centres, steps, width, size, Math.Min(LargestSteps, 2 * (box.Depth + box.Height + box.Width)));
        return Count(centres, steps, height, width, spacing);
    }

    private void Prepare(int size)
    {
        int padded = size + Vector<double>.Count;                        // the last vector of the last row may reach behind the box
        if (_heat.Length < padded)
            (_heat, _next, _share, _basin) = (new double[padded], new double[padded], new double[padded], new int[padded]);
        Array.Clear(_heat, 0, padded);
        Array.Clear(_next, 0, padded);
        Array.Clear(_share, 0, padded);
        Array.Fill(_basin, -2, 0, size);                                 // -2: outside, -1: not yet climbed from
        _inside.Clear();
        _own.Clear();
    }

    private void Paint(
        FlowFrame frame, in Detection cell, (int Z, int Y, int X) shift, VolumeBox box, int marginZ, int height, int width, List<int>? list)
    {
        VolumeBox part = Move(cell.Box, shift).Intersect(box);
        for (int z = part.Z; z < part.EndZ; z++)
        {
            for (int y = part.Y; y < part.EndY; y++)
            {
                ReadOnlySpan<int> row = Row(frame, z - shift.Z, y - shift.Y, part.X - shift.X, part.Width);
                int start = ((z - box.Z + marginZ) * height + y - box.Y + 1) * width + part.X - box.X + 1;
                for (int x = 0; x < row.Length; x++)
                {
                    if (row[x] != cell.Label)
                        continue;
                    int at = start + x;
                    list?.Add(at);
                    if (_basin[at] == -2)
                    {
                        _basin[at] = -1;
                        _inside.Add(at);
                    }
                }
            }
        }
    }

    /// <summary>The cell's voxel nearest its centroid, once moved; -1 where it left the image.</summary>
    private static int Centre(
        FlowFrame frame, in Detection cell, (int Z, int Y, int X) shift, VolumeBox box, int marginZ, int height, int width, SpacingUm spacing)
    {
        VolumeBox part = Move(cell.Box, shift).Intersect(box);
        double nearest = double.PositiveInfinity;
        int centre = -1;
        for (int z = part.Z; z < part.EndZ; z++)
        {
            for (int y = part.Y; y < part.EndY; y++)
            {
                ReadOnlySpan<int> row = Row(frame, z - shift.Z, y - shift.Y, part.X - shift.X, part.Width);
                for (int x = 0; x < row.Length; x++)
                {
                    if (row[x] != cell.Label)
                        continue;
                    double distance = (spacing.At(z - shift.Z, y - shift.Y, part.X + x - shift.X) - cell.Centroid).SquaredLength;
                    if (distance >= nearest)
                        continue;
                    nearest = distance;
                    centre = ((z - box.Z + marginZ) * height + y - box.Y + 1) * width + part.X + x - box.X + 1;
                }
            }
        }
        return centre;
    }

    private void Diffuse(int[] centres, int[] steps, int width, int size, int rounds)
    {
        foreach (int at in _inside)
            _share[at] = 1.0 / (steps.Length + 1);
        FindRows(width, size);
        for (int round = 0; round < rounds; round++)
        {
            foreach (int centre in centres)
            {
                if (centre >= 0)
                    _heat[centre] += 1;
            }
            foreach ((int first, int end) in _rows)
                Spread(first, end, steps);
            (_heat, _next) = (_next, _heat);
        }
    }

    /// <summary>Notes where the voxels that heat flows through begin and end in every row that has any.</summary>
    private void FindRows(int width, int size)
    {
        _rows.Clear();
        for (int row = 0; row < size; row += width)
        {
            ReadOnlySpan<double> shares = _share.AsSpan(row, width);
            int first = shares.IndexOfAnyExcept(0);
            if (first >= 0)
                _rows.Add((row + first, row + shares.LastIndexOfAnyExcept(0) + 1));
        }
    }

    /// <summary>One step of a part of a row, several voxels at once; voxels outside of the masks have no share and stay cold.</summary>
    private void Spread(int first, int end, int[] steps)
    {
        ref double heat = ref MemoryMarshal.GetArrayDataReference(_heat), next = ref MemoryMarshal.GetArrayDataReference(_next);
        ref double share = ref MemoryMarshal.GetArrayDataReference(_share);
        for (int at = first; at < end; at += Vector<double>.Count)
        {
            Vector<double> sum = Vector.LoadUnsafe(ref heat, (nuint)at);
            foreach (int step in steps)
                sum += Vector.LoadUnsafe(ref heat, (nuint)(at + step));
            (sum * Vector.LoadUnsafe(ref share, (nuint)at)).StoreUnsafe(ref next, (nuint)at);
        }
    }

    private float[] Count(int[] centres, int[] steps, int height, int width, SpacingUm spacing)
    {
        var path = new List<int>();
        int[] votes = new int[centres.Length];
        foreach (int start in _own)
        {
            path.Clear();
            int at = start;
            while (_basin[at] == -1)
            {
                path.Add(at);
                int best = at;
                foreach (int step in steps)
                {
                    if (_heat[at + step] > _heat[best])
                        best = at + step;
                }
                if (best == at)
                {
                    _basin[at] = _heat[at] > 0 ? Nearest(centres, at, height, width, spacing) : centres.Length;
                    break;
                }
                at = best;
            }
            int basin = _basin[at];
            foreach (int passed in path)
                _basin[passed] = basin;
            if (basin < centres.Length)
                votes[basin]++;
        }
        return [.. votes.Select(n => (float)n / _own.Count)];
    }

    private static int Nearest(int[] centres, int at, int height, int width, SpacingUm spacing)
    {
        int nearest = centres.Length;
        double least = double.PositiveInfinity;
        for (int s = 0; s < centres.Length; s++)
        {
            if (centres[s] < 0)
                continue;
            PointUm apart = spacing.At(
                at / (height * width) - centres[s] / (height * width), at / width % height - centres[s] / width % height, at % width - centres[s] % width);
            if (apart.SquaredLength < least)
                (least, nearest) = (apart.SquaredLength, s);
        }
        return nearest;
    }

    /// <summary>A part of a row; empty where a moved cell has none left in the box.</summary>
    private static ReadOnlySpan<int> Row(FlowFrame frame, int z, int y, int x, int count)
    {
        VolumeBox whole = Whole(frame);
        return count <= 0 ? [] : frame.Labels.Data.AsSpan((z * whole.Height + y) * whole.Width + x, count);
    }

    private static VolumeBox Whole(FlowFrame frame) =>
        new(0, 0, 0, frame.Labels.Rank == 3 ? frame.Labels.Shape[0] : 1, frame.Labels.Shape[^2], frame.Labels.Shape[^1]);

    private static VolumeBox Move(VolumeBox box, (int Z, int Y, int X) shift) =>
        box with { Z = box.Z + shift.Z, Y = box.Y + shift.Y, X = box.X + shift.X };

    private static VolumeBox Union(VolumeBox a, VolumeBox b)
    {
        int z = Math.Min(a.Z, b.Z), y = Math.Min(a.Y, b.Y), x = Math.Min(a.X, b.X);
        return new VolumeBox(z, y, x, Math.Max(a.EndZ, b.EndZ) - z, Math.Max(a.EndY, b.EndY) - y, Math.Max(a.EndX, b.EndX) - x);
    }
}
