namespace Cellpose3D.Core2D.Flows;

/// <summary>The 1st and 99th percentile of lengths.</summary>
/// <remarks>
/// Selection without sorting: the bits of a non-negative float order like the number, so two counts over 16 bits each find
/// any rank. Between two ranks the value is interpolated as numpy does it.
/// </remarks>
internal static class LengthRange
{
    private const int Infinite = 0x7F800000;                             // bits from here on are infinity or not a number

    /// <summary>Finds both percentiles of the finite lengths; both 0 when there are none.</summary>
    /// <param name="lengths">float32, 0 or greater; borrowed.</param>
    public static (double Low, double High) Of(ReadOnlySpan<float> lengths)
    {
        int[] high = new int[1 << 16];
        long finite = 0;
        foreach (float length in lengths)
        {
            int bits = BitConverter.SingleToInt32Bits(length);
            if ((uint)bits >= Infinite)
                continue;
            high[bits >> 16]++;
            finite++;
        }
        return finite == 0 ? (0, 0) : (Percentile(lengths, high, finite, 0.01), Percentile(lengths, high, finite, 0.99));
    }

    private static double Percentile(ReadOnlySpan<float> lengths, int[] high, long finite, double share)
    {
        double place = share * (finite - 1);
        long rank = (long)place;
        double between = place - rank;
        float below = Ranked(lengths, high, rank), above = Ranked(lengths, high, Math.Min(rank + 1, finite - 1));
        float step = above - below;
        return between >= 0.5 ? above - step * (1 - between) : below + step * between;
    }

    private static float Ranked(ReadOnlySpan<float> lengths, int[] high, long rank)
    {
        int top = 0;
        for (; rank >= high[top]; top++)
            rank -= high[top];
        int[] low = new int[1 << 16];
        foreach (float length in lengths)
        {
            int bits = BitConverter.SingleToInt32Bits(length);
            if (bits >> 16 == top)
                low[bits & 0xFFFF]++;
        }
        int rest = 0;
        for (; rank >= low[rest]; rest++)
            rank -= low[rest];
        return BitConverter.Int32BitsToSingle(top << 16 | rest);
    }
}
