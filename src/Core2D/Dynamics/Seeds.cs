namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Finds where end points gather, and the region around each such seed.</summary>
/// <remarks>
/// Reference: <c>get_masks_torch</c>. A seed is a voxel in which more than 10 points end and whose count is the largest
/// of the 5^D voxels around it. Seeds are ordered by count; equal counts by position, first in raster order first,
/// which the reference leaves open. A region is the seed and what can be reached from it in 5 rounds of growth into
/// touching voxels (corners included) with more than 2 end points.
/// </remarks>
public static class Seeds
{
    internal const int MaximumRadius = 2;
    internal const int SeedCount = 10;
    internal const int GrowthRounds = 5;
    internal const int RegionCount = 2;
    private const int Side = 2 * GrowthRounds + 1;

    /// <summary>Finds the seeds of a histogram of end points.</summary>
    /// <param name="histogram">int32 <c>[(Z,) Y, X]</c>, at least 0; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes the result; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    /// <returns>Linear indices, ascending by count, equal counts ascending by index; owned by the caller.</returns>
    public static int[] Find(NdArray<int> histogram, int threads = 0, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.Of(histogram.Shape, nameof(histogram));
        int rows = checked((int)grid.Rows), piece = Math.Max(1, 65536 / Math.Max(1, grid.X));
        var found = new List<int>[(rows + piece - 1) / piece];
        int[] counts = histogram.Data;
        ParallelWork.Run(found.Length, threads, i =>
        {
            var seeds = found[i] = [];
            int from = i * piece * grid.X, to = Math.Min(rows, (i + 1) * piece) * grid.X;
            for (int at = from; at < to; at++)
            {
                int skip = counts.AsSpan(at, to - at).IndexOfAnyExceptInRange(0, SeedCount);
                if (skip < 0)
                    break;
                at += skip;
                if (IsMaximum(counts, grid, at))
                    seeds.Add(at);
            }
        }, null, cancellationToken);

        int[] all = [.. found.SelectMany(s => s)];
        Array.Sort(all, (a, b) => counts[a] != counts[b] ? counts[a].CompareTo(counts[b]) : a.CompareTo(b));
        return all;
    }

    /// <summary>Grows one seed.</summary>
    /// <param name="histogram">int32 <c>[(Z,) Y, X]</c>; borrowed.</param>
    /// <param name="seed">Linear index of the seed.</param>
    /// <returns>Linear indices of the region, the seed among them, ascending; owned by the caller.</returns>
    public static int[] Grow(NdArray<int> histogram, int seed)
    {
        VoxelGrid grid = VoxelGrid.Of(histogram.Shape, nameof(histogram));
        return Grow(histogram.Data, grid, seed, new int[RegionCapacity(grid)]);
    }

    /// <summary>Grows every seed.</summary>
    /// <param name="histogram">int32 <c>[(Z,) Y, X]</c>; borrowed.</param>
    /// <param name="seeds">Linear indices; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes the result; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between seeds.</param>
    /// <returns>The region of each seed as linear indices; regions may overlap.</returns>
    public static int[][] GrowAll(NdArray<int> histogram, int[] seeds, int threads = 0, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.Of(histogram.Shape, nameof(histogram));
        int[][] regions = new int[seeds.Length][];
        ParallelWork.Run(seeds.Length, threads, () => new int[RegionCapacity(grid)],
            (queue, n) => regions[n] = Grow(histogram.Data, grid, seeds[n], queue), null, cancellationToken);
        return regions;
    }

    private static int RegionCapacity(VoxelGrid grid) => grid.Rank == 2 ? Side * Side : Side * Side * Side;

    private static bool IsMaximum(int[] counts, VoxelGrid grid, int at)
    {
        int x = at % grid.X, y = at / grid.X % grid.Y, z = at / grid.X / grid.Y, count = counts[at];
        int x0 = Math.Max(0, x - MaximumRadius), x1 = Math.Min(grid.X - 1, x + MaximumRadius);
        for (int nz = Math.Max(0, z - MaximumRadius); nz <= Math.Min(grid.Z - 1, z + MaximumRadius); nz++)
        {
            for (int ny = Math.Max(0, y - MaximumRadius); ny <= Math.Min(grid.Y - 1, y + MaximumRadius); ny++)
            {
                int row = (nz * grid.Y + ny) * grid.X;
                for (int nx = x0; nx <= x1; nx++)
                {
                    if (counts[row + nx] > count)
                        return false;
                }
            }
        }
        return true;
    }

    // Breadth first: round r reaches what is r touching steps away, so 5 rounds never leave the window of 11 voxels.
    private static int[] Grow(int[] counts, VoxelGrid grid, int seed, int[] queue)
    {
        int sx = seed % grid.X, sy = seed / grid.X % grid.Y, sz = seed / grid.X / grid.Y;
        Span<bool> taken = stackalloc bool[Side * Side * Side];
        taken[Cell(0, 0, 0)] = true;
        queue[0] = seed;
        int first = 0, count = 1;
        for (int round = 0; round < GrowthRounds && first < count; round++)
        {
            for (int end = count; first < end; first++)
            {
                int at = queue[first];
                int x = at % grid.X, y = at / grid.X % grid.Y, z = at / grid.X / grid.Y;
                for (int nz = Math.Max(0, z - 1); nz <= Math.Min(grid.Z - 1, z + 1); nz++)
                {
                    for (int ny = Math.Max(0, y - 1); ny <= Math.Min(grid.Y - 1, y + 1); ny++)
                    {
                        for (int nx = Math.Max(0, x - 1); nx <= Math.Min(grid.X - 1, x + 1); nx++)
                        {
                            int neighbour = (nz * grid.Y + ny) * grid.X + nx;
                            ref bool seen = ref taken[Cell(nz - sz, ny - sy, nx - sx)];
                            if (seen || counts[neighbour] <= RegionCount)
                                continue;
                            seen = true;
                            queue[count++] = neighbour;
                        }
                    }
                }
            }
        }
        int[] region = queue[..count];
        Array.Sort(region);
        return region;
    }

    private static int Cell(int dz, int dy, int dx) =>
        ((dz + GrowthRounds) * Side + dy + GrowthRounds) * Side + dx + GrowthRounds;
}
