using System.Buffers.Binary;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>The bytes of a pickle, read forward through a small buffer; every short read says where it happened.</summary>
internal sealed class PickleSource
{
    private const int LongestCopy = 4096;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _next, _filled;

    /// <param name="stream">Seekable, positioned at the pickle's first byte; stays open.</param>
    /// <param name="name">Used in messages.</param>
    public PickleSource(Stream stream, string name)
    {
        _stream = stream;
        _name = name;
        Position = stream.Position;
        Length = stream.Length;
    }

    /// <summary>Offset of the next byte in the stream.</summary>
    public long Position { get; private set; }

    /// <summary>Length of the stream.</summary>
    public long Length { get; }

    public long Remaining => Length - Position;

    public InvalidDataException Malformed(string problem) =>
        new($"'{_name}' is damaged or not a pickle: {problem} (at byte {Position}).");

    public byte ReadByte()
    {
        if (_next == _filled)
            Fill();
        Position++;
        return _buffer[_next++];
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadShort(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadShort(4));

    public double ReadDoubleBigEndian() => BinaryPrimitives.ReadDoubleBigEndian(ReadShort(8));

    /// <summary>A length of 1, 4 or 8 bytes, checked against what is left.</summary>
    public long ReadLength(int bytes)
    {
        long length = bytes switch
        {
            1 => ReadByte(),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(ReadShort(4)),
            _ => BinaryPrimitives.ReadInt64LittleEndian(ReadShort(8)),
        };
        if (length < 0 || length > Remaining)
            throw Malformed($"a value says it has {length} bytes, but {Remaining} are left");
        return length;
    }

    /// <summary>The next bytes in memory; the caller has bounded their number by <see cref="ReadLength"/>.</summary>
    public byte[] ReadArray(long length)
    {
        if (length > Array.MaxLength)
            throw Malformed($"a text or number of {length} bytes is too long");
        byte[] bytes = new byte[length];
        Span<byte> rest = bytes;
        while (rest.Length > 0)
        {
            if (_next == _filled)
                Fill();
            int count = Math.Min(rest.Length, _filled - _next);
            _buffer.AsSpan(_next, count).CopyTo(rest);
            rest = rest[count..];
            _next += count;
            Position += count;
        }
        return bytes;
    }

    /// <summary>The next bytes, left in the file when there are many.</summary>
    public PickleBytes ReadBytes(long length)
    {
        if (length <= LongestCopy)
            return new PickleBytes(ReadArray(length));
        var bytes = new PickleBytes(_stream, Position, length);
        Position += length;
        _next = _filled = 0;
        return bytes;
    }

    /// <summary>The text up to the next line feed, each byte one character.</summary>
    /// <param name="limit">The longest line allowed.</param>
    public string ReadLine(int limit)
    {
        var line = new System.Text.StringBuilder();
        for (byte b = ReadByte(); b != '\n'; b = ReadByte())
        {
            if (line.Length == limit)
                throw Malformed($"a line is longer than {limit} characters");
            line.Append((char)b);
        }
        return line.ToString();
    }

    private ReadOnlySpan<byte> ReadShort(int count) => ReadArray(count);

    private void Fill()
    {
        _stream.Position = Position;
        _next = 0;
        _filled = _stream.Read(_buffer);
        if (_filled == 0)
            throw Malformed("it ends in the middle of a value");
    }
}
