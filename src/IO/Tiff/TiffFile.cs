using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Cellpose3D.IO.Tiff;

/// <summary>Bytes of a TIFF at any position, in its byte order; safe for several threads.</summary>
internal sealed class TiffFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    public TiffFile(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            Length = RandomAccess.GetLength(_handle);
            Span<byte> start = stackalloc byte[16];
            int got = RandomAccess.Read(_handle, start, 0);
            if (got < 8)
                throw new InvalidDataException($"'{path}' is not a TIFF: it has only {Length} bytes.");
            IsBigEndian = start[0] == 'M';
            int version = IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(start[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(start[2..]);
            if (start[0] != start[1] || start[0] is not ((byte)'I' or (byte)'M') || version is not (42 or 43))
                throw new InvalidDataException($"'{path}' is not a TIFF: its first bytes are not II or MM and 42 or 43.");
            IsBigTiff = version == 43;
            if (IsBigTiff && got < 16)
                throw new InvalidDataException($"'{path}' ends inside its BigTIFF header.");
            FirstDirectory = IsBigTiff ? UInt64(start[8..]) : UInt32(start[4..]);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    public bool IsBigEndian { get; }

    public bool IsBigTiff { get; }

    public ulong FirstDirectory { get; }

    public ushort UInt16(ReadOnlySpan<byte> b) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b);

    public uint UInt32(ReadOnlySpan<byte> b) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b);

    public ulong UInt64(ReadOnlySpan<byte> b) => IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(b) : BinaryPrimitives.ReadUInt64LittleEndian(b);

    /// <summary>Throws unless the file has these bytes; <paramref name="what"/> names them in the message.</summary>
    public void Require(ulong offset, ulong count, string what)
    {
        if (offset > (ulong)Length || count > (ulong)Length - offset)
            throw new InvalidDataException($"'{Path}' ends inside {what}: it needs {count} bytes at {offset}; the file has {Length}.");
    }

    public void Read(ulong offset, Span<byte> bytes, string what)
    {
        Require(offset, (ulong)bytes.Length, what);
        for (int done = 0; done < bytes.Length;)
        {
            int got = RandomAccess.Read(_handle, bytes[done..], (long)offset + done);
            if (got == 0)
                throw new InvalidDataException($"'{Path}' ends inside {what}.");
            done += got;
        }
    }

    public void Dispose() => _handle.Dispose();
}
