using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>A volume whose intensities are scaled when they are read.</summary>
internal sealed class NormalizedSource : IVolumeSource
{
    private readonly IVolumeSource _source;
    private readonly IntensityMap[] _maps;

    /// <summary>Wraps a volume.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="maps">One for each channel.</param>
    public NormalizedSource(IVolumeSource source, IntensityMap[] maps) => (_source, _maps) = (source, maps);

    /// <inheritdoc/>
    public VolumeShape Shape => _source.Shape;

    /// <inheritdoc/>
    public int Channels => _source.Channels;

    /// <inheritdoc/>
    public VoxelSize SpacingUm => _source.SpacingUm;

    /// <inheritdoc/>
    public VolumeShape Chunk => _source.Chunk;

    /// <inheritdoc/>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
    {
        _source.Read(channel, box, voxels, cancellationToken);
        _maps[channel].Apply(voxels);
    }

    /// <summary>Nothing to give back: the volume below is borrowed.</summary>
    public void Dispose()
    {
    }
}
