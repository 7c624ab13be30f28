using System.Buffers.Binary;
using Cellpose3D.IO.Zarr.Codecs;
using PureHDF.Filters;

namespace Cellpose3D.IO.Hdf5;

/// <summary>A registered HDF5 filter that is read, not written.</summary>
internal abstract class ReadingFilter(ushort id, string name) : IH5Filter
{
    public ushort FilterId => id;

    public string Name => name;

    public Memory<byte> Filter(FilterInfo info) => info.Flags.HasFlag(H5FilterFlags.Decompress)
        ? Decode(info)
        : throw new NotSupportedException($"{name} is read, not written; use gzip.");

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException($"{name} is read, not written; use gzip.");

    protected abstract Memory<byte> Decode(FilterInfo info);

    /// <summary>What a chunk may grow to: its plain length where the library knows it.</summary>
    protected static int Most(FilterInfo info) => info.ChunkSize > 0 ? info.ChunkSize + 64 : Array.MaxLength;
}

/// <summary>hdf5-blosc: a Blosc 1 container for each chunk.</summary>
internal sealed class BloscFilter() : ReadingFilter(32001, "blosc")
{
    protected override Memory<byte> Decode(FilterInfo info) => new BloscCodec().Decode(info.Buffer.Span, Most(info), "a chunk");
}

/// <summary>The HDF Group's LZ4: length, block length, then blocks behind their own lengths, all big-endian.</summary>
internal sealed class Lz4Filter() : ReadingFilter(32004, "lz4")
{
    protected override Memory<byte> Decode(FilterInfo info)
    {
        ReadOnlySpan<byte> stored = info.Buffer.Span;
        if (stored.Length < 12)
            throw new InvalidDataException($"a chunk does not decode (lz4): its header needs 12 bytes; it has {stored.Length}.");
        long length = BinaryPrimitives.ReadInt64BigEndian(stored);
        int block = BinaryPrimitives.ReadInt32BigEndian(stored[8..]);
        if (length < 0 || length > Most(info) || block < 1)
            throw new InvalidDataException($"a chunk does not decode (lz4): its header says {length} bytes in blocks of {block}.");
        byte[] plain = new byte[length];
        stored = stored[12..];
        for (int at = 0; at < plain.Length; at += block)
        {
            Span<byte> target = plain.AsSpan(at, Math.Min(block, plain.Length - at));
            int packed = stored.Length < 4 ? -1 : BinaryPrimitives.ReadInt32BigEndian(stored);
            if (packed < 0 || packed > stored.Length - 4)
                throw new InvalidDataException("a chunk does not decode (lz4): it was cut short.");
            if (packed == target.Length)
                stored.Slice(4, packed).CopyTo(target);
            else
                new Lz4Codec().DecodeBlock(stored.Slice(4, packed), target, "a chunk");
            stored = stored[(4 + packed)..];
        }
        return plain;
    }
}

/// <summary>Zstandard.</summary>
internal sealed class ZstdFilter() : ReadingFilter(32015, "zstd")
{
    protected override Memory<byte> Decode(FilterInfo info) => new ZstdCodec().Decode(info.Buffer.Span, Most(info), "a chunk");
}
