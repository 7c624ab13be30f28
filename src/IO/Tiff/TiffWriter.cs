using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>Writes a stack plane by plane, with axes and voxel size; the file appears whole or not at all.</summary>
/// <remarks>
/// Metadata are ImageJ's where ImageJ can read them (uint8, uint16 and float32 below 4 GB) and OME-XML elsewhere. Planes
/// are taken in the project's order, T, C, Z; as ImageJ runs channels fastest, only the chain of headers, written last,
/// is in ImageJ's order. LibTiff.NET does not write these files: it writes headers in the order pages come, and its Deflate is
/// a slow managed port. Strips here are deflated by the runtime's zlib, on all threads, to the same bytes whatever their number.
/// </remarks>
public sealed class TiffWriter : IDisposable
{
    private const int StripBytes = 256 << 10;
    private const long LargestClassic = 3_900_000_000;      // leaves room for headers below 2^32

    private readonly AtomicFile _file;
    private readonly PixelType _type;
    private readonly string _axes;
    private readonly int[] _shape;
    private readonly TiffWriterOptions _options;
    private readonly int _height;
    private readonly int _width;
    private readonly int _rowsPerStrip;
    private readonly bool _isBig;
    private readonly List<(ulong[] Offsets, ulong[] Counts)> _planes = [];
    private readonly byte[][] _raw = new byte[Environment.ProcessorCount * 4][];                // strips in flight, whatever the plane's size
    private readonly MemoryStream[] _packed = new MemoryStream[Environment.ProcessorCount * 4];

    /// <summary>Opens the file.</summary>
    /// <param name="path">Where the file appears.</param>
    /// <param name="type">uint8, uint16, uint32 or float32.</param>
    /// <param name="axes">Letters of T, C, Z, Y, X in that order, ending in YX.</param>
    /// <param name="shape">Length of each axis.</param>
    /// <param name="options">Voxel size and packing; null for the defaults.</param>
    /// <exception cref="ArgumentException">Axes, lengths or type that cannot be written.</exception>
    /// <exception cref="IOException">The folder is missing or cannot be written to.</exception>
    public TiffWriter(string path, PixelType type, string axes, IReadOnlyList<int> shape, TiffWriterOptions? options = null)
    {
        if (!axes.EndsWith("YX", StringComparison.Ordinal) || AxisOrder.Sorted(axes) != axes)
            throw new ArgumentException($"axes must be letters of T, C, Z, Y, X in that order, ending in YX; got '{axes}'.", nameof(axes));
        if (shape.Count != axes.Length || shape.Any(l => l < 1))
            throw new ArgumentException($"shape must have {axes.Length} lengths of 1 or more for axes {axes}; got [{string.Join(", ", shape)}].", nameof(shape));
        if (type is not (PixelType.UInt8 or PixelType.UInt16 or PixelType.UInt32 or PixelType.Float32))
            throw new ArgumentException($"type must be uint8, uint16, uint32 or float32; got {type.Name()}.", nameof(type));

        (_type, _axes, _shape, _options) = (type, axes, [.. shape], options ?? new TiffWriterOptions());
        (_height, _width) = (shape[^2], shape[^1]);
        if ((long)_height * _width > Array.MaxLength)
            throw new ArgumentException($"a plane must have at most {Array.MaxLength} pixels; got {_height} x {_width}.", nameof(shape));
        long rowBytes = (long)_width * type.Bytes();
        _rowsPerStrip = (int)Math.Clamp(StripBytes / rowBytes, 1, _height);
        _isBig = _options.BigTiff ?? (UInt128)(ulong)rowBytes * (ulong)_height * (ulong)PlaneCount > LargestClassic;
        _file = new AtomicFile(path);
        _file.Stream.Write(new byte[_isBig ? 16 : 8]);
    }

    /// <summary>Planes the axes ask for.</summary>
    public long PlaneCount => _shape[..^2].Aggregate(1L, (n, length) => n * length);

