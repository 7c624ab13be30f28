using System.Numerics;
using System.Runtime.InteropServices;

namespace Cellpose3D.IO.Tiff;

/// <summary>Unpacks stored rows of samples and spreads them over planes.</summary>
internal static class SampleRow
{
    /// <summary>Converts one row.</summary>
    /// <param name="type">How samples are stored.</param>
    /// <param name="row">[pixels * samples], native byte order; borrowed.</param>
    /// <param name="samples">Samples a pixel, interleaved.</param>
    /// <param name="planes">[samples, Y, X]; pixel i of sample s goes to <c>at + s * planeSize + i</c>.</param>
    /// <param name="at">Where the row starts in the first plane.</param>
    /// <param name="planeSize">Distance of samples.</param>
    /// <param name="place">File and plane, for messages.</param>
    public static void Spread<TOut, TConversion>(
        PixelType type, ReadOnlySpan<byte> row, int samples, Span<TOut> planes, int at, int planeSize, string place)
        where TConversion : struct, ISampleConversion<TOut>
    {
        switch (type)
        {
            case PixelType.UInt8: Spread<byte, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Int8: Spread<sbyte, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.UInt16: Spread<ushort, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Int16: Spread<short, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.UInt32: Spread<uint, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Int32: Spread<int, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.UInt64: Spread<ulong, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Int64: Spread<long, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Float16: Spread<Half, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            case PixelType.Float32: Spread<float, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
            default: Spread<double, TOut, TConversion>(row, samples, planes, at, planeSize, place); break;
        }
    }

    /// <summary>Widens samples of 1 to 7 bits to bytes, of 9 to 15 bits to 16-bit words.</summary>
    /// <param name="row">Packed, highest bit first; borrowed.</param>
    /// <param name="bits">Bits of a sample.</param>
    /// <param name="wide">Receives one byte or native word a sample.</param>
    public static void Unpack(ReadOnlySpan<byte> row, int bits, Span<byte> wide)
    {
        Span<ushort> words = bits > 8 ? MemoryMarshal.Cast<byte, ushort>(wide) : default;
        int count = bits > 8 ? words.Length : wide.Length;
        uint held = 0;
        int available = 0, next = 0;
        for (int i = 0; i < count; i++)
        {
            for (; available < bits; available += 8)
                held = (held << 8) | row[next++];
            available -= bits;
            uint value = (held >> available) & ((1u << bits) - 1);
            if (bits > 8)
                words[i] = (ushort)value;
            else
                wide[i] = (byte)value;
        }
    }

    /// <summary>Reverses the bytes of each sample.</summary>
    public static void SwapBytes(Span<byte> row, int size)
    {
        for (int i = 0; size > 1 && i + size <= row.Length; i += size)
            row.Slice(i, size).Reverse();
    }

    private static void Spread<TIn, TOut, TConversion>(
        ReadOnlySpan<byte> row, int samples, Span<TOut> planes, int at, int planeSize, string place)
        where TIn : unmanaged, INumber<TIn>
        where TConversion : struct, ISampleConversion<TOut>
    {
        ReadOnlySpan<TIn> values = MemoryMarshal.Cast<byte, TIn>(row);
        int pixels = values.Length / samples;
        for (int s = 0; s < samples; s++)
        {
            Span<TOut> line = planes.Slice(at + (s * planeSize), pixels);
            for (int i = 0, from = s; i < line.Length; i++, from += samples)
                line[i] = TConversion.Convert(values[from], place);
        }
    }
}
