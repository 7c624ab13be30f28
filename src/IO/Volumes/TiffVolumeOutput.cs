using System.Runtime.InteropServices;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Writes a TIFF from whole planes that come in the order of the file; nothing can be read back.</summary>
internal sealed class TiffVolumeOutput<T> : IVolumeOutput<T>
    where T : unmanaged
{
    private readonly TiffWriter _writer;
    private readonly PixelType _type;
    private readonly string _path;
    private long _next;

    public TiffVolumeOutput(string path, VolumeShape shape, PixelType type, VolumeWriteOptions options, bool isOme)
    {
        if (options.Compression == VolumeCompression.Zstd)
            throw new ArgumentException("zstd is written in OME-Zarr only; TIFF takes gzip (Deflate) or none.", nameof(options));
        (_path, _type, Shape, Components) = (path, type, shape, options.Times * options.Channels);
        (string axes, int[] lengths) = AxisOrder.Squeeze("TCZYX", [options.Times, options.Channels, shape.Z, shape.Y, shape.X]);
        _writer = new TiffWriter(path, type, axes, lengths, new TiffWriterOptions
        {
            VoxelSizeUm = options.VoxelSizeUm,
            FrameIntervalS = options.FrameIntervalS,
            ChannelNames = options.ChannelNames,
            Compress = options.Compression != VolumeCompression.None,
            OmeXml = isOme,
        });
    }

    public VolumeShape Shape { get; }

    public int Components { get; }

    public VolumeShape Chunk => new(1, Shape.Y, Shape.X);

    public void Read(int component, VolumeBox box, Span<T> values) =>
        throw new NotSupportedException($"'{_path}' is being written plane by plane and cannot be read yet.");

    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        if (box.Height != Shape.Y || box.Width != Shape.X || ((long)component * Shape.Z) + box.Z != _next)
            throw new ArgumentException($"whole planes must come in order, plane {_next} next; got {box} of component {component}.", nameof(box));
        int size = Shape.Y * Shape.X;
        byte[] samples = new byte[size * _type.Bytes()];
        for (int z = 0; z < box.Depth; z++, _next++)
        {
            SampleEncoder.Encode(values.Slice(z * size, size), _type, samples);
            switch (_type)
            {
                case PixelType.UInt8: _writer.WritePlane<byte>(samples); break;
                case PixelType.UInt16: _writer.WritePlane<ushort>(MemoryMarshal.Cast<byte, ushort>(samples)); break;
                case PixelType.UInt32: _writer.WritePlane<uint>(MemoryMarshal.Cast<byte, uint>(samples)); break;
                default: _writer.WritePlane<float>(MemoryMarshal.Cast<byte, float>(samples)); break;
            }
        }
    }

    public void Flush()
    {
    }

    public void Complete(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _writer.Complete();
        progress?.Report(1);
    }

    public void Dispose() => _writer.Dispose();
}
