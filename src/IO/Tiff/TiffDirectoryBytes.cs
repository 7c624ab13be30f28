using System.Buffers.Binary;

namespace Cellpose3D.IO.Tiff;

/// <summary>Builds one little-endian image file directory: entries in the order of their tags, long values behind them.</summary>
internal sealed class TiffDirectoryBytes(bool isBig, ulong offset)
{
    private const uint MicroUnits = 1_000_000;

    private readonly List<(int Tag, int Type, long Count, byte[] Value)> _entries = [];

    public TiffDirectoryBytes Shorts(int tag, ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _entries.Add((tag, 3, 1, bytes));
        return this;
    }

    /// <summary>32-bit values, 64-bit ones in a BigTIFF.</summary>
    public TiffDirectoryBytes Integers(int tag, params ReadOnlySpan<ulong> values)
    {
        int size = isBig ? 8 : 4;
        byte[] bytes = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
        {
            if (isBig)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * size), values[i]);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * size), (uint)values[i]);
        }
        _entries.Add((tag, isBig ? 16 : 4, values.Length, bytes));
        return this;
    }

    /// <summary>Text and its closing zero; nothing for an empty one.</summary>
    public TiffDirectoryBytes Text(int tag, ReadOnlySpan<byte> text)
    {
        if (text.Length > 0)
            _entries.Add((tag, 2, text.Length + 1, [.. text, 0]));
        return this;
    }

    /// <summary>Pixels per micrometre, kept so that its inverse gives the size back to a millionth; nothing when unknown.</summary>
    public TiffDirectoryBytes Resolution(int tag, double? sizeUm)
    {
        if (sizeUm is not > 0)
            return this;
        (uint pixels, double length) = sizeUm * MicroUnits <= uint.MaxValue ? (MicroUnits, sizeUm.Value * MicroUnits) : (1u, Math.Min(sizeUm.Value, uint.MaxValue));
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, pixels);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)Math.Max(1, Math.Round(length)));
        _entries.Add((tag, 5, 1, bytes));
        return this;
    }

    /// <param name="isLast">Whether no directory follows; otherwise the next lies right behind this one.</param>
    public byte[] ToArray(bool isLast)
    {
        int countBytes = isBig ? 8 : 2, entryBytes = isBig ? 20 : 12, word = isBig ? 8 : 4;
        int fixedBytes = countBytes + (_entries.Count * entryBytes) + word;
        int total = (fixedBytes + _entries.Where(e => e.Value.Length > word).Sum(e => Even(e.Value.Length)) + 7) / 8 * 8;
        byte[] bytes = new byte[total];
        Put(bytes, (ulong)_entries.Count, countBytes);
        int next = fixedBytes;                                             // even, as values must start on even offsets
        for (int i = 0; i < _entries.Count; i++)
        {
            (int tag, int type, long count, byte[] value) = _entries[i];
            Span<byte> entry = bytes.AsSpan(countBytes + (i * entryBytes), entryBytes);
            Put(entry, (ulong)tag, 2);
            Put(entry[2..], (ulong)type, 2);
            Put(entry[4..], (ulong)count, word);
            Span<byte> field = entry[(4 + word)..];
            if (value.Length <= word)
            {
                value.CopyTo(field);
                continue;
            }
            Put(field, offset + (ulong)next, word);
            value.CopyTo(bytes.AsSpan(next));
            next += Even(value.Length);
        }
        Put(bytes.AsSpan(fixedBytes - word), isLast ? 0 : offset + (ulong)total, word);
        return bytes;
    }

    private static int Even(int length) => (length + 1) / 2 * 2;

    private static void Put(Span<byte> to, ulong value, int size)
    {
        for (int i = 0; i < size; i++)
            to[i] = (byte)(value >> (8 * i));
    }
}
