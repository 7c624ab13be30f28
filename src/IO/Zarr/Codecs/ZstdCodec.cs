using ZstdSharp;

namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>Zstandard frames.</summary>
internal sealed class ZstdCodec(int level = ZstdCodec.DefaultLevel) : ZarrCodec
{
    /// <summary>The library's own default: labels and camera noise gain little from more.</summary>
    public const int DefaultLevel = 3;

    public override string Name => "zstd";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        byte[] result = new byte[most];
        int length = Decode(stored, result, place);
        return length == most ? result : result[..length];
    }

    /// <summary>Decodes into a buffer; returns how much of it is filled.</summary>
    public int Decode(ReadOnlySpan<byte> stored, Span<byte> plain, string place)
    {
        try
        {
            using var decompressor = new Decompressor();
            return decompressor.Unwrap(stored, plain);
        }
        catch (ZstdException e)
        {
            throw Damaged(place, e.Message, e);
        }
    }

    public override byte[] Encode(ReadOnlySpan<byte> plain)
    {
        using var compressor = new Compressor(level);
        return compressor.Wrap(plain).ToArray();
    }
}
