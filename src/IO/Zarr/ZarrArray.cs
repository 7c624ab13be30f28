using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr.Codecs;
using Microsoft.Win32.SafeHandles;

namespace Cellpose3D.IO.Zarr;

/// <summary>One array of a Zarr store in a folder, version 2 or 3.</summary>
/// <remarks>Chunks without a file hold the fill value, as the format has it. The last chunks stay decoded, up to a bound.</remarks>
internal sealed class ZarrArray : IVoxelArray
{
    private const long CacheBytes = 64 << 20;

    private readonly string _folder;
    private readonly ZarrHeader _header;
    private readonly int _chunkSamples;
    private readonly DecodedChunks _decoded;
    private readonly ConcurrentDictionary<string, ulong[]> _indices = new(StringComparer.Ordinal);

    /// <summary>Opens the array of a folder.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="header">Its metadata.</param>
    /// <param name="cacheBytes">Bytes of chunks kept decoded; 0 while the array is written.</param>
    public ZarrArray(string folder, ZarrHeader header, long cacheBytes = CacheBytes)
    {
        (_folder, _header, _decoded) = (folder, header, new DecodedChunks(cacheBytes));
        _chunkSamples = header.Chunk.Aggregate(1, (n, length) => n * length);
    }

    public string Place => $"'{_folder}'";

    public ZarrHeader Header => _header;

    public int[] Shape => _header.Shape;

    public int[] Chunk => _header.Chunk;

    public PixelType Type => _header.Type;

    public string Compression => _header.Compression + (_header.Shards is null ? "" : ", sharded");

    public void Read(int[] start, int[] count, Span<byte> samples, CancellationToken cancellationToken)
    {
        int size = Type.Bytes(), rank = Shape.Length;
        int[] first = [.. start.Select((s, axis) => s / Chunk[axis])];
        int[] last = [.. start.Select((s, axis) => (s + count[axis] - 1) / Chunk[axis])];
        long[] targetStrides = Blocks.Strides(count), chunkStrides = StridesInChunk();
        int group = Environment.ProcessorCount;
        var pending = new List<int[]>(group);
        for (int[]? index = [.. first]; index is not null;)
        {
            pending.Add([.. index]);
            index = Next(index, first, last);
            if (pending.Count < group && index is not null)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            byte[]?[] chunks = new byte[]?[pending.Count];
            if (pending.Count == 1)
                chunks[0] = ReadChunk(pending[0]);
            else
                Decode(pending, chunks);
            for (int n = 0; n < pending.Count; n++)
            {
                int[] from = new int[rank], to = new int[rank], lengths = new int[rank];
                for (int axis = 0; axis < rank; axis++)
                {
                    int origin = pending[n][axis] * Chunk[axis];
                    int begin = Math.Max(start[axis], origin);
                    lengths[axis] = (int)Math.Min((long)start[axis] + count[axis], (long)origin + Chunk[axis]) - begin;
                    (from[axis], to[axis]) = (begin - origin, begin - start[axis]);
                }
                long toAt = Dot(to, targetStrides);
                if (chunks[n] is { } chunk)
                    Blocks.Copy(chunk, Dot(from, chunkStrides), chunkStrides, samples, toAt, targetStrides, lengths, size);
                else
                    Blocks.Copy(FillRow(lengths[^1]), 0, Blocks.RowStrides(rank), samples, toAt, targetStrides, lengths, size);
            }
            pending.Clear();
        }
    }

