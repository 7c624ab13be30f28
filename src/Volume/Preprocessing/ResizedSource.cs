using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>A volume at the network's scale: every box is resized when it is read, no resized copy exists.</summary>
public sealed class ResizedSource : IVolumeSource
{
    private readonly IVolumeSource _source;
    private readonly BoxResizer _resizer;
    private readonly int _threads;

    /// <summary>Wraps a volume.</summary>
    /// <param name="source">Borrowed for the lifetime of this one.</param>
    /// <param name="scale">The two sizes.</param>
    /// <param name="threads">Number of threads, which never changes a value; 0 takes all processors.</param>
    /// <exception cref="ArgumentException">The scale belongs to a volume of another size.</exception>
    public ResizedSource(IVolumeSource source, VolumeScale scale, int threads = 0)
    {
        if (source.Shape != scale.Image)
            throw new ArgumentException($"scale must be that of a volume of {source.Shape}; got {scale.Image}.", nameof(scale));
        (_source, _threads) = (source, threads);
        _resizer = new BoxResizer(scale.Image, scale.Network);
        Shape = scale.Network;
        VoxelSize um = source.SpacingUm;
        SpacingUm = new VoxelSize(
            um.Z * scale.Image.Z / scale.Network.Z, um.Y * scale.Image.Y / scale.Network.Y, um.X * scale.Image.X / scale.Network.X);
    }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <inheritdoc/>
    public int Channels => _source.Channels;

    /// <inheritdoc/>
    public VoxelSize SpacingUm { get; }

    /// <inheritdoc/>
    public VolumeShape Chunk => _source.Shape == Shape ? _source.Chunk : Shape with { Z = 1 };

    /// <inheritdoc/>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
    {
        VolumeTransfer.Require(Shape, box, voxels.Length);
        if (_source.Shape == Shape)
        {
            _source.Read(channel, box, voxels, cancellationToken);
            return;
        }
        VolumeBox from = _resizer.SourceOf(box);
        float[] source = GC.AllocateUninitializedArray<float>(checked((int)from.Count));
        _source.Read(channel, from, source, cancellationToken);
        float[] resized = GC.AllocateUninitializedArray<float>(voxels.Length);
        _resizer.Resize(source, box, resized, _threads);
        resized.CopyTo(voxels);
    }

    /// <summary>Nothing to give back: the volume below is borrowed.</summary>
    public void Dispose()
    {
    }
}
