using System.Buffers.Binary;

namespace Cellpose3D.IO.Png;

/// <summary>Size and sample type of a PNG or JPEG, found without decoding it; checks that the file is whole.</summary>
/// <remarks>
/// OpenCV decodes what there is of a cut file and fills the rest with grey, so completeness is told here. PNG: chunks
/// with their checksums up to IEND. JPEG: a frame header, and an end marker behind it.
/// </remarks>
internal sealed record RasterHeader(bool IsPng, int Width, int Height, int Channels, int Bits)
{
    private const long LargestPngRatio = 1032;      // Deflate's limit
    private const long LargestJpegRatio = 4096;     // pixels a byte; a flat baseline image reaches about 256

    private static readonly uint[] CrcOfByte = MakeCrcTable();

    public static RasterHeader Read(byte[] bytes, string path) =>
        bytes is [0x89, ..] ? Png(bytes, path) : Jpeg(bytes, path);

    private static RasterHeader Png(ReadOnlySpan<byte> bytes, string path)
    {
        RasterHeader? header = null;
        bool hasAlpha = false;
        int colourType = 0;
        for (int at = 8; ;)
        {
            if (bytes.Length - at < 12)
                throw new InvalidDataException($"'{path}' ends inside its PNG data.");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > (uint)(bytes.Length - at - 12))
                throw new InvalidDataException($"'{path}' ends inside its PNG data.");
            ReadOnlySpan<byte> typed = bytes.Slice(at + 4, (int)length + 4), body = typed[4..];
            if (Crc(typed) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]))
                throw new InvalidDataException($"'{path}' is damaged: the checksum of a PNG chunk at byte {at} is wrong.");
            at += 12 + (int)length;
            if (typed.StartsWith("IEND"u8))
                break;
            hasAlpha |= typed.StartsWith("tRNS"u8);
            if (!typed.StartsWith("IHDR"u8))
                continue;
            if (body.Length < 13)
                throw new InvalidDataException($"'{path}' is damaged: its PNG header is too short.");
            uint width = BinaryPrimitives.ReadUInt32BigEndian(body), height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
            RequireSize(width, height, bytes.Length * LargestPngRatio * 8 / Math.Max(1, (int)body[8]), path);
            colourType = body[9];
            header = new RasterHeader(true, (int)width, (int)height, colourType == 0 ? 1 : 3, body[8] == 16 ? 16 : 8);
        }
        if (header is null)
            throw new InvalidDataException($"'{path}' is damaged: it has no PNG header.");
        return header with { Channels = colourType is 4 or 6 || (hasAlpha && colourType == 3) ? 4 : header.Channels };
    }

    private static RasterHeader Jpeg(ReadOnlySpan<byte> bytes, string path)
    {
        for (int at = 2; at + 4 <= bytes.Length;)
        {
            if (bytes[at] != 0xFF)
                throw new InvalidDataException($"'{path}' is damaged: byte {at} should start a JPEG marker.");
            byte marker = bytes[at + 1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD8))             // padding, and markers without a body
            {
                at += marker == 0xFF ? 1 : 2;
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            bool isFrame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame && length >= 8 && at + 10 <= bytes.Length)
            {
                uint height = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]), width = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]);
                RequireSize(width, height, bytes.Length * LargestJpegRatio, path);
                if (bytes[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0)
                    throw new InvalidDataException($"'{path}' ends before its JPEG end marker.");
                if (bytes[at + 4] != 8)
                    throw new NotSupportedException($"'{path}' is a JPEG of {bytes[at + 4]} bits a sample; 8 are read.");
                return new RasterHeader(false, (int)width, (int)height, bytes[at + 9] == 1 ? 1 : 3, 8);
            }
            at += 2 + length;
        }
        throw new InvalidDataException($"'{path}' ends before its JPEG frame header.");
    }

    private static void RequireSize(uint width, uint height, long mostPixels, string path)
    {
        if (width == 0 || height == 0 || width > int.MaxValue || height > int.MaxValue || (ulong)width * height > (ulong)mostPixels)
            throw new InvalidDataException($"'{path}' claims {height} x {width} pixels, which its bytes cannot hold.");
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = CrcOfByte[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            table[i] = i;
            for (int bit = 0; bit < 8; bit++)
                table[i] = (table[i] & 1) != 0 ? (table[i] >> 1) ^ 0xEDB88320u : table[i] >> 1;
        }
        return table;
    }
}
