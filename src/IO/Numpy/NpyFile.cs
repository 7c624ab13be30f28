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
            throw new InvalidDataException($"'{name}': the .npy header lacks descr, fortran_order or shape: {header.Trim()}");
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
        return header.Descr switch
        {
            "|b1" or "|u1" => Read<byte, T>(stream, header, name),
            "|i1" => Read<sbyte, T>(stream, header, name),
            "<u2" or ">u2" => Read<ushort, T>(stream, header, name),
            "<i2" or ">i2" => Read<short, T>(stream, header, name),
            "<u4" or ">u4" => Read<uint, T>(stream, header, name),
            "<i4" or ">i4" => Read<int, T>(stream, header, name),
            "<u8" or ">u8" => Read<ulong, T>(stream, header, name),
            "<i8" or ">i8" => Read<long, T>(stream, header, name),
            "<f2" or ">f2" => Read<Half, T>(stream, header, name),
            "<f4" or ">f4" => Read<float, T>(stream, header, name),
            "<f8" or ">f8" => Read<double, T>(stream, header, name),
            _ => throw new NotSupportedException($"'{name}' holds values of type '{header.Descr}'; plain integers, floats and booleans are read."),
        };
    }

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

    private static NdArray<TOut> Read<TIn, TOut>(Stream stream, NpyHeader header, string name)
        where TIn : unmanaged, System.Numerics.INumber<TIn>
        where TOut : unmanaged, System.Numerics.INumber<TOut>
    {
        var result = new NdArray<TOut>(header.Shape);
        TIn[] buffer = new TIn[Math.Min(1 << 16, Math.Max(1, result.Length))];
        int size = Marshal.SizeOf<TIn>() is var s && typeof(TIn) == typeof(Half) ? 2 : s;
        for (int done = 0; done < result.Length;)
        {
            Span<TIn> part = buffer.AsSpan(0, Math.Min(buffer.Length, result.Length - done));
            Span<byte> bytes = MemoryMarshal.AsBytes(part);
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw new InvalidDataException($"'{name}' ends before its {result.Length} values of shape [{string.Join(", ", header.Shape)}].");
            if (header.Descr[0] == '>')
            {
                for (int i = 0; i < bytes.Length; i += size)
                    bytes.Slice(i, size).Reverse();
            }
            for (int i = 0; i < part.Length; i++)
                result.Data[done + i] = TOut.CreateTruncating(part[i]);
            done += part.Length;
        }
        return header.FortranOrder ? ToCOrder(result) : result;
    }

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
