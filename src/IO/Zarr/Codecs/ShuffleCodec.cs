namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>numcodecs' filter of its own for the byte shuffle, as some stores have it beside gzip or zstd.</summary>
internal sealed class ShuffleCodec(int size) : ZarrCodec
{
    public override string Name => "shuffle";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        byte[] plain = new byte[stored.Length];
        ByteShuffle.Undo(stored, plain, size);
        return plain;
    }
}
