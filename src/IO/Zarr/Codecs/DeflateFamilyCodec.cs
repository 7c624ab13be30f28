using System.IO.Compression;

namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>gzip and zlib: Deflate in one of two wrappers.</summary>
internal sealed class DeflateFamilyCodec(bool isGzip, CompressionLevel level = CompressionLevel.Optimal) : ZarrCodec
{
    public override string Name => isGzip ? "gzip" : "zlib";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        byte[] result = new byte[most];
        int length;
        try
        {
            using var source = new MemoryStream(stored.ToArray(), writable: false);
            using Stream plain = isGzip ? new GZipStream(source, CompressionMode.Decompress) : new ZLibStream(source, CompressionMode.Decompress);
            length = plain.ReadAtLeast(result, most, throwOnEndOfStream: false);
            if (length == most && plain.ReadByte() >= 0)
                throw Damaged(place, $"more than {most} bytes come out.");
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(place, StringComparison.Ordinal))
        {
            throw Damaged(place, e.Message, e);
        }
        return length == most ? result : result[..length];
    }

    public override byte[] Encode(ReadOnlySpan<byte> plain)
    {
        var target = new MemoryStream(plain.Length / 4);
        using (Stream packed = isGzip ? new GZipStream(target, level, leaveOpen: true) : new ZLibStream(target, level, leaveOpen: true))
            packed.Write(plain);
        return target.ToArray();
    }
}
