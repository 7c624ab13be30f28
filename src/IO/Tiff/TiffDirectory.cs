using System.Text;

namespace Cellpose3D.IO.Tiff;

/// <summary>The raw entries of one image file directory; values are fetched when asked for.</summary>
internal sealed class TiffDirectory
{
    private readonly TiffFile _file;
    private readonly byte[] _entries;
    private readonly Dictionary<int, int> _positions = [];

    public TiffDirectory(TiffFile file, ulong offset, int number)
    {
        _file = file;
        Number = number;
        int countBytes = file.IsBigTiff ? 8 : 2, nextBytes = file.IsBigTiff ? 8 : 4;
        EntryBytes = file.IsBigTiff ? 20 : 12;
        Span<byte> head = stackalloc byte[8];
        file.Read(offset, head[..countBytes], Place);
        ulong count = file.IsBigTiff ? file.UInt64(head) : file.UInt16(head);
        if (count is 0 or > ushort.MaxValue)
            throw new InvalidDataException($"{Place} of '{file.Path}' must have 1 to 65,535 entries; got {count}.");
        _entries = new byte[(int)count * EntryBytes + nextBytes];
        ulong body = offset + (ulong)countBytes;
        // the last directory of a file cut right behind its entries still counts: some writers leave the link out
        int present = (int)Math.Min((ulong)_entries.Length, (ulong)file.Length - Math.Min(body, (ulong)file.Length));
        file.Read(body, _entries.AsSpan(0, Math.Max(present, (int)count * EntryBytes)), Place);
        ReadOnlySpan<byte> link = _entries.AsSpan((int)count * EntryBytes);
        Next = file.IsBigTiff ? file.UInt64(link) : file.UInt32(link);
        for (int i = 0; i < (int)count; i++)
            _positions.TryAdd(file.UInt16(_entries.AsSpan(i * EntryBytes)), i * EntryBytes);
    }

    public int Number { get; }

    /// <summary>Where the next directory lies; 0 behind the last.</summary>
    public ulong Next { get; }

    public string Place => $"the header of page {Number}";

    private int EntryBytes { get; }

    public bool Has(int tag) => _positions.ContainsKey(tag);

    public long Integer(int tag, long missing)
    {
        ulong[] values = Integers(tag);
        return values.Length == 0 ? missing : values[0] <= long.MaxValue ? (long)values[0]
            : throw new InvalidDataException($"tag {tag} in {Place} of '{_file.Path}' must be below 2^63; got {values[0]}.");
    }

    /// <summary>All values of an unsigned tag; empty when it is absent.</summary>
    public ulong[] Integers(int tag)
    {
        if (!Value(tag, out int type, out ReadOnlySpan<byte> bytes))
            return [];
        int size = Size(type);
        ulong[] values = new ulong[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> b = bytes[(i * size)..];
            values[i] = type switch
            {
                1 or 6 or 7 => b[0],
                3 or 8 => _file.UInt16(b),
                4 or 9 or 13 => _file.UInt32(b),
                16 or 17 or 18 => _file.UInt64(b),
                _ => throw new InvalidDataException($"tag {tag} in {Place} of '{_file.Path}' must be of an integer type; got type {type}."),
            };
        }
        return values;
    }

    /// <summary>One over a resolution, taken from the two numbers of the fraction so that it is exact; 0 when absent or not finite.</summary>
    public double UnitsPerPixel(int tag)
    {
        if (!Value(tag, out int type, out ReadOnlySpan<byte> bytes))
            return 0;
        double value = type switch
        {
            5 when bytes.Length >= 8 => _file.UInt32(bytes[4..]) / (double)_file.UInt32(bytes),
            11 when bytes.Length >= 4 => 1.0 / BitConverter.UInt32BitsToSingle(_file.UInt32(bytes)),
            12 when bytes.Length >= 8 => 1.0 / BitConverter.UInt64BitsToDouble(_file.UInt64(bytes)),
            _ => 0,
        };
        return double.IsFinite(value) && value > 0 ? value : 0;
    }

    public byte[]? Bytes(int tag) => Value(tag, out _, out ReadOnlySpan<byte> bytes) ? bytes.ToArray() : null;

    /// <summary>UTF-8 text up to its first zero byte; empty when absent.</summary>
    public string Text(int tag)
    {
        if (!Value(tag, out _, out ReadOnlySpan<byte> bytes))
            return "";
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private bool Value(int tag, out int type, out ReadOnlySpan<byte> bytes)
    {
        type = 0;
        bytes = default;
        if (!_positions.TryGetValue(tag, out int at))
            return false;
        ReadOnlySpan<byte> entry = _entries.AsSpan(at, EntryBytes);
        type = _file.UInt16(entry[2..]);
        int size = Size(type);
        if (size == 0)
            throw new InvalidDataException($"tag {tag} in {Place} of '{_file.Path}' must have a TIFF type of 1 to 18; got {type}.");
        ulong count = _file.IsBigTiff ? _file.UInt64(entry[4..]) : _file.UInt32(entry[4..]);
        ReadOnlySpan<byte> field = _file.IsBigTiff ? entry[12..] : entry[8..];
        if (count <= (ulong)(field.Length / size))
        {
            bytes = field[..((int)count * size)];
            return true;
        }
        if (count > (ulong)(_file.Length / size) || count * (ulong)size > (ulong)Array.MaxLength)
            throw new InvalidDataException($"tag {tag} in {Place} of '{_file.Path}' claims {count} values; the file has {_file.Length} bytes.");
        byte[] values = new byte[(int)count * size];
        _file.Read(_file.IsBigTiff ? _file.UInt64(field) : _file.UInt32(field), values, $"tag {tag} in {Place}");
        bytes = values;
        return true;
    }

    private static int Size(int type) => type switch
    {
        1 or 2 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 0,
    };
}
