using System.Buffers.Binary;
using System.IO.Compression;

namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>Reads the container of Blosc 1: blocks of shuffled values, each packed by one of five inner codecs.</summary>
/// <remarks>
/// 16 bytes of header (version, version of the inner codec, flags, bytes of a value, and three lengths), the offset of each
/// block, then the blocks. A block is split into one stream for each byte of a value where the writer thought that better.
/// </remarks>
internal sealed class BloscCodec : ZarrCodec
{
    private const int HeaderBytes = 16;
    private const int MostSplits = 16;
    private const int LeastSplitBytes = 128;
    private static readonly string[] Inner = ["blosclz", "lz4", "snappy", "zlib", "zstd"];
    private static readonly Lz4Codec Lz4 = new();
    private static readonly ZstdCodec Zstd = new();

    public override string Name => "blosc";

    public override byte[] Decode(ReadOnlySpan<byte> stored, int most, string place)
    {
        if (stored.Length < HeaderBytes)
            throw Damaged(place, $"it needs a header of {HeaderBytes} bytes; {stored.Length} are stored.");
        int flags = stored[2], size = stored[3];
        int length = Int32(stored, 4), block = Int32(stored, 8), packed = Int32(stored, 12);
        if (stored[0] is < 1 or > 2 || size < 1 || length < 0 || length > most || packed < HeaderBytes || packed > stored.Length || (block < 1 && length > 0))
            throw Damaged(place, $"its header says version {stored[0]}, {length} bytes in blocks of {block}, {packed} stored; at most {most} bytes and {stored.Length} stored are possible.");
        byte[] result = new byte[length];
        if ((flags & 2) != 0)
        {
            if (packed < HeaderBytes + length)
                throw Damaged(place, $"{length} plain bytes must follow the header; {packed - HeaderBytes} do.");
            stored.Slice(HeaderBytes, length).CopyTo(result);
            return result;
        }
        int inner = flags >> 5;
        if (inner is 2 or > 4)
            throw new NotSupportedException($"{place} is packed by blosc with {(inner < Inner.Length ? Inner[inner] : $"inner codec {inner}")}; blosclz, lz4, zlib and zstd are read.");
        int blocks = length == 0 ? 0 : ((length - 1) / block) + 1;
        if (HeaderBytes + (4L * blocks) > packed)
            throw Damaged(place, $"the offsets of {blocks} blocks do not fit its {packed} bytes.");
        byte[] shuffled = new byte[Math.Min(block, length)];
        for (int i = 0; i < blocks; i++)
        {
            Span<byte> plain = result.AsSpan(i * block, Math.Min(block, length - (i * block)));
            bool isShuffled = (flags & 1) != 0 && size > 1, isBitShuffled = (flags & 4) != 0 && plain.Length >= size;
            Span<byte> target = isShuffled || isBitShuffled ? shuffled.AsSpan(0, plain.Length) : plain;
            bool isSplit = (flags & 16) == 0 && size <= MostSplits && block / size >= LeastSplitBytes && plain.Length == block;
            int start = Int32(stored, HeaderBytes + (4 * i));
            if (start < HeaderBytes || start > packed)
                throw Damaged(place, $"block {i} must start inside its {packed} bytes; its offset is {start}.");
            DecodeBlock(stored[start..packed], target, isSplit ? size : 1, inner, $"block {i} of {place}");
            if (isShuffled)
                ByteShuffle.Undo(target, plain, size);
            else if (isBitShuffled)
                ByteShuffle.UndoBits(target, plain, size);
        }
        return result;
    }

    private void DecodeBlock(ReadOnlySpan<byte> stored, Span<byte> block, int streams, int inner, string place)
    {
        int length = block.Length / streams;
        for (int s = 0; s < streams; s++)
        {
            int packed = stored.Length < 4 ? -1 : Int32(stored, 0);
            if (packed < 0 || packed > stored.Length - 4)
                throw Damaged(place, $"it ends inside stream {s}.");
            ReadOnlySpan<byte> bytes = stored.Slice(4, packed);
            Span<byte> plain = block.Slice(s * length, length);
            stored = stored[(4 + packed)..];
            if (packed == length)
            {
                bytes.CopyTo(plain);                                     // did not shrink
                continue;
            }
            int got = length;
            switch (inner)
            {
                case 0: got = BloscLz.Decode(bytes, plain); break;
                case 1: Lz4.DecodeBlock(bytes, plain, place); break;
                case 3: got = Inflate(bytes, plain, place); break;
                default: got = Zstd.Decode(bytes, plain, place); break;
            }
            if (got != length)
                throw Damaged(place, $"{Inner[inner]} gave {Math.Max(got, 0)} of {length} bytes.");
        }
    }

    private int Inflate(ReadOnlySpan<byte> bytes, Span<byte> plain, string place)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(bytes.ToArray(), writable: false), CompressionMode.Decompress);
            return zlib.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(place, e.Message, e);
        }
    }

    private static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
