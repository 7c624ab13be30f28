using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>A volume at the network's scale: every box is resized when it is read, no resized copy exists.</summary>
public sealed class ResizedSource : IVolumeSource
{
    private const long PieceVoxels = 1 << 22;

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
        // piece by piece along Z: where cells are large, the part of the original is many times larger than the box
        float[] source = [], resized = [];
        for (int z = box.Z, depth; z < box.EndZ; z += depth)
        {
            depth = PieceDepth(box with { Z = z, Depth = box.EndZ - z });
            VolumeBox piece = box with { Z = z, Depth = depth }, from = _resizer.SourceOf(piece);
            Grow(ref source, from.Count);
            Grow(ref resized, piece.Count);
            _source.Read(channel, from, source.AsSpan(0, (int)from.Count), cancellationToken);
            _resizer.Resize(source, piece, resized, _threads);
            resized.AsSpan(0, (int)piece.Count).CopyTo(voxels);
            voxels = voxels[(int)piece.Count..];
        }
    }

    // as many planes as are made from some 16 MB, or from four times as much if chunks are that thick; the whole where it is not larger
    private int PieceDepth(VolumeBox rest)
    {
        VolumeBox from = _resizer.SourceOf(rest);
        long plane = (long)from.Height * from.Width, most = Math.Max(PieceVoxels, Math.Min(_source.Chunk.Z * plane, 4 * PieceVoxels));
        return from.Count <= most ? rest.Depth : (int)Math.Clamp(rest.Depth * (most / plane - 2) / from.Depth, 1, rest.Depth);
    }

    private static void Grow(ref float[] array, long count)
    {
        if (array.Length < count)
            array = GC.AllocateUninitializedArray<float>(checked((int)count));
    }

    /// <summary>Nothing to give back: the volume below is borrowed.</summary>
    public void Dispose()
    {
    }
}
