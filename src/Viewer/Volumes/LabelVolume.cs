using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Labels in memory, perhaps thinned, as the renderer takes them.</summary>
public sealed class LabelVolume
{
    /// <summary>Wraps labels.</summary>
    /// <param name="voxels">uint32 [Z, Y, X], 0 = background; owned by the new volume.</param>
    /// <param name="shape">Lengths of the axes, at least 1.</param>
    /// <param name="stride">How many voxels of the finest resolution stand for one along each axis.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public LabelVolume(uint[] voxels, VolumeShape shape, VolumeShape? stride = null)
    {
        VolumeFit.Require(voxels.LongLength, shape);
        (Voxels, Shape, Stride) = (voxels, shape, stride ?? new VolumeShape(1, 1, 1));
    }

    /// <summary>uint32 [Z, Y, X]; shared, not a copy.</summary>
    public uint[] Voxels { get; }

    /// <summary>Lengths of the axes.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Voxels of the finest resolution for one along each axis.</summary>
    public VolumeShape Stride { get; }

    /// <summary>The ids that occur, rising, without 0.</summary>
    public uint[] Ids()
    {
        var ids = new HashSet<uint>();
        uint last = 0;
        foreach (uint id in Voxels)
        {
            if (id == last)
                continue;
            ids.Add(id);
            last = id;
        }
        ids.Remove(0);
        return [.. ids.Order()];
    }

    /// <summary>The smallest box that holds all cells of a kind, in voxels of the finest resolution; null where there is none.</summary>
    /// <param name="shows">Whether a cell counts.</param>
    public VolumeBox? BoxOf(Func<uint, bool> shows)
    {
        int[] low = [int.MaxValue, int.MaxValue, int.MaxValue], high = [-1, -1, -1];
        (uint last, bool shown) = (0, false);
        int at = 0;
        for (int z = 0; z < Shape.Z; z++)
        {
            for (int y = 0; y < Shape.Y; y++)
            {
                for (int x = 0; x < Shape.X; x++, at++)
                {
                    uint id = Voxels[at];
                    if (id == 0)
                        continue;
                    if (id != last)
                        (last, shown) = (id, shows(id));
                    if (!shown)
                        continue;
                    (low[0], low[1], low[2]) = (Math.Min(low[0], z), Math.Min(low[1], y), Math.Min(low[2], x));
                    (high[0], high[1], high[2]) = (Math.Max(high[0], z), Math.Max(high[1], y), Math.Max(high[2], x));
                }
            }
        }
        return high[0] < 0 ? null : new VolumeBox(
            low[0] * Stride.Z, low[1] * Stride.Y, low[2] * Stride.X,
            (high[0] - low[0] + 1) * Stride.Z, (high[1] - low[1] + 1) * Stride.Y, (high[2] - low[2] + 1) * Stride.X);
    }
}
