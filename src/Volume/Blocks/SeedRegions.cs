using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Seeds and their regions in a part of a volume, on a sparse histogram of the ends of points.</summary>
internal sealed class SeedRegions
{
    private const int Side = 2 * Seeds.GrowthRounds + 1;

    private readonly VolumeShape _shape;
    private readonly Dictionary<long, int> _counts, _labels = [];
    private readonly (int Z, int Y, int X)[] _queue = new (int Z, int Y, int X)[Side * Side * Side];

    /// <summary>Takes a histogram.</summary>
    /// <param name="counts">Voxels in which more than <see cref="Seeds.RegionCount"/> points end.</param>
    /// <param name="shape">Lengths of the whole volume.</param>
    public SeedRegions(VoxelTable counts, VolumeShape shape)
    {
        _shape = shape;
        _counts = new Dictionary<long, int>(counts.Voxels.Length);
        for (int i = 0; i < counts.Voxels.Length; i++)
            _counts.Add(counts.Voxels[i], counts.Values[i]);
    }

    /// <summary>Whether no voxel around has a larger count.</summary>
    public bool IsMaximum(long voxel, int count)
    {
        (int z, int y, int x) = _shape.At(voxel);
        const int r = Seeds.MaximumRadius;
        for (int nz = Math.Max(0, z - r); nz <= Math.Min(_shape.Z - 1, z + r); nz++)
        {
            for (int ny = Math.Max(0, y - r); ny <= Math.Min(_shape.Y - 1, y + r); ny++)
            {
                for (int nx = Math.Max(0, x - r); nx <= Math.Min(_shape.X - 1, x + r); nx++)
                {
                    if (_counts.GetValueOrDefault(_shape.IndexOf(nz, ny, nx)) > count)
                        return false;
                }
            }
        }
        return true;
    }

    /// <summary>Grows a seed breadth first, one round for each touching step, over what was grown before it.</summary>
    public void Grow(long seed, int label)
    {
        (int sz, int sy, int sx) = _shape.At(seed);
        Span<bool> seen = stackalloc bool[Side * Side * Side];
        seen[Cell(0, 0, 0)] = true;
        _queue[0] = (sz, sy, sx);
        _labels[seed] = label;
        int first = 0, count = 1;
        for (int round = 0; round < Seeds.GrowthRounds && first < count; round++)
        {
            for (int end = count; first < end; first++)
            {
                (int z, int y, int x) = _queue[first];
                for (int nz = Math.Max(0, z - 1); nz <= Math.Min(_shape.Z - 1, z + 1); nz++)
                {
                    for (int ny = Math.Max(0, y - 1); ny <= Math.Min(_shape.Y - 1, y + 1); ny++)
                    {
                        for (int nx = Math.Max(0, x - 1); nx <= Math.Min(_shape.X - 1, x + 1); nx++)
                        {
                            ref bool taken = ref seen[Cell(nz - sz, ny - sy, nx - sx)];
                            long voxel = _shape.IndexOf(nz, ny, nx);
                            if (taken || !_counts.ContainsKey(voxel))
                                continue;
                            taken = true;
                            _queue[count++] = (nz, ny, nx);
                            _labels[voxel] = label;
                        }
                    }
                }
            }
        }
    }

    /// <summary>The label of each voxel of a box that is in a region.</summary>
    public VoxelTable LabelsIn(VolumeBox box)
    {
        long[] voxels = [.. _labels.Keys.Where(v => _shape.At(v) is var (z, y, x) && box.Contains(z, y, x)).Order()];
        return new VoxelTable(voxels, Array.ConvertAll(voxels, v => _labels[v]));
    }

    private static int Cell(int dz, int dy, int dx) =>
        ((dz + Seeds.GrowthRounds) * Side + dy + Seeds.GrowthRounds) * Side + dx + Seeds.GrowthRounds;
}
