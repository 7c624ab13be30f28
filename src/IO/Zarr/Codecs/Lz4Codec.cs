using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>numcodecs' LZ4: the plain length in 4 bytes, then one LZ4 block.</summary>
internal sealed class Lz4Codec : ZarrCodec
{
    public override string Name => "lz4";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        int length = stored.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(stored);
        if (length < 0 || length > most)
            throw Damaged(place, $"its first 4 bytes must give a length of 0 to {most}; got {length}.");
        byte[] result = new byte[length];
        DecodeBlock(stored[4..], result, place);
        return result;
    }

    /// <summary>Decodes one block that fills a buffer exactly.</summary>
    public void DecodeBlock(ReadOnlySpan<byte> stored, Span<byte> plain, string place)
    {
        int got = plain.Length == 0 ? 0 : LZ4Codec.Decode(stored, plain);
        if (got != plain.Length)
            throw Damaged(place, $"{Math.Max(got, 0)} of {plain.Length} bytes came out.");
    }
}