    /// <summary>Writes labels: uint16, or uint32 when one is above 65,535.</summary>
    /// <param name="path">Where the file appears.</param>
    /// <param name="labels">int32, 0 = background, none negative; borrowed.</param>
    /// <param name="axes">Letters of the labels' axes; null for YX, ZYX or TZYX by their number.</param>
    /// <param name="options">Voxel size and packing; null for the defaults.</param>
    /// <param name="cancellationToken">Checked before every plane; cancelled, nothing is left.</param>
    /// <exception cref="ArgumentException">A negative label, or axes that do not fit.</exception>
    public static void WriteLabels(string path, NdArray<int> labels, string? axes = null, TiffWriterOptions? options = null, CancellationToken cancellationToken = default)
    {
        int largest = 0;
        foreach (int label in labels.Data)
        {
            if (label < 0)
                throw new ArgumentException($"labels must be 0 or more; got {label}.", nameof(labels));
            largest = Math.Max(largest, label);
        }
        axes ??= labels.Rank switch { 2 => "YX", 3 => "ZYX", 4 => "TZYX", _ => throw new ArgumentException($"labels must be [(T,) (Z,) Y, X]; got {labels}.", nameof(labels)) };
        using var writer = new TiffWriter(path, largest > ushort.MaxValue ? PixelType.UInt32 : PixelType.UInt16, axes, labels.Shape, options);
        int size = writer._height * writer._width;
        ushort[] narrow = largest > ushort.MaxValue ? [] : new ushort[size];
        for (int p = 0; p < writer.PlaneCount; p++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<int> plane = labels.Data.AsSpan(p * size, size);
            if (largest > ushort.MaxValue)
            {
                writer.WritePlane(MemoryMarshal.Cast<int, uint>(plane));
                continue;
            }
            for (int i = 0; i < size; i++)
                narrow[i] = (ushort)plane[i];
            writer.WritePlane<ushort>(narrow);
        }
        writer.Complete();
    }

    /// <summary>Writes a float32 stack.</summary>
    /// <param name="path">Where the file appears.</param>
    /// <param name="values">float32 with the axes of <paramref name="axes"/>; borrowed.</param>
    /// <param name="axes">Letters of T, C, Z, Y, X in that order, ending in YX.</param>
    /// <param name="options">Voxel size and packing; null for the defaults.</param>
    /// <param name="cancellationToken">Checked before every plane; cancelled, nothing is left.</param>
    /// <exception cref="ArgumentException">Axes that do not fit.</exception>
    public static void WriteFloats(string path, NdArray<float> values, string axes, TiffWriterOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var writer = new TiffWriter(path, PixelType.Float32, axes, values.Shape, options);
        int size = writer._height * writer._width;
        for (int p = 0; p < writer.PlaneCount; p++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WritePlane<float>(values.Data.AsSpan(p * size, size));
        }
        writer.Complete();
    }

    /// <summary>Appends the next plane in the order of the axes.</summary>
    /// <param name="plane">[Y, X] of the type that the file was opened for; borrowed.</param>
    /// <exception cref="ArgumentException">Another element type or number of values.</exception>
    /// <exception cref="InvalidOperationException">All planes were written.</exception>
    public void WritePlane<T>(ReadOnlySpan<T> plane)
        where T : unmanaged
    {
        if (typeof(T) != ElementType)
            throw new ArgumentException($"the file holds {_type.Name()}; got a plane of {typeof(T).Name}.", nameof(plane));
        if (plane.Length != _height * _width)
            throw new ArgumentException($"a plane must have {_height} x {_width} values; got {plane.Length}.", nameof(plane));
        if (_planes.Count == PlaneCount)
            throw new InvalidOperationException($"all {PlaneCount} planes were written.");

        int strips = (_height + _rowsPerStrip - 1) / _rowsPerStrip;
        ulong[] offsets = new ulong[strips], counts = new ulong[strips];
        for (int first = 0; first < strips; first += _raw.Length)
        {
            int n = Math.Min(_raw.Length, strips - first);
            int[] lengths = new int[n];
            for (int i = 0; i < n; i++)
            {
                int start = (first + i) * _rowsPerStrip * _width;
                ReadOnlySpan<byte> strip = MemoryMarshal.AsBytes(plane.Slice(start, Math.Min(_rowsPerStrip * _width, plane.Length - start)));
                _raw[i] ??= new byte[strip.Length];                          // the first strip is never shorter than another
                strip.CopyTo(_raw[i]);
                lengths[i] = strip.Length;
                if (!BitConverter.IsLittleEndian)
                    SampleRow.SwapBytes(_raw[i].AsSpan(0, strip.Length), _type.Bytes());
            }
            if (_options.Compress)
                Parallel.For(0, n, i => Deflate(_raw[i].AsSpan(0, lengths[i]), _packed[i] ??= new MemoryStream()));
            for (int i = 0; i < n; i++)
            {
                ReadOnlySpan<byte> bytes = _options.Compress ? _packed[i].GetBuffer().AsSpan(0, (int)_packed[i].Length) : _raw[i].AsSpan(0, lengths[i]);
                offsets[first + i] = (ulong)_file.Stream.Position;
                counts[first + i] = (ulong)bytes.Length;
                _file.Stream.Write(bytes);
            }
        }
        _planes.Add((offsets, counts));
    }

