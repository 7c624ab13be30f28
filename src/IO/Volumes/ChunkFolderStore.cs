using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cellpose3D.Volume.Sources;
using Microsoft.Win32.SafeHandles;

namespace Cellpose3D.IO.Volumes;

/// <summary>Scratch space of a run: a folder with one file of raw little-endian values for each chunk and component.</summary>
/// <remarks>
/// A chunk is written to a temporary beside it and renamed, so that after a kill it is whole or absent; a chunk cut short by
/// a power cut is told by its length. Nothing is held back in memory, so the store costs none. Chunks of zeros have no file.
/// Several processes may work on one folder as long as no two write into the same chunk. The folder stays until its owner deletes it.
/// </remarks>
/// <typeparam name="T">float, or a whole number type such as int.</typeparam>
public sealed class ChunkFolderStore<T> : IVolumeStore<T>
    where T : unmanaged
{
    private const long WorthSkipping = 1 << 14;   // bytes of a plane that are worth a read of their own

    private readonly ChunkFolderHeader _header;
    private readonly ChunkGrid _grid;
    private readonly bool _isHalf;
    private readonly int _size;

    /// <summary>Begins a store, or opens the one of the same layout that lies there.</summary>
    /// <param name="folder">Made where it is missing, with those above it.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="options">Chunks, components and precision; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options that make no store, or half precision of whole numbers.</exception>
    /// <exception cref="InvalidDataException">The folder holds a store of another layout.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public ChunkFolderStore(string folder, VolumeShape shape, ChunkFolderOptions? options = null)
        : this(folder, Begin(folder, shape, options ?? new ChunkFolderOptions()))
    {
    }

    /// <summary>Opens a store that was begun before, perhaps by a process that was killed.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="FileNotFoundException">There is no store.</exception>
    /// <exception cref="InvalidDataException">The store is damaged or holds another type.</exception>
    public ChunkFolderStore(string folder)
        : this(folder, ChunkFolderHeader.Read(folder))
    {
        if (_header.Type != TypeName && !(_isHalf && typeof(T) == typeof(float)))
            throw new InvalidDataException($"'{folder}' holds {_header.Type}; asked for {TypeName}.");
    }

    private ChunkFolderStore(string folder, ChunkFolderHeader header)
    {
        Folder = Path.GetFullPath(folder);
        _header = header;
        _grid = new ChunkGrid(header.Volume, header.Piece);
        _isHalf = header.Type == HalfName;
        _size = _isHalf ? 2 : Unsafe.SizeOf<T>();
    }

    /// <summary>Where the chunks lie.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public VolumeShape Shape => _grid.Whole;

    /// <inheritdoc/>
    public int Components => _header.Components;

    /// <inheritdoc/>
    public VolumeShape Chunk => _grid.Chunk;

    private static string HalfName => PixelType.Float16.Name();

    private static string TypeName => typeof(T).Name.ToLowerInvariant();

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A chunk is cut short.</exception>
    public void Read(int component, VolumeBox box, Span<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        foreach (VolumeBox chunk in _grid.Touching(box))
            ReadChunk(component, chunk, box, values);
    }

    /// <inheritdoc/>
    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        foreach (VolumeBox chunk in _grid.Touching(box))
        {
            if (chunk == box)
            {
                WriteChunk(component, chunk, values);
                continue;
            }
            T[] whole = ArrayPool<T>.Shared.Rent(checked((int)chunk.Count));
            Span<T> span = whole.AsSpan(0, (int)chunk.Count);
            if (chunk.Intersect(box) != chunk)
                ReadChunk(component, chunk, chunk, span);
            Boxes.Copy(values, box, span, chunk);
            WriteChunk(component, chunk, span);
            ArrayPool<T>.Shared.Return(whole);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Writing hands every chunk to the operating system at once: nothing is left to do here.</remarks>
    public void Flush()
    {
    }

    /// <summary>Does nothing: no file stays open, and the folder belongs to the caller.</summary>
    public void Dispose()
    {
    }

    private static ChunkFolderHeader Begin(string folder, VolumeShape shape, ChunkFolderOptions options)
    {
        options.Validate();
        if (options.HalfPrecision && typeof(T) != typeof(float))
            throw new ArgumentException($"half precision is for float values; the store holds {TypeName}.", nameof(options));
        VolumeShape chunk = ChunkGrid.Clip(options.Chunk, shape);
        var header = new ChunkFolderHeader(
            ChunkFolderHeader.Current, options.HalfPrecision ? HalfName : TypeName, [shape.Z, shape.Y, shape.X], [chunk.Z, chunk.Y, chunk.X], options.Components);
        Directory.CreateDirectory(folder);
        if (!File.Exists(Path.Combine(folder, ChunkFolderHeader.FileName)))
        {
            header.Write(folder);
            return header;
        }
        ChunkFolderHeader there = ChunkFolderHeader.Read(folder);
        return there.Matches(header) ? there
            : throw new InvalidDataException($"'{folder}' holds {there}; asked for {header}: remove the folder or name another.");
    }

    private void ReadChunk(int component, VolumeBox chunk, VolumeBox box, Span<T> values)
    {
        VolumeBox part = chunk.Intersect(box);
        string path = PathOf(component, chunk);
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            for (int z = part.Z; z < part.EndZ; z++)
            {
                for (int y = part.Y; y < part.EndY; y++)
                    values.Slice(Boxes.Offset(box, z, y, part.X), part.Width).Clear();
            }
            return;
        }
        using (handle)
        {
            long length = RandomAccess.GetLength(handle), expected = chunk.Count * _size;
            if (length != expected)
                throw new InvalidDataException($"chunk '{path}' must have {expected} bytes; it has {length}: it was cut short; remove it and compute it again.");
            // planes lie in one piece; where much of each is not asked for, rows of one plane do
            bool byPlane = (long)(chunk.Height - part.Height) * chunk.Width * _size >= WorthSkipping;
            VolumeBox piece = byPlane ? chunk with { Z = part.Z, Depth = 1, Y = part.Y, Height = part.Height } : chunk with { Z = part.Z, Depth = part.Depth };
            int bytes = checked((int)(piece.Count * _size));
            byte[] raw = ArrayPool<byte>.Shared.Rent(bytes);
            for (; piece.Z < part.EndZ; piece = piece with { Z = piece.EndZ })
            {
                long first = ((long)(piece.Z - chunk.Z) * chunk.Height + (piece.Y - chunk.Y)) * chunk.Width;
                Fill(handle, raw.AsSpan(0, bytes), first * _size, path);
                for (int z = piece.Z; z < piece.EndZ; z++)
                {
                    for (int y = part.Y; y < part.EndY; y++)
                        Decode(raw.AsSpan(Boxes.Offset(piece, z, y, part.X) * _size, part.Width * _size), values.Slice(Boxes.Offset(box, z, y, part.X), part.Width));
                }
            }
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    private void WriteChunk(int component, VolumeBox chunk, ReadOnlySpan<T> values)
    {
        string path = PathOf(component, chunk);
        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            if (!MemoryMarshal.AsBytes(values).ContainsAnyExcept((byte)0))
            {
                if (File.Exists(path))
                    File.Delete(path);
                return;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            int bytes = checked(values.Length * _size);
            byte[] raw = ArrayPool<byte>.Shared.Rent(bytes);
            Encode(values, raw.AsSpan(0, bytes));
            using (SafeFileHandle handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
                RandomAccess.Write(handle, raw.AsSpan(0, bytes), 0);
            ArrayPool<byte>.Shared.Return(raw);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RemoveQuietly(temporary);
            throw new IOException($"chunk '{path}' cannot be written: {e.Message} What was written before is whole; free space or name another folder, then resume.", e);
        }
    }

    private string PathOf(int component, VolumeBox chunk) => Path.Combine(
        Folder,
        component.ToString(CultureInfo.InvariantCulture),
        (chunk.Z / Chunk.Z).ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{chunk.Y / Chunk.Y}.{chunk.X / Chunk.X}"));

    private void Decode(ReadOnlySpan<byte> raw, Span<T> values)
    {
        if (_isHalf)
        {
            Span<float> floats = MemoryMarshal.Cast<T, float>(values);
            for (int i = 0; i < floats.Length; i++)
                floats[i] = (float)MemoryMarshal.Read<Half>(raw[(2 * i)..]);
            return;
        }
        raw.CopyTo(MemoryMarshal.AsBytes(values));
    }

    private void Encode(ReadOnlySpan<T> values, Span<byte> raw)
    {
        if (_isHalf)
        {
            ReadOnlySpan<float> floats = MemoryMarshal.Cast<T, float>(values);
            Span<Half> halves = MemoryMarshal.Cast<byte, Half>(raw);
            for (int i = 0; i < floats.Length; i++)
                halves[i] = (Half)floats[i];
            return;
        }
        MemoryMarshal.AsBytes(values).CopyTo(raw);
    }

    private static void Fill(SafeFileHandle handle, Span<byte> bytes, long offset, string path)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int got = RandomAccess.Read(handle, bytes[done..], offset + done);
            if (got == 0)
                throw new InvalidDataException($"chunk '{path}' ends early; remove it and compute it again.");
            done += got;
        }
    }

    private static void RemoveQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the write's own failure is what the caller hears
        }
    }
}