    /// <summary>Writes one whole chunk that has a file of its own; one of zeros loses its file.</summary>
    /// <param name="index">Its place in the grid.</param>
    /// <param name="plain">Little-endian samples; owned by this call.</param>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void WriteChunk(int[] index, byte[] plain)
    {
        string path = PathOf(index);
        if (!plain.AsSpan().ContainsAnyExcept((byte)0))
        {
            if (File.Exists(path))
                File.Delete(path);
            return;
        }
        byte[] stored = plain;
        foreach (ZarrCodec encoder in _header.Decoders.Reverse())
            stored = encoder.Encode(stored);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + ".tmp";                                // one writer for each chunk, as everywhere
        try
        {
            File.WriteAllBytes(temporary, stored);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Number of chunks, and of those that have a file; null for shards, whose files may lack some.</summary>
    public (long Stored, long All)? CountChunks()
    {
        if (_header.Shards is not null)
            return null;
        int[] first = new int[Shape.Length], last = [.. Shape.Select((length, axis) => (Math.Max(1, length) - 1) / Chunk[axis])];
        long stored = 0, all = 0;
        for (int[]? index = first; index is not null; index = Next(index, new int[Shape.Length], last))
        {
            all++;
            stored += File.Exists(PathOf(index)) ? 1 : 0;
        }
        return (stored, all);
    }

    private void Decode(List<int[]> pending, byte[]?[] chunks)
    {
        try
        {
            Parallel.For(0, pending.Count, n => chunks[n] = ReadChunk(pending[n]));
        }
        catch (AggregateException e) when (e.InnerException is not null)
        {
            throw e.InnerExceptions.OrderBy(inner => inner.Message, StringComparer.Ordinal).First();
        }
    }

    /// <summary>Plain samples in the order they are stored in, native byte order; null where the chunk has no file.</summary>
    private byte[]? ReadChunk(int[] index)
    {
        string key = string.Join('.', index);
        if (_decoded.TryGet(key, out byte[]? known))
            return known;
        byte[]? stored = _header.Shards is { } shards ? ReadFromShard(shards, index) : ReadFile(PathOf(index));
        byte[]? plain = stored is null ? null : Plain(stored, $"chunk {key} of '{_folder}'");
        _decoded.Add(key, plain);
        return plain;
    }

    private byte[] Plain(byte[] stored, string place)
    {
        int bytes = _chunkSamples * Type.Bytes();
        byte[] plain = stored;
        foreach (ZarrCodec decoder in _header.Decoders)
            plain = decoder.Decode(plain, bytes + 4, place);
        if (plain.Length != bytes)
            throw new InvalidDataException($"{place} must have {bytes} bytes; it has {plain.Length}: it was cut short or its header is wrong.");
        if (_header.IsBigEndian == BitConverter.IsLittleEndian)
            SampleRow.SwapBytes(plain, Type.Bytes());
        return plain;
    }

    private byte[]? ReadFromShard(ZarrShards shards, int[] index)
    {
        int[] shard = [.. index.Select((n, axis) => n / (shards.Shape[axis] / Chunk[axis]))];
        string path = PathOf(shard);
        if (!File.Exists(path))
            return null;
        using SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        long length = RandomAccess.GetLength(handle);
        ulong[] pairs = _indices.GetOrAdd(path, _ => ReadIndex(shards, handle, length, path));
        int at = 0;
        for (int axis = 0; axis < index.Length; axis++)
        {
            int across = shards.Shape[axis] / Chunk[axis];
            at = (at * across) + (index[axis] % across);
        }
        ulong offset = pairs[2 * at], bytes = pairs[(2 * at) + 1];
        if (offset == ulong.MaxValue && bytes == ulong.MaxValue)
            return null;
        if (offset > (ulong)length || bytes > (ulong)length - offset || bytes > int.MaxValue)
            throw new InvalidDataException($"shard '{path}' places a chunk of {bytes} bytes at {offset}; it has {length}: it was cut short.");
        return ReadAt(handle, (long)offset, (int)bytes, path);
    }

    private static ulong[] ReadIndex(ZarrShards shards, SafeFileHandle handle, long length, string path)
    {
        if (length < shards.IndexBytes)
            throw new InvalidDataException($"shard '{path}' must have an index of {shards.IndexBytes} bytes; it has {length}: it was cut short.");
        byte[] plain = ReadAt(handle, shards.IsIndexAtEnd ? length - shards.IndexBytes : 0, shards.IndexBytes, path);
        foreach (ZarrCodec decoder in shards.IndexDecoders)
            plain = decoder.Decode(plain, plain.Length, $"the index of shard '{path}'");
        ulong[] pairs = new ulong[plain.Length / 8];
        for (int i = 0; i < pairs.Length; i++)
        {
            ReadOnlySpan<byte> b = plain.AsSpan(8 * i, 8);
            pairs[i] = shards.IsIndexBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(b) : BinaryPrimitives.ReadUInt64LittleEndian(b);
        }
        return pairs;
    }

    private static byte[]? ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static byte[] ReadAt(SafeFileHandle handle, long offset, int count, string path)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int got = RandomAccess.Read(handle, bytes.AsSpan(done), offset + done);
            if (got == 0)
                throw new InvalidDataException($"shard '{path}' ends early.");
            done += got;
        }
        return bytes;
    }

    private string PathOf(int[] index)
    {
        string numbers = string.Join(_header.Separator, index.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        string name = _header.Prefix.Length == 0 ? numbers : $"{_header.Prefix}{_header.Separator}{numbers}";
        return Path.Combine(_folder, name);
    }

    private byte[] FillRow(int length)
    {
        byte[] row = new byte[length * _header.Fill.Length];
        for (int at = 0; at < row.Length; at += _header.Fill.Length)
            _header.Fill.CopyTo(row, at);
        return row;
    }

    /// <summary>For each axis of the array, the distance of neighbours inside a stored chunk.</summary>
    private long[] StridesInChunk()
    {
        long[] stored = Blocks.Strides([.. _header.Order.Select(axis => Chunk[axis])]), strides = new long[Chunk.Length];
        for (int i = 0; i < stored.Length; i++)
            strides[_header.Order[i]] = stored[i];
        return strides;
    }

    private static long Dot(int[] index, long[] strides)
    {
        long sum = 0;
        for (int axis = 0; axis < index.Length; axis++)
            sum += index[axis] * strides[axis];
        return sum;
    }

    private static int[]? Next(int[] index, int[] first, int[] last)
    {
        int[] next = [.. index];
        for (int axis = next.Length - 1; axis >= 0; axis--)
        {
            if (++next[axis] <= last[axis])
                return next;
            next[axis] = first[axis];
        }
        return null;
    }
}
