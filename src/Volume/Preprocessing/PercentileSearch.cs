using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Finds two percentiles by two countings of all values: of their leading 16 bits, then of the last 16 of those that share their leading bits with a wanted rank.</summary>
internal sealed class PercentileSearch
{
    /// <summary>Number of leading bits' values.</summary>
    public const int Bins = 1 << 16;

    private const int NonFiniteBins = 1 << 7;     // leading bins with all exponent bits set, at each end of the order

    private readonly double _lowIndex, _highIndex;
    private readonly int[] _leading;
    private readonly long[] _ranks, _within;
    private readonly short[] _slot = new short[Bins];                    // 1 + index of a wanted leading bin; 0 for the others

    /// <summary>Takes the first counting.</summary>
    /// <param name="counts">int64 [<see cref="Bins"/>]; borrowed.</param>
    /// <param name="options">Gives the percentiles.</param>
    public PercentileSearch(long[] counts, NormalizeOptions options)
    {
        long below = Sum(counts, 0, NonFiniteBins), finite = Sum(counts, NonFiniteBins, Bins - NonFiniteBins);
        NonFinite = Sum(counts, 0, Bins) - finite;
        IsEmpty = finite == 0;
        _lowIndex = (finite - 1) * (options.LowPercentile / 100.0);
        _highIndex = (finite - 1) * (options.HighPercentile / 100.0);
        _ranks = IsEmpty ? [] : [0, (long)_lowIndex, Math.Min((long)_lowIndex + 1, finite - 1), (long)_highIndex, Math.Min((long)_highIndex + 1, finite - 1), finite - 1];
        (_leading, _within) = (new int[_ranks.Length], new long[_ranks.Length]);
        for (int i = 0; i < _ranks.Length; i++)
        {
            _within[i] = _ranks[i] + below;
            while (_within[i] >= counts[_leading[i]])
                _within[i] -= counts[_leading[i]++];
        }
        int[] wanted = [.. _leading.Distinct()];
        for (int i = 0; i < wanted.Length; i++)
            _slot[wanted[i]] = (short)(i + 1);
        LastBins = (wanted.Length + 1) * Bins;
    }

    /// <summary>Number of values that are NaN or infinite.</summary>
    public long NonFinite { get; }

    /// <summary>Whether no value is finite.</summary>
    public bool IsEmpty { get; }

    /// <summary>Number of bins of the second counting.</summary>
    public int LastBins { get; }

    /// <summary>The bin of a value in the first counting.</summary>
    public static int LeadingBin(uint key) => (int)(key >> 16);

    /// <summary>The bin of a value in the second counting.</summary>
    public int LastBin(uint key) => _slot[key >> 16] * Bins + (int)(key & 0xFFFF);

    /// <summary>The percentiles.</summary>
    /// <param name="last">int64 [<see cref="LastBins"/>], the second counting; borrowed.</param>
    public PercentileRange Find(long[] last)
    {
        if (IsEmpty)
            return new PercentileRange(0, 0, Varies: false);
        float[] found = new float[_ranks.Length];
        for (int i = 0; i < found.Length; i++)
        {
            long within = _within[i];
            int first = _slot[_leading[i]] * Bins, bin = 0;
            while (within >= last[first + bin])
                within -= last[first + bin++];
            found[i] = PercentileFinder.Value((uint)_leading[i] << 16 | (uint)bin);
        }
        float low = PercentileFinder.Interpolate(found[1], found[2], _lowIndex - _ranks[1]);
        float high = PercentileFinder.Interpolate(found[3], found[4], _highIndex - _ranks[3]);
        return new PercentileRange(low, high, found[0] < found[5]);
    }

    private static long Sum(long[] counts, int from, int to)
    {
        long sum = 0;
        foreach (long count in counts.AsSpan(from, to - from))
            sum += count;
        return sum;
    }
}
