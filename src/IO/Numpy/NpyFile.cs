using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Numpy;

/// <summary>Reads and writes NumPy's <c>.npy</c> arrays of plain numbers (format 1.0 to 3.0).</summary>
/// <remarks>Object arrays (pickles inside <c>.npy</c>) are read by the weights' unpickler, never here.</remarks>
public static partial class NpyFile
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header only.</summary>
    /// <param name="stream">Positioned at the magic; left at the first value.</param>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">Not a <c>.npy</c> header, or a truncated one.</exception>
    public static NpyHeader ReadHeader(Stream stream, string name)
    {
        byte[] start = new byte[10];
        if (stream.ReadAtLeast(start, 10, throwOnEndOfStream: false) < 10 || !start.AsSpan(0, 6).SequenceEqual(Magic))
            throw new InvalidDataException($"'{name}' is not a .npy file: its first bytes are not \\x93NUMPY.");

        int length = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        if (start[6] >= 2)
        {
            byte[] more = new byte[2];
            stream.ReadExactly(more);
            length |= BinaryPrimitives.ReadUInt16LittleEndian(more) << 16;
        }
        if (length is < 10 or > 1 << 20)
            throw new InvalidDataException($"'{name}': the .npy header must have 10 to 1,048,576 bytes; got {length}.");
        byte[] text = new byte[length];
        if (stream.ReadAtLeast(text, length, throwOnEndOfStream: false) < length)
            throw new InvalidDataException($"'{name}' ends inside its .npy header.");

        string header = Encoding.UTF8.GetString(text);
        Match type = DescrPattern().Match(header), order = OrderPattern().Match(header), shape = ShapePattern().Match(header);
        if (!type.Success || !order.Success || !shape.Success)
            throw new InvalidDataException($"'{name}': the .npy header lacks descr, fortran_order or shape: {Printable(header)}");
        int[] axes = [.. shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
                ? n : throw new InvalidDataException($"'{name}': axis length must be 0 to 2,147,483,647; got {a}."))];
        return new NpyHeader(type.Groups[1].Value, order.Groups[1].Value == "True", axes);
    }

    /// <summary>Reads an array and converts its values to <typeparamref name="T"/>.</summary>
    /// <param name="path">The <c>.npy</c> file.</param>
    /// <returns><typeparamref name="T"/> with the file's shape, C order; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">Not a <c>.npy</c> file, or fewer values than its shape says.</exception>
    /// <exception cref="NotSupportedException">An element type that is not a plain number.</exception>
    public static NdArray<T> Read<T>(string path)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using FileStream stream = File.OpenRead(path);
        return Read<T>(stream, path);
    }

    /// <summary>Reads an array and converts its values to <typeparamref name="T"/>.</summary>
    /// <param name="stream">Positioned at the magic.</param>
    /// <param name="name">Used in messages.</param>
    /// <returns><typeparamref name="T"/> with the file's shape, C order; owned by the caller.</returns>
    public static NdArray<T> Read<T>(Stream stream, string name)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        return ReadValues<T>(stream, ReadHeader(stream, name), name);
    }

    /// <summary>Reads the values that follow a header.</summary>
    /// <param name="stream">Positioned at the first value.</param>
    /// <param name="header">What they are.</param>
    /// <param name="name">Used in messages.</param>
    internal static NdArray<T> ReadValues<T>(Stream stream, NpyHeader header, string name)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        return ReadValues<T, NumberConversion<T>>(stream, header, name, stream.CanSeek ? stream.Length - stream.Position : long.MaxValue);
    }

    /// <summary>Reads the values behind a header.</summary>
    /// <param name="stream">Positioned at the first value.</param>
    /// <param name="header">What was read before them.</param>
    /// <param name="name">Used in messages.</param>
    /// <param name="available">Bytes the stream can still give at most; no memory is taken for more.</param>
    internal static NdArray<T> ReadValues<T, TConversion>(Stream stream, NpyHeader header, string name, long available)
        where T : unmanaged
        where TConversion : struct, ISampleConversion<T> => ElementType(header, name) switch
        {
            PixelType.UInt8 => Read<byte, T, TConversion>(stream, header, name, available),
            PixelType.Int8 => Read<sbyte, T, TConversion>(stream, header, name, available),
            PixelType.UInt16 => Read<ushort, T, TConversion>(stream, header, name, available),
            PixelType.Int16 => Read<short, T, TConversion>(stream, header, name, available),
            PixelType.UInt32 => Read<uint, T, TConversion>(stream, header, name, available),
            PixelType.Int32 => Read<int, T, TConversion>(stream, header, name, available),
            PixelType.UInt64 => Read<ulong, T, TConversion>(stream, header, name, available),
            PixelType.Int64 => Read<long, T, TConversion>(stream, header, name, available),
            PixelType.Float16 => Read<Half, T, TConversion>(stream, header, name, available),
            PixelType.Float32 => Read<float, T, TConversion>(stream, header, name, available),
            _ => Read<double, T, TConversion>(stream, header, name, available),
        };

    /// <summary>The plain number type behind NumPy's type string; booleans are bytes of 0 and 1.</summary>
    internal static PixelType ElementType(NpyHeader header, string name) => header.Descr switch
    {
        "|b1" or "|u1" => PixelType.UInt8,
        "|i1" => PixelType.Int8,
        "<u2" or ">u2" => PixelType.UInt16,
        "<i2" or ">i2" => PixelType.Int16,
        "<u4" or ">u4" => PixelType.UInt32,
        "<i4" or ">i4" => PixelType.Int32,
        "<u8" or ">u8" => PixelType.UInt64,
        "<i8" or ">i8" => PixelType.Int64,
        "<f2" or ">f2" => PixelType.Float16,
        "<f4" or ">f4" => PixelType.Float32,
        "<f8" or ">f8" => PixelType.Float64,
        _ => throw new NotSupportedException($"'{name}' holds values of type '{header.Descr}'; plain integers, floats and booleans are read."),
    };

    /// <summary>Writes an array, little-endian, C order, format 1.0.</summary>
    /// <param name="stream">Receives header and values.</param>
    /// <param name="array">Any plain number type; borrowed.</param>
    public static void Write<T>(Stream stream, NdArray<T> array)
        where T : unmanaged
    {
        string shape = array.Rank == 1 ? $"({array.Shape[0]},)" : $"({string.Join(", ", array.Shape)})";
        string header = $"{{'descr': '{Descr<T>()}', 'fortran_order': False, 'shape': {shape}, }}";
        int padded = (10 + header.Length + 1 + 63) / 64 * 64 - 10;       // values start on a multiple of 64 bytes
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n");
        stream.Write(Magic);
        stream.Write([1, 0, (byte)text.Length, (byte)(text.Length >> 8)]);
        stream.Write(text);
        const int chunk = 1 << 20;                                       // a byte span cannot be longer than 2 GB
        for (int i = 0; i < array.Length; i += chunk)
            stream.Write(MemoryMarshal.AsBytes(array.Data.AsSpan(i, Math.Min(chunk, array.Length - i))));
    }

    private static NdArray<TOut> Read<TIn, TOut, TConversion>(Stream stream, NpyHeader header, string name, long available)
        where TIn : unmanaged, System.Numerics.INumber<TIn>
        where TOut : unmanaged
        where TConversion : struct, ISampleConversion<TOut>
    {
        int count = CanonicalLayout.Count(header.Shape, name), size = ElementType(header, name).Bytes();
        if ((long)count * size > available)
            throw EndsEarly(header, name);
        var result = new NdArray<TOut>(new TOut[count], header.Shape);
        TIn[] buffer = new TIn[Math.Min(1 << 16, Math.Max(1, count))];
        string place = $"'{name}'";
        for (int done = 0; done < result.Length;)
        {
            Span<TIn> part = buffer.AsSpan(0, Math.Min(buffer.Length, result.Length - done));
            Span<byte> bytes = MemoryMarshal.AsBytes(part);
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw EndsEarly(header, name);
            if (header.Descr[0] == '>')
            {
                for (int i = 0; i < bytes.Length; i += size)
                    bytes.Slice(i, size).Reverse();
            }
            for (int i = 0; i < part.Length; i++)
                result.Data[done + i] = TConversion.Convert(part[i], place);
            done += part.Length;
        }
        return header.FortranOrder ? ToCOrder(result) : result;
    }

    private static string Printable(string header) =>
        new([.. header.Trim().Take(120).Select(c => c is >= ' ' and <= '~' ? c : '?')]);

    private static InvalidDataException EndsEarly(NpyHeader header, string name) =>
        new($"'{name}' ends before its {header.Shape.Aggregate(1L, (n, l) => n * l)} values of shape [{string.Join(", ", header.Shape)}].");

    private static NdArray<T> ToCOrder<T>(NdArray<T> fortran)
        where T : unmanaged
    {
        var result = new NdArray<T>(fortran.Shape);
        int[] index = new int[fortran.Rank];
        for (int i = 0; i < result.Length; i++)
        {
            long from = 0;
            for (int axis = fortran.Rank - 1; axis >= 0; axis--)
                from = from * fortran.Shape[axis] + index[axis];
            result.Data[i] = fortran.Data[from];
            for (int axis = fortran.Rank - 1; axis >= 0 && ++index[axis] == fortran.Shape[axis]; axis--)
                index[axis] = 0;
        }
        return result;
    }

    private static string Descr<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Boolean => "|b1",
        TypeCode.Byte => "|u1",
        TypeCode.SByte => "|i1",
        TypeCode.UInt16 => "<u2",
        TypeCode.Int16 => "<i2",
        TypeCode.UInt32 => "<u4",
        TypeCode.Int32 => "<i4",
        TypeCode.UInt64 => "<u8",
        TypeCode.Int64 => "<i8",
        TypeCode.Single => "<f4",
        TypeCode.Double => "<f8",
        _ => typeof(T) == typeof(Half) ? "<f2" : throw new NotSupportedException($".npy has no plain type for {typeof(T)}."),
    };

    [GeneratedRegex(@"'descr'\s*:\s*'([^']+)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
