using System.Runtime.InteropServices;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.IO.Zarr;

/// <summary>Writes and reads long arrays of numbers, of one column or a few, whole.</summary>
internal static class ZarrColumns
{
    private const int RowsPerChunk = 1 << 18;
    private const int MostValues = 1 << 28;

    /// <summary>Writes an array; its folder is made.</summary>
    /// <param name="folder">The array's folder.</param>
    /// <param name="version">0.4 for Zarr 2, 0.5 for Zarr 3.</param>
    /// <param name="values">C order; borrowed.</param>
    /// <param name="columns">Columns of an array of two axes; 0 for one axis.</param>
    public static void Write<T>(string folder, OmeZarrVersion version, T[] values, int columns = 0)
        where T : unmanaged
    {
        int width = Math.Max(1, columns), rows = values.Length / width, chunkRows = Math.Clamp(rows, 1, RowsPerChunk);
        bool isBoolean = typeof(T) == typeof(bool);
        ZarrHeader header = OmeZarrMetadata.Header(
            version, columns == 0 ? [rows] : [rows, columns], columns == 0 ? [chunkRows] : [chunkRows, columns], TypeOf<T>(), VolumeCompression.Default);
        Directory.CreateDirectory(folder);
        OmeZarrMetadata.WriteArray(folder, header, letters: null, isBoolean);
        var array = new ZarrArray(folder, header, cacheBytes: 0);
        for (int first = 0, n = 0; first < rows; first += chunkRows, n++)
        {
            byte[] plain = new byte[chunkRows * width * header.Type.Bytes()];
            ReadOnlySpan<T> part = values.AsSpan(first * width, Math.Min(chunkRows, rows - first) * width);
            MemoryMarshal.AsBytes(part).CopyTo(plain);
            array.WriteChunk(columns == 0 ? [n] : [n, 0], plain);
        }
    }

    /// <summary>Reads whole numbers.</summary>
    /// <param name="folder">The array's folder.</param>
    /// <param name="columns">Columns it must have; 0 for one axis.</param>
    /// <exception cref="InvalidDataException">It is not there, has another shape, is damaged, or holds something else.</exception>
    public static long[] Integers(string folder, int columns = 0)
    {
        (byte[] samples, PixelType type) = Read(folder, columns);
        switch (type)
        {
            case PixelType.Float16 or PixelType.Float32 or PixelType.Float64:
                double[] numbers = Convert(samples, type);
                int odd = Array.FindIndex(numbers, v => v != Math.Floor(v) || Math.Abs(v) > 1L << 53);
                return odd < 0 ? Array.ConvertAll(numbers, v => (long)v) : throw new InvalidDataException($"'{folder}' must hold whole numbers; value {odd} is {numbers[odd]}.");
            case PixelType.UInt64:
                ReadOnlySpan<ulong> wide = MemoryMarshal.Cast<byte, ulong>(samples);
                return wide.ContainsAnyInRange((ulong)long.MaxValue + 1, ulong.MaxValue) ? throw new InvalidDataException($"'{folder}' must hold numbers below 2^63.") : MemoryMarshal.Cast<byte, long>(samples).ToArray();
            case PixelType.Int64: return MemoryMarshal.Cast<byte, long>(samples).ToArray();
            default: return Array.ConvertAll(Convert(samples, type), v => (long)v);
        }
    }

    /// <summary>Reads numbers of any type.</summary>
    /// <param name="folder">The array's folder.</param>
    /// <exception cref="InvalidDataException">It is not there, has more than one axis, or is damaged.</exception>
    public static double[] Numbers(string folder)
    {
        (byte[] samples, PixelType type) = Read(folder, 0);
        return Convert(samples, type);
    }

    private static (byte[] Samples, PixelType Type) Read(string folder, int columns)
    {
        ZarrHeader header = ZarrHeader.Read(folder) ?? throw new InvalidDataException($"'{folder}' is missing or is no Zarr array.");
        int[] shape = header.Shape;
        bool fits = columns == 0 ? shape.Length == 1 : shape.Length == 2 && (shape[1] == columns || shape[0] == 0);
        if (!fits)
            throw new InvalidDataException($"'{folder}' must have shape [N{(columns == 0 ? "" : $", {columns}")}]; got [{string.Join(", ", shape)}].");
        long count = shape.Aggregate(1L, (n, length) => n * length);
        if (count > MostValues)
            throw new NotSupportedException($"'{folder}' holds {count} values; up to {MostValues} are read.");
        byte[] samples = new byte[count * header.Type.Bytes()];
        if (count > 0)
            new ZarrArray(folder, header).Read(new int[shape.Length], shape, samples, CancellationToken.None);
        return (samples, header.Type);
    }

    private static double[] Convert(byte[] samples, PixelType type) => type switch
    {
        PixelType.UInt8 => Array.ConvertAll(samples, v => (double)v),
        PixelType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(samples).ToArray(), v => (double)v),
        PixelType.UInt16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(samples).ToArray(), v => (double)v),
        PixelType.Int16 => Array.ConvertAll(MemoryMarshal.Cast<byte, short>(samples).ToArray(), v => (double)v),
        PixelType.UInt32 => Array.ConvertAll(MemoryMarshal.Cast<byte, uint>(samples).ToArray(), v => (double)v),
        PixelType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(samples).ToArray(), v => (double)v),
        PixelType.UInt64 => Array.ConvertAll(MemoryMarshal.Cast<byte, ulong>(samples).ToArray(), v => (double)v),
        PixelType.Int64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(samples).ToArray(), v => (double)v),
        PixelType.Float16 => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(samples).ToArray(), v => (double)v),
        PixelType.Float32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(samples).ToArray(), v => (double)v),
        _ => MemoryMarshal.Cast<byte, double>(samples).ToArray(),
    };

    private static PixelType TypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Boolean or TypeCode.Byte => PixelType.UInt8,
        TypeCode.Int32 => PixelType.Int32,
        TypeCode.Int64 => PixelType.Int64,
        TypeCode.UInt64 => PixelType.UInt64,
        TypeCode.Single => PixelType.Float32,
        TypeCode.Double => PixelType.Float64,
        _ => throw new ArgumentException($"arrays of {typeof(T).Name} are not written."),
    };
}
