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
}
