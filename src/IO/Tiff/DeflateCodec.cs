using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cellpose3D.IO.Tiff;

/// <summary>Decodes deflated strips and tiles with the runtime's own zlib, and undoes their predictors.</summary>
/// <remarks>LibTiff.NET could, but its Deflate is a managed port, several times slower, and Deflate is what we write ourselves.</remarks>
internal static class DeflateCodec
{
    /// <summary>Decodes into native byte order.</summary>
    /// <param name="page">The page the bytes belong to.</param>
    /// <param name="isBigEndian">Byte order of the file.</param>
    /// <param name="compressed">The bytes as stored; its first <paramref name="stored"/> count; borrowed.</param>
    /// <param name="stored">Bytes stored.</param>
    /// <param name="decoded">Receives whole rows, as many as its length holds.</param>
    /// <param name="place">Strip, page and file, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes do not decode, or to too few.</exception>
    /// <exception cref="NotSupportedException">A predictor over samples it is not defined for.</exception>
    public static void Decode(TiffPage page, bool isBigEndian, byte[] compressed, int stored, Span<byte> decoded, string place)
    {
        if (page.FillOrder == 2)
        {
            for (int i = 0; i < stored; i++)
                compressed[i] = ReverseBits(compressed[i]);
        }
        int got;
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(compressed, 0, stored, writable: false), CompressionMode.Decompress);
            got = zlib.ReadAtLeast(decoded, decoded.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"{place} does not decode (Deflate): {e.Message.ReplaceLineEndings(" ")}", e);
        }
        if (got < decoded.Length)
            throw new InvalidDataException($"{place} does not decode (Deflate): {got} of {decoded.Length} bytes came out.");
        Unpredict(page, isBigEndian, decoded, place);
    }

    private static void Unpredict(TiffPage page, bool isBigEndian, Span<byte> decoded, string place)
    {
        int row = (int)page.RowBytes, samples = page.SamplesPerChunkPixel, size = page.Bits / 8;
        if (page.Predictor == 3)
        {
            if (page.SampleFormat != 3)
                throw new NotSupportedException($"{place} has the floating-point predictor over {page.StoredType.Name()} samples; it is defined for floats.");
            byte[] line = new byte[row];
            for (int at = 0; at < decoded.Length; at += row)
                JoinBytePlanes(decoded.Slice(at, row), line, samples, size);
            return;
        }
        if (isBigEndian == BitConverter.IsLittleEndian && page.Bits is 16 or 32 or 64)
            SampleRow.SwapBytes(decoded, size);
        if (page.Predictor == 1)
            return;
        for (int at = 0; at < decoded.Length; at += row)
        {
            Span<byte> line = decoded.Slice(at, row);
            switch (page.Bits)
            {
                case 8: Accumulate(line, samples); break;
                case 16: Accumulate(MemoryMarshal.Cast<byte, ushort>(line), samples); break;
                case 32: Accumulate(MemoryMarshal.Cast<byte, uint>(line), samples); break;
                case 64: Accumulate(MemoryMarshal.Cast<byte, ulong>(line), samples); break;
                default: throw new NotSupportedException($"{place} has a predictor over samples of {page.Bits} bits; 8, 16, 32 and 64 are read.");
            }
        }
    }

    private static void Accumulate<T>(Span<T> line, int samples)
        where T : unmanaged, INumber<T>
    {
        for (int i = samples; i < line.Length; i++)
            line[i] += line[i - samples];
    }

    /// <summary>Rows lie as all highest bytes, then all next ones, each the difference to the sample before.</summary>
    private static void JoinBytePlanes(Span<byte> row, Span<byte> planes, int samples, int size)
    {
        row.CopyTo(planes);
        Accumulate(planes, samples);
        int count = row.Length / size;
        for (int b = 0; b < size; b++)
        {
            int to = BitConverter.IsLittleEndian ? size - 1 - b : b;         // the highest byte comes first
            for (int i = 0; i < count; i++)
                row[(i * size) + to] = planes[(b * count) + i];
        }
    }

    private static byte ReverseBits(byte value)
    {
        int v = value, reversed = 0;
        for (int bit = 0; bit < 8; bit++, v >>= 1)
            reversed = (reversed << 1) | (v & 1);
        return (byte)reversed;
    }
}
