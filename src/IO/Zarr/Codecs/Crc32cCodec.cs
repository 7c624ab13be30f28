using System.Buffers.Binary;
using System.Numerics;

namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>A checksum (CRC-32C) in the last 4 bytes.</summary>
internal sealed class Crc32cCodec : ZarrCodec
{
    public override string Name => "crc32c";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        if (stored.Length < 4)
            throw Damaged(place, $"{stored.Length} bytes cannot end in a checksum of 4.");
        uint found = Sum(stored[..^4]), expected = BinaryPrimitives.ReadUInt32LittleEndian(stored[^4..]);
        if (found != expected)
            throw Damaged(place, $"its checksum must be {expected:x8}; the bytes give {found:x8}.");
        return stored[..^4].ToArray();
    }

    public override byte[] Encode(ReadOnlySpan<byte> plain)
    {
        byte[] result = new byte[plain.Length + 4];
        plain.CopyTo(result);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(plain.Length), Sum(plain));
        return result;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes)
            sum = BitOperations.Crc32C(sum, b);
        return ~sum;
    }
}
