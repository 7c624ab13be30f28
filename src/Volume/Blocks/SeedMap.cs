using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Pass 2: the seeds of the whole volume and the region around each, from sparse histograms of its blocks.</summary>
/// <remarks>
/// The rules are those of <see cref="Seeds"/> and <see cref="EndpointLabels"/>, with the same result as on a dense histogram.
/// Only voxels in which more than two points end are ever kept: others are neither seeds nor part of a region.
/// </remarks>
internal sealed class SeedMap
{
    private const int MergedAtOnce = 1 << 24;     // entries of tables that are sorted together: 200 MB
    private const int Side = 2 * Seeds.GrowthRounds + 1;

    private readonly VolumeShape _shape;
    private readonly Dictionary<long, int> _counts = [];
    private readonly Dictionary<long, int> _labels = [];

    private SeedMap(VolumeShape shape) => _shape = shape;

    /// <summary>Number of seeds; labels are 1 for the one with the fewest points, and so on upwards.</summary>
    public int Count { get; private set; }

    /// <summary>Finds seeds and grows their regions.</summary>
    /// <param name="tables">The tables of all blocks; read once or more.</param>
    /// <param name="shape">Lengths of the whole volume.</param>
    /// <param name="mergedAtOnce">Most entries to hold before the small ones are dropped.</param>
    /// <param name="cancellationToken">Checked between tables and seeds.</param>
    public static SeedMap Build(IEnumerable<EndPointTable> tables, VolumeShape shape, int mergedAtOnce = MergedAtOnce, CancellationToken cancellationToken = default)
    {
        var map = new SeedMap(shape);
        map.Merge(tables, mergedAtOnce, cancellationToken);
        long[] seeds = [.. map._counts.Where(c => c.Value > Seeds.SeedCount && map.IsMaximum(c.Key, c.Value)).Select(c => c.Key)];
        Array.Sort(seeds, (a, b) => map._counts[a] != map._counts[b] ? map._counts[a].CompareTo(map._counts[b]) : a.CompareTo(b));
        var queue = new (int Z, int Y, int X)[Side * Side * Side];
        for (int n = 0; n < seeds.Length; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            map.Grow(seeds[n], n + 1, queue);
        }
        map.Count = seeds.Length;
        map._counts.Clear();
        return map;
    }

    /// <summary>The label of the points that end in a voxel; 0 for none.</summary>
    public int LabelAt(long voxel) => _labels.GetValueOrDefault(voxel);

    // Voxels are merged range by range of the volume, each range from all tables, so that the small counts never pile up.
    private void Merge(IEnumerable<EndPointTable> tables, int mergedAtOnce, CancellationToken cancellationToken)
    {
        long entries = tables.Sum(t => (long)t.Voxels.Length);
        long ranges = Math.Max(1, (entries + mergedAtOnce - 1) / mergedAtOnce);
        for (long range = 0; range < ranges; range++)
        {
            long from = (long)((Int128)_shape.Count * range / ranges), to = (long)((Int128)_shape.Count * (range + 1) / ranges);
            var voxels = new List<long>();
            var counts = new List<int>();
            foreach (EndPointTable table in tables)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int first = Place(table.Voxels, from), end = Place(table.Voxels, to);
                voxels.AddRange(table.Voxels.AsSpan(first, end - first));
                counts.AddRange(table.Counts.AsSpan(first, end - first));
            }
            KeepLarge([.. voxels], [.. counts]);
        }
    }

    private void KeepLarge(long[] voxels, int[] counts)
    {
        Array.Sort(voxels, counts);
        for (int i = 0; i < voxels.Length;)
        {
            long voxel = voxels[i];
            int sum = 0;
            for (; i < voxels.Length && voxels[i] == voxel; i++)
                sum = checked(sum + counts[i]);
            if (sum > Seeds.RegionCount)
                _counts.Add(voxel, sum);
        }
    }

    private static int Place(long[] sorted, long value)
    {
        int place = Array.BinarySearch(sorted, value);
        return place < 0 ? ~place : place;
    }

    private bool IsMaximum(long voxel, int count)
    {
        (int z, int y, int x) = At(voxel);
        const int r = Seeds.MaximumRadius;
        for (int nz = Math.Max(0, z - r); nz <= Math.Min(_shape.Z - 1, z + r); nz++)
        {
            for (int ny = Math.Max(0, y - r); ny <= Math.Min(_shape.Y - 1, y + r); ny++)
            {
                for (int nx = Math.Max(0, x - r); nx <= Math.Min(_shape.X - 1, x + r); nx++)
                {
                    if (_counts.GetValueOrDefault(Index(nz, ny, nx)) > count)
                        return false;
                }
            }
        }
        return true;
    }

    // Breadth first, one round for each touching step; later seeds have more points and take over what both reach.
    private void Grow(long seed, int label, (int Z, int Y, int X)[] queue)
    {
        (int sz, int sy, int sx) = At(seed);
        Span<bool> seen = stackalloc bool[Side * Side * Side];
        seen[Cell(0, 0, 0)] = true;
        queue[0] = (sz, sy, sx);
        _labels[seed] = label;
        int first = 0, count = 1;
        for (int round = 0; round < Seeds.GrowthRounds && first < count; round++)
        {
            for (int end = count; first < end; first++)
            {
                (int z, int y, int x) = queue[first];
                for (int nz = Math.Max(0, z - 1); nz <= Math.Min(_shape.Z - 1, z + 1); nz++)
                {
                    for (int ny = Math.Max(0, y - 1); ny <= Math.Min(_shape.Y - 1, y + 1); ny++)
                    {
                        for (int nx = Math.Max(0, x - 1); nx <= Math.Min(_shape.X - 1, x + 1); nx++)
                        {
                            ref bool taken = ref seen[Cell(nz - sz, ny - sy, nx - sx)];
                            if (taken || !_counts.ContainsKey(Index(nz, ny, nx)))
                                continue;
                            taken = true;
                            queue[count++] = (nz, ny, nx);
                            _labels[Index(nz, ny, nx)] = label;
                        }
                    }
                }
            }
        }
    }

    private static int Cell(int dz, int dy, int dx) =>
        ((dz + Seeds.GrowthRounds) * Side + dy + Seeds.GrowthRounds) * Side + dx + Seeds.GrowthRounds;

    private long Index(int z, int y, int x) => ((long)z * _shape.Y + y) * _shape.X + x;

    private (int Z, int Y, int X) At(long voxel) =>
        ((int)(voxel / _shape.X / _shape.Y), (int)(voxel / _shape.X % _shape.Y), (int)(voxel % _shape.X));
}
