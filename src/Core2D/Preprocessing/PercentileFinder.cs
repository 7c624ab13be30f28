namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Finds exact percentiles of any number of values in three counting passes, without sorting or copying them.</summary>
/// <remarks>
/// The bits of a float, with a twist for the sign, order like the float. Each pass counts the next bits (11, 11, 10) of those values that
/// still share their leading bits with a wanted one. The passes count integers, so threads cannot change the result. Between two order
/// statistics the percentile is interpolated linearly, as numpy does. NaN and infinities are passed over.
/// </remarks>
internal static class PercentileFinder
{
    private const int Bins = 2048;
    private const int NonFiniteBins = 4; // leading bins with all exponent bits set, at each end of the order
    private const int ParallelFrom = 1 << 18;

    /// <summary>Finds two percentiles.</summary>
    /// <param name="values">float32; borrowed.</param>
    /// <param name="lowPercentile">0 to 100.</param>
    /// <param name="highPercentile">0 to 100.</param>
    /// <param name="threads">Number of threads, at least 1.</param>
    public static PercentileRange Find(ReadOnlyMemory<float> values, double lowPercentile, double highPercentile, int threads)
    {
        var wanted = new List<uint> { 0 };
        int[] counts = Count(values, wanted, level: 0, threads);
        int below = counts[..NonFiniteBins].Sum();
        int finite = values.Length - below - counts[^NonFiniteBins..].Sum();
        if (finite == 0)
            return new PercentileRange(0, 0, Varies: false);

        double lowIndex = (finite - 1) * (lowPercentile / 100), highIndex = (finite - 1) * (highPercentile / 100);
        int[] ranks = [0, (int)lowIndex, Math.Min((int)lowIndex + 1, finite - 1), (int)highIndex, Math.Min((int)highIndex + 1, finite - 1), finite - 1];
        float[] found = Select(values, [.. ranks.Select(r => r + below)], counts, threads);
        float low = Interpolate(found[1], found[2], lowIndex - ranks[1]);
        float high = Interpolate(found[3], found[4], highIndex - ranks[3]);
        return new PercentileRange(low, high, found[0] < found[5]);
    }

    /// <summary>The values at some ranks of the sorted order.</summary>
    private static float[] Select(ReadOnlyMemory<float> values, int[] ranks, int[] counts, int threads)
    {
        uint[] prefixes = new uint[ranks.Length];
        var wanted = new List<uint> { 0 };
        for (int level = 0; level < 3; level++)
        {
            if (level > 0)
            {
                wanted = [.. prefixes.Distinct()];
                counts = Count(values, wanted, level, threads);
            }
            for (int i = 0; i < ranks.Length; i++)
            {
                ReadOnlySpan<int> histogram = counts.AsSpan(wanted.IndexOf(prefixes[i]) * Bins, Bins);
                int bin = 0;
                while (ranks[i] >= histogram[bin])
                    ranks[i] -= histogram[bin++];
                prefixes[i] = (prefixes[i] << Bits(level)) | (uint)bin;
            }
        }
        return [.. prefixes.Select(Value)];
    }

    /// <summary>int32 [number of prefixes, 2048]: how many values share each prefix, by their next bits.</summary>
    private static int[] Count(ReadOnlyMemory<float> values, List<uint> prefixes, int level, int threads)
    {
        uint[] wanted = [.. prefixes];
        int ranges = values.Length < ParallelFrom ? 1 : threads;
        int[][] partial = new int[ranges][];
        Parallel.For(0, ranges, new ParallelOptions { MaxDegreeOfParallelism = threads }, r =>
        {
            int first = (int)((long)values.Length * r / ranges), end = (int)((long)values.Length * (r + 1) / ranges);
            partial[r] = new int[wanted.Length * Bins];
            CountRange(values.Span[first..end], wanted, level, partial[r]);
        });
        int[] sum = partial[0];
        foreach (int[] counts in partial.Skip(1))
        {
            for (int i = 0; i < sum.Length; i++)
                sum[i] += counts[i];
        }
        return sum;
    }

    private static void CountRange(ReadOnlySpan<float> values, ReadOnlySpan<uint> wanted, int level, Span<int> counts)
    {
        if (level == 0)
        {
            foreach (float value in values)
                counts[(int)(Key(value) >> 21)]++;
            return;
        }
        int prefixShift = level == 1 ? 21 : 10, shift = level == 1 ? 10 : 0;
        uint mask = (1u << Bits(level)) - 1;
        foreach (float value in values)
        {
            uint key = Key(value);
            uint prefix = key >> prefixShift;
            for (int i = 0; i < wanted.Length; i++)
            {
                if (prefix != wanted[i])
                    continue;
                counts[i * Bins + (int)((key >> shift) & mask)]++;
                break;
            }
        }
    }

    private static int Bits(int level) => level == 2 ? 10 : 11;

    /// <summary>An integer that orders as the float does: negative floats have all bits turned, others the first.</summary>
    internal static uint Key(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return (uint)bits ^ ((uint)(bits >> 31) | 0x8000_0000u);
    }

    /// <summary>The float that has a key.</summary>
    internal static float Value(uint key)
        => BitConverter.UInt32BitsToSingle((key & 0x8000_0000u) != 0 ? key ^ 0x8000_0000u : ~key);

    /// <summary>What lies a fraction of the way between two order statistics.</summary>
    internal static float Interpolate(float a, float b, double fraction)
    {
        float difference = b - a; // in float32, and from the nearer end: numpy's last bit
        return (float)(fraction < 0.5 ? a + difference * fraction : b - difference * (1 - fraction));
    }
}
