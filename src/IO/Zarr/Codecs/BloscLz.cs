namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>Blosc's own LZ77 format, read only: runs of literals and matches of at least 3 bytes, in the manner of FastLZ.</summary>
internal static class BloscLz
{
    private const int NearDistance = 8191;

    /// <summary>Decodes a stream; returns the number of bytes, or -1 where it is damaged.</summary>
    /// <param name="stored">Borrowed.</param>
    /// <param name="plain">Receives the bytes.</param>
    public static int Decode(ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        int from = 0, to = 0;
        for (bool isFirst = true; from < stored.Length; isFirst = false)
        {
            int control = stored[from++];
            if (isFirst)
                control &= 31;                                           // a stream begins with literals
            if (control < 32)
            {
                int run = control + 1;
                if (run > stored.Length - from || run > plain.Length - to)
                    return -1;
                stored.Slice(from, run).CopyTo(plain[to..]);
                from += run;
                to += run;
                continue;
            }
            int length = (control >> 5) + 2, distance = (control & 31) << 8, more;
            if (length == 9)
            {
                do
                {
                    if (from >= stored.Length)
                        return -1;
                    more = stored[from++];
                    length += more;
                    if (length > plain.Length)
                        return -1;
                }
                while (more == 255);
            }
            if (from >= stored.Length)
                return -1;
            int low = stored[from++];
            if (low == 255 && distance == 31 << 8)
            {
                if (from + 2 > stored.Length)
                    return -1;
                distance = (stored[from] << 8) + stored[from + 1] + NearDistance;
                from += 2;
            }
            else
            {
                distance += low;
            }
            distance++;
            if (distance > to || length > plain.Length - to)
                return -1;
            for (int i = 0; i < length; i++, to++)
                plain[to] = plain[to - distance];                        // may overlap: a run repeats itself
        }
        return to;
    }
}
