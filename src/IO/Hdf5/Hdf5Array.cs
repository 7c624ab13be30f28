using System.Runtime.InteropServices;
using Cellpose3D.IO.Volumes;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Cellpose3D.IO.Hdf5;

/// <summary>One array of an HDF5 file.</summary>
/// <remarks>The library's own cache of chunks thrashes on chunks of a megabyte; the one here holds several of them.</remarks>
internal sealed class Hdf5Array : IVoxelArray
{
    private const long CacheBytes = 128 << 20;

    private readonly Hdf5File _file;
    private readonly NativeDataset _dataset;
    private readonly H5DatasetAccess _access;

    /// <summary>Opens the array at a path.</summary>
    /// <param name="file">Stays the caller's.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="isUnsigned">Whether signed integers are meant as unsigned ones of as many bits.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    /// <exception cref="NotSupportedException">Its values are not plain numbers.</exception>
    public Hdf5Array(Hdf5File file, string path, bool isUnsigned = false)
    {
        _file = file;
        _dataset = file.Find<NativeDataset>(path) ?? throw new InvalidDataException($"'{file.Path}' has no array '{path}'.");
        Place = $"'{file.Path}:/{path.TrimStart('/')}'";
        PixelType type = TypeOf(_dataset.Type) ?? throw new NotSupportedException($"{Place} holds values of class {_dataset.Type.Class} and {_dataset.Type.Size} bytes; plain integers and floats are read.");
        Type = isUnsigned && type == PixelType.Int16 ? PixelType.UInt16 : isUnsigned && type == PixelType.Int8 ? PixelType.UInt8 : type;
        Shape = [.. _dataset.Space.Dimensions.Select(d => d <= int.MaxValue ? (int)d : throw new NotSupportedException($"{Place} has an axis of {d}; up to {int.MaxValue} is read."))];
        ulong[]? chunks = file.Guard(() => _dataset.Layout.Class == H5DataLayoutClass.Chunked ? _dataset.Layout.Chunks : null, $"the layout of {path}");
        IsChunked = chunks is not null;
        Chunk = chunks is not null && chunks.Length >= Shape.Length ? [.. chunks.Take(Shape.Length).Select(c => (int)Math.Clamp(c, 1, int.MaxValue))]
            : [.. Shape.Select((length, axis) => axis >= Shape.Length - 2 ? length : 1)];           // in one piece: planes are read fastest
        long chunkBytes = Chunk.Aggregate((long)Type.Bytes(), (n, length) => n * length);
        _access = new H5DatasetAccess(ChunkCache: new SimpleReadingChunkCache(1009, (ulong)Math.Max(CacheBytes, 2 * chunkBytes)));
    }

    public NativeDataset Dataset => _dataset;

    public string Place { get; }

    public int[] Shape { get; }

    public int[] Chunk { get; }

    public bool IsChunked { get; }

    public PixelType Type { get; }

    public string Compression => IsChunked ? "chunked" : "none";

    /// <summary>The plain number type of an array; null for texts, compounds and such.</summary>
    public static PixelType? TypeOf(IH5DataType type) => (type.Class, type.Size) switch
    {
        (H5DataTypeClass.Enumerated, 1) or (H5DataTypeClass.BitField, 1) => PixelType.UInt8,          // booleans
        (H5DataTypeClass.FixedPoint, 1) => type.FixedPoint.IsSigned ? PixelType.Int8 : PixelType.UInt8,
        (H5DataTypeClass.FixedPoint, 2) => type.FixedPoint.IsSigned ? PixelType.Int16 : PixelType.UInt16,
        (H5DataTypeClass.FixedPoint, 4) => type.FixedPoint.IsSigned ? PixelType.Int32 : PixelType.UInt32,
        (H5DataTypeClass.FixedPoint, 8) => type.FixedPoint.IsSigned ? PixelType.Int64 : PixelType.UInt64,
        (H5DataTypeClass.FloatingPoint, 2) => PixelType.Float16,
        (H5DataTypeClass.FloatingPoint, 4) => PixelType.Float32,
        (H5DataTypeClass.FloatingPoint, 8) => PixelType.Float64,
        _ => null,
    };

    public void Read(int[] start, int[] count, Span<byte> samples, CancellationToken cancellationToken)
    {
        var selection = new HyperslabSelection(Shape.Length, [.. start.Select(s => (ulong)s)], [.. count.Select(c => (ulong)c)]);
        cancellationToken.ThrowIfCancellationRequested();
        switch (Type)
        {
            case PixelType.UInt8: Read<byte>(selection, samples); break;
            case PixelType.Int8: Read<sbyte>(selection, samples); break;
            case PixelType.UInt16: Read<ushort>(selection, samples); break;
            case PixelType.Int16: Read<short>(selection, samples); break;
            case PixelType.UInt32: Read<uint>(selection, samples); break;
            case PixelType.Int32: Read<int>(selection, samples); break;
            case PixelType.UInt64: Read<ulong>(selection, samples); break;
            case PixelType.Int64: Read<long>(selection, samples); break;
            case PixelType.Float16: Read<Half>(selection, samples); break;
            case PixelType.Float32: Read<float>(selection, samples); break;
            default: Read<double>(selection, samples); break;
        }
    }

    private unsafe void Read<T>(HyperslabSelection selection, Span<byte> samples)
        where T : unmanaged
    {
        fixed (byte* pointer = samples)
        {
            var at = (nint)pointer;                                       // a span cannot enter the guard's closure
            int count = samples.Length / sizeof(T);
            lock (_file.Lock)
            {
                _file.Guard(() =>
                {
                    _dataset.Read(_access, new Span<T>((void*)at, count), selection, null, null);
                    return true;
                }, Place);
            }
        }
    }
}
