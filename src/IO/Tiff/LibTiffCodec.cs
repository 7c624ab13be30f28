using System.Buffers.Binary;
using System.Globalization;
using BitMiracle.LibTiff.Classic;
using LibTag = BitMiracle.LibTiff.Classic.TiffTag;

namespace Cellpose3D.IO.Tiff;

/// <summary>Decodes one compressed strip or tile with LibTiff.NET.</summary>
/// <remarks>
/// The library never sees the user's headers: each strip or tile is handed over as a tiny one-strip TIFF in memory,
/// made from checked values. Its own directory reader trusts counts of damaged files, walks the chain for every page,
/// keeps page numbers in 16 bits and misreads 64-bit arrays of big-endian BigTIFF; none of that code runs here, and
/// strips can be decoded on several threads at once.
/// </remarks>
internal static class LibTiffCodec
{
    static LibTiffCodec() => BitMiracle.LibTiff.Classic.Tiff.SetErrorHandler(new MessageHandler());

    /// <summary>Decodes into native byte order.</summary>
    /// <param name="page">The page the bytes belong to.</param>
    /// <param name="isBigEndian">Byte order of the file.</param>
    /// <param name="height">Rows held by the strip or tile.</param>
    /// <param name="compressed">The bytes as stored; borrowed.</param>
    /// <param name="decoded">Receives [height, row bytes]; its length is <paramref name="count"/> or more.</param>
    /// <param name="count">Bytes expected.</param>
    /// <param name="place">Strip, page and file, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes do not decode, or to too few.</exception>
    public static void Decode(TiffPage page, bool isBigEndian, int height, ReadOnlySpan<byte> compressed, byte[] decoded, int count, string place)
    {
        using var file = new ChunkFile(Wrap(page, isBigEndian, height, compressed));
        int got;
        try
        {
            using BitMiracle.LibTiff.Classic.Tiff? tiff = BitMiracle.LibTiff.Classic.Tiff.ClientOpen("strip", "rc", file, new TiffStream());
            if (tiff is not null && page.Photometric == 6)
                tiff.SetField(LibTag.JPEGCOLORMODE, JpegColorMode.RGB);
            got = tiff is null ? -1 : tiff.ReadEncodedStrip(0, decoded, 0, count);
        }
        catch (Exception e) when (e is not OutOfMemoryException)            // a decoder out of step throws whatever array access gives
        {
            throw new InvalidDataException($"{place} does not decode ({TiffCompression.Name(page.Compression)}): {file.Message ?? e.Message}", e);
        }
        if (got < count)
            throw new InvalidDataException($"{place} does not decode ({TiffCompression.Name(page.Compression)}): {file.Message ?? $"{Math.Max(got, 0)} of {count} bytes came out"}");
    }

    private static byte[] Wrap(TiffPage page, bool isBigEndian, int height, ReadOnlySpan<byte> compressed)
    {
        int samples = page.SamplesPerChunkPixel;
        bool isYCbCr = page.Photometric == 6;
        var entries = new List<(int Tag, int Type, int Count, byte[] Value)>
        {
            Longs(TiffTag.ImageWidth, (uint)page.ChunkWidth),
            Longs(TiffTag.ImageLength, (uint)height),
            Shorts(TiffTag.BitsPerSample, [.. Enumerable.Repeat((ushort)page.Bits, samples)]),
            Shorts(TiffTag.Compression, (ushort)page.Compression),
            Shorts(TiffTag.Photometric, (ushort)(isYCbCr ? 6 : samples >= 3 ? 2 : 1)),
            Shorts(TiffTag.FillOrder, (ushort)page.FillOrder),
            Longs(TiffTag.StripOffsets, 0),                                 // set below, when the header's size is known
            Shorts(TiffTag.SamplesPerPixel, (ushort)samples),
            Longs(TiffTag.RowsPerStrip, (uint)height),
            Longs(TiffTag.StripByteCounts, (uint)compressed.Length),
            Shorts(TiffTag.PlanarConfiguration, 1),
            Shorts(TiffTag.SampleFormat, [.. Enumerable.Repeat((ushort)page.SampleFormat, samples)]),
        };
        if (page.Predictor != 1)
            entries.Add(Shorts(TiffTag.Predictor, (ushort)page.Predictor));
        if (page.JpegTables is { } tables)
            entries.Add((TiffTag.JpegTables, 7, tables.Length, tables));
        if (isYCbCr && page.YCbCrSubSampling is { Length: 2 } sub)
            entries.Add(Shorts(TiffTag.YCbCrSubSampling, sub));
        entries.Sort((a, b) => a.Tag.CompareTo(b.Tag));

        int directoryBytes = 2 + (entries.Count * 12) + 4;
        int valuesAt = 8 + directoryBytes;
        int dataAt = (valuesAt + entries.Where(e => e.Value.Length > 4).Sum(e => e.Value.Length) + 7) / 8 * 8;
        byte[] bytes = new byte[dataAt + compressed.Length];
        bytes[0] = bytes[1] = (byte)(isBigEndian ? 'M' : 'I');
        Put16(bytes.AsSpan(2), 42);
        Put32(bytes.AsSpan(4), 8);
        Put16(bytes.AsSpan(8), (ushort)entries.Count);
        for (int i = 0, next = valuesAt; i < entries.Count; i++)
        {
            (int tag, int type, int count, byte[] value) = entries[i];
            Span<byte> entry = bytes.AsSpan(10 + (i * 12), 12);
            Put16(entry, (ushort)tag);
            Put16(entry[2..], (ushort)type);
            Put32(entry[4..], (uint)count);
            if (tag == TiffTag.StripOffsets)
            {
                Put32(entry[8..], (uint)dataAt);
            }
            else if (value.Length <= 4)
            {
                value.CopyTo(entry[8..]);
            }
            else
            {
                Put32(entry[8..], (uint)next);
                value.CopyTo(bytes.AsSpan(next));
                next += value.Length;
            }
        }
        compressed.CopyTo(bytes.AsSpan(dataAt));
        return bytes;

        (int, int, int, byte[]) Shorts(int tag, params ushort[] values)
        {
            byte[] value = new byte[values.Length * 2];
            for (int i = 0; i < values.Length; i++)
                Put16(value.AsSpan(i * 2), values[i]);
            return (tag, 3, values.Length, value);
        }

        (int, int, int, byte[]) Longs(int tag, uint value)
        {
            byte[] four = new byte[4];
            Put32(four, value);
            return (tag, 4, 1, four);
        }

        void Put16(Span<byte> to, ushort value)
        {
            if (isBigEndian)
                BinaryPrimitives.WriteUInt16BigEndian(to, value);
            else
                BinaryPrimitives.WriteUInt16LittleEndian(to, value);
        }

        void Put32(Span<byte> to, uint value)
        {
            if (isBigEndian)
                BinaryPrimitives.WriteUInt32BigEndian(to, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(to, value);
        }
    }

    /// <summary>The library hands its stream to the error handler, which leaves the first message here.</summary>
    private sealed class ChunkFile(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public string? Message { get; set; }
    }

    /// <summary>Keeps the library off the console; it has one handler for the whole process.</summary>
    private sealed class MessageHandler : TiffErrorHandler
    {
        public override void ErrorHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (clientData is ChunkFile { Message: null } file)
                file.Message = string.Format(CultureInfo.InvariantCulture, format, args).ReplaceLineEndings(" ");
        }

        public override void WarningHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