    /// <summary>Writes the headers and gives the file its name.</summary>
    /// <exception cref="InvalidOperationException">Planes are missing.</exception>
    public void Complete()
    {
        if (_planes.Count != PlaneCount)
            throw new InvalidOperationException($"{PlaneCount} planes must be written; got {_planes.Count}.");
        // plain samples in one piece are read in the order they lie in by tifffile, whatever the headers say of an ImageJ stack
        bool misread = !_options.Compress && !ImageJOrder().SequenceEqual(Enumerable.Range(0, _planes.Count));
        bool isImageJ = !_isBig && _type != PixelType.UInt32 && !_options.OmeXml && !misread;
        byte[] description = isImageJ ? TiffDescriptions.ImageJ(_axes, _shape, _options) : TiffDescriptions.Ome(_axes, _shape, _type, _options);
        Stream stream = _file.Stream;
        ulong link = Align(stream);
        stream.Position = 0;
        stream.Write(_isBig ? [(byte)'I', (byte)'I', 43, 0, 8, 0, 0, 0] : [(byte)'I', (byte)'I', 42, 0]);
        WriteOffset(stream, link);
        stream.Position = (long)link;
        int page = 0;
        foreach (int plane in isImageJ ? ImageJOrder() : Enumerable.Range(0, _planes.Count))
        {
            byte[] directory = new TiffDirectoryBytes(_isBig, (ulong)stream.Position)
                .Integers(TiffTag.ImageWidth, (uint)_width)
                .Integers(TiffTag.ImageLength, (uint)_height)
                .Shorts(TiffTag.BitsPerSample, (ushort)(_type.Bytes() * 8))
                .Shorts(TiffTag.Compression, (ushort)(_options.Compress ? TiffCompression.Deflate : TiffCompression.None))
                .Shorts(TiffTag.Photometric, 1)
                .Text(TiffTag.ImageDescription, page == 0 ? description : [])
                .Integers(TiffTag.StripOffsets, _planes[plane].Offsets)
                .Shorts(TiffTag.SamplesPerPixel, 1)
                .Integers(TiffTag.RowsPerStrip, (uint)_rowsPerStrip)
                .Integers(TiffTag.StripByteCounts, _planes[plane].Counts)
                .Resolution(TiffTag.XResolution, _options.VoxelSizeUm.X)
                .Resolution(TiffTag.YResolution, _options.VoxelSizeUm.Y)
                .Shorts(TiffTag.PlanarConfiguration, 1)
                .Shorts(TiffTag.ResolutionUnit, 1)                          // none: the unit stands in the description
                .Text(TiffTag.Software, "cellpose3d"u8)
                .Shorts(TiffTag.SampleFormat, (ushort)(_type == PixelType.Float32 ? 3 : 1))
                .ToArray(isLast: ++page == _planes.Count);
            stream.Write(directory);
        }
        if (!_isBig && stream.Position > uint.MaxValue)
            throw new IOException($"'{_file.Path}' grew to {stream.Position} bytes, more than a classic TIFF can place; ask for BigTIFF.");
        _file.Commit();
    }

    /// <summary>Removes what was written unless <see cref="Complete"/> was reached.</summary>
    public void Dispose() => _file.Dispose();

    private Type ElementType => _type switch
    {
        PixelType.UInt8 => typeof(byte),
        PixelType.UInt16 => typeof(ushort),
        PixelType.UInt32 => typeof(uint),
        _ => typeof(float),
    };

    /// <summary>Plane numbers (T, C, Z: Z fastest) in ImageJ's order (C fastest, then Z, then T).</summary>
    private IEnumerable<int> ImageJOrder()
    {
        int t = Length('T'), c = Length('C'), z = Length('Z');
        return from it in Enumerable.Range(0, t)
               from iz in Enumerable.Range(0, z)
               from ic in Enumerable.Range(0, c)
               select (((it * c) + ic) * z) + iz;
    }

    private int Length(char axis) => _axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? _shape[i] : 1;

    private static void Deflate(ReadOnlySpan<byte> bytes, MemoryStream target)
    {
        target.SetLength(0);
        using var zlib = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true);
        zlib.Write(bytes);
    }

    private static ulong Align(Stream stream)
    {
        stream.Write(new byte[(8 - (stream.Position % 8)) % 8]);
        return (ulong)stream.Position;
    }

    private void WriteOffset(Stream stream, ulong offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, offset);
        stream.Write(bytes[..(_isBig ? 8 : 4)]);
    }
}
