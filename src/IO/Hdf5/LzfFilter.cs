using PureHDF.Filters;

namespace Cellpose3D.IO.Hdf5;

/// <summary>h5py's quick compression, read only: LibLZF's runs and back references.</summary>
internal sealed class LzfFilter : IH5Filter
{
    public ushort FilterId => 32000;

    public string Name => "lzf";

    public Memory<byte> Filter(FilterInfo info)
    {
        if (!info.Flags.HasFlag(H5FilterFlags.Decompress))
            throw new NotSupportedException("lzf is read, not written; use gzip.");
        // the third parameter is the chunk's plain length; old writers left it out
        int length = info.Parameters.Length > 2 && info.Parameters[2] > 0 ? (int)info.Parameters[2] : info.ChunkSize;
        byte[] plain = new byte[length];
        int got = Decode(info.Buffer.Span, plain);
        return got == length ? plain : throw new InvalidDataException($"a chunk does not decode (lzf): {Math.Max(got, 0)} of {length} bytes came out.");
    }

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException("lzf is read, not written; use gzip.");

    private static int Decode(ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        int from = 0, to = 0;
        while (from < stored.Length)
        {
            int control = stored[from++];
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
            int length = control >> 5;
            if (length == 7)
            {
                if (from >= stored.Length)
                    return -1;
                length += stored[from++];
            }
            length += 2;
            if (from >= stored.Length)
                return -1;
            int distance = ((control & 31) << 8) + stored[from++] + 1;
            if (distance > to || length > plain.Length - to)
                return -1;
            for (int i = 0; i < length; i++, to++)
                plain[to] = plain[to - distance];
        }
        return to;
    }
}
