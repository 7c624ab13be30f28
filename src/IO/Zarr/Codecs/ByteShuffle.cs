namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>Undoes the shuffles that bring alike bytes, or bits, of neighbouring values together.</summary>
internal static class ByteShuffle
{
    /// <summary>First bytes of all values, then second bytes, ...; bytes behind the last whole value stay as they are.</summary>
    /// <param name="shuffled">Borrowed.</param>
    /// <param name="plain">Receives as many bytes.</param>
    /// <param name="size">Bytes of a value.</param>
    public static void Undo(ReadOnlySpan<byte> shuffled, Span<byte> plain, int size)
    {
        int count = shuffled.Length / size;
        for (int b = 0; b < size; b++)
        {
            ReadOnlySpan<byte> row = shuffled.Slice(b * count, count);
            for (int i = 0, to = b; i < count; i++, to += size)
                plain[to] = row[i];
        }
        shuffled[(count * size)..].CopyTo(plain[(count * size)..]);
    }

    /// <summary>Lowest bits of all values, then next bits, ...; used for multiples of 8 values only, other blocks are stored plain.</summary>
    /// <param name="shuffled">Borrowed.</param>
    /// <param name="plain">Receives as many bytes.</param>
    /// <param name="size">Bytes of a value.</param>
    public static void UndoBits(ReadOnlySpan<byte> shuffled, Span<byte> plain, int size)
    {
        int count = shuffled.Length / size;
        if (count % 8 != 0)
        {
            shuffled.CopyTo(plain);
            return;
        }
        int row = count / 8;                                             // bytes of one bit of all values
        for (int b = 0; b < size; b++)
        {
            ReadOnlySpan<byte> bits = shuffled.Slice(b * 8 * row, 8 * row);
            for (int group = 0; group < row; group++)
            {
                ulong block = 0;                                         // byte k: bit k of 8 neighbouring values
                for (int k = 0; k < 8; k++)
                    block |= (ulong)bits[(k * row) + group] << (8 * k);
                block = Transpose(block);
                for (int i = 0, to = (group * 8 * size) + b; i < 8; i++, to += size)
                    plain[to] = (byte)(block >> (8 * i));
            }
        }
        shuffled[(count * size)..].CopyTo(plain[(count * size)..]);
    }

    /// <summary>Transposes a matrix of 8 x 8 bits: bit c of byte r becomes bit r of byte c (Hacker's Delight, 7-3).</summary>
    private static ulong Transpose(ulong x)
    {
        ulong t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AA;
        x ^= t ^ (t << 7);
        t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCC;
        x ^= t ^ (t << 14);
        t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0;
        return x ^ t ^ (t << 28);
    }
}
