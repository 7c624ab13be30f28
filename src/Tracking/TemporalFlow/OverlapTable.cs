using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Which cells of a later frame each cell of an earlier one covers, once moved to where it is expected. Only pairs that meet are stored.</summary>
internal sealed class OverlapTable
{
    private OverlapTable((int Source, long Voxels)[][] byTarget, (int Z, int Y, int X)[] shifts)
    {
        ByTarget = byTarget;
        Shifts = shifts;
    }

    /// <summary>For each later cell, the earlier ones that cover it and by how many voxels, by index.</summary>
    public (int Source, long Voxels)[][] ByTarget { get; }

    /// <summary>How far each earlier cell was moved, in whole voxels.</summary>
    public (int Z, int Y, int X)[] Shifts { get; }

    /// <summary>Moves and counts, one earlier cell after the other within its box.</summary>
    public static OverlapTable Count(FlowFrame earlier, FlowFrame later, PointUm[] expected, SpacingUm spacing, int threads)
    {
        int sources = earlier.Cells.Count;
        var found = new List<(int Target, long Voxels)>[sources];
        var shifts = new (int Z, int Y, int X)[sources];
        Parallel.For(0, sources, ThreadCount.Options(threads), u =>
        {
            (double z, double y, double x) = spacing.ToVoxels(expected[u] - earlier.Cells[u].Centroid);
            shifts[u] = ((int)Math.Round(z), (int)Math.Round(y), (int)Math.Round(x));
            found[u] = CountOne(earlier, later, earlier.Cells[u], shifts[u]);
        });
        var byTarget = new List<(int, long)>?[later.Cells.Count];
        for (int u = 0; u < sources; u++)
        {
            foreach ((int v, long voxels) in found[u])
                (byTarget[v] ??= []).Add((u, voxels));
        }
        return new OverlapTable([.. byTarget.Select(l => l?.ToArray() ?? [])], shifts);
    }

    private static List<(int Target, long Voxels)> CountOne(FlowFrame earlier, FlowFrame later, in Detection cell, (int Z, int Y, int X) shift)
    {
        int rank = earlier.Labels.Rank, height = earlier.Labels.Shape[^2], width = earlier.Labels.Shape[^1];
        int depth = rank == 3 ? earlier.Labels.Shape[0] : 1;
        VolumeBox box = cell.Box;
        var counts = new List<(int Target, long Voxels)>();
        for (int z = Math.Max(box.Z, -shift.Z); z < Math.Min(box.EndZ, depth - shift.Z); z++)
        {
            for (int y = Math.Max(box.Y, -shift.Y); y < Math.Min(box.EndY, height - shift.Y); y++)
            {
                int start = Math.Max(box.X, -shift.X), length = Math.Min(box.EndX, width - shift.X) - start;
                if (length <= 0)
                    continue;
                ReadOnlySpan<int> from = earlier.Labels.Data.AsSpan((z * height + y) * width + start, length);
                ReadOnlySpan<int> to = later.Labels.Data.AsSpan(((z + shift.Z) * height + y + shift.Y) * width + start + shift.X, length);
                for (int x = 0; x < from.Length; x++)
                {
                    if (from[x] != cell.Label || to[x] == 0)
                        continue;
                    int label = to[x], run = 1;
                    for (; x + 1 < from.Length && from[x + 1] == cell.Label && to[x + 1] == label; x++)
                        run++;
                    Add(counts, later.IndexOf(label), run);
                }
            }
        }
        return counts;
    }

    private static void Add(List<(int Target, long Voxels)> counts, int target, long voxels)
    {
        for (int n = 0; n < counts.Count; n++)
        {
            if (counts[n].Target == target)
            {
                counts[n] = (target, counts[n].Voxels + voxels);
                return;
            }
        }
        counts.Add((target, voxels));
    }
}
