using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Exact percentiles of a volume of any size: two streaming passes that count integers.</summary>
/// <remarks>
/// The first pass counts the leading 16 bits of every value (in an order-preserving form), the second the last 16 of those
/// that share their leading bits with a wanted rank. Neither the pieces it is read in nor the threads can change the result,
/// which has the bits of <see cref="PercentileFinder"/> on the whole array.
/// </remarks>
internal static class VolumePercentiles
{
    private const int Bins = 1 << 16;
    private const int NonFiniteBins = 1 << 7;     // leading bins with all exponent bits set, at each end of the order
    private const int SliceVoxels = 1 << 22;      // read at once

    /// <summary>Finds two percentiles of a channel.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="channel">Counted from 0.</param>
    /// <param name="options">Gives the percentiles, the number of threads, and whether a large volume is sampled as in the reference.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The percentiles, and the number of values that are not finite.</returns>
    public static (PercentileRange Range, long NonFinite) Find(
        IVolumeSource source, int channel, NormalizeOptions options, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var reader = new SliceReader(source, channel, ThreadCount.Of(options.Threads), cancellationToken);
        long[] counts = new long[Bins];
        reader.Count(counts, key => (int)(key >> 16), PartialProgress.Of(progress, 0, 0.5f));

        long below = Sum(counts, 0, NonFiniteBins), finite = Sum(counts, NonFiniteBins, Bins - NonFiniteBins);
        long nonFinite = source.Shape.Count - finite;
        if (finite == 0)
            return (new PercentileRange(0, 0, Varies: false), nonFinite);
        double lowIndex = (finite - 1) * (options.LowPercentile / 100.0), highIndex = (finite - 1) * (options.HighPercentile / 100.0);
        long[] ranks = [0, (long)lowIndex, Math.Min((long)lowIndex + 1, finite - 1), (long)highIndex, Math.Min((long)highIndex + 1, finite - 1), finite - 1];
        float[] found = Select(reader, counts, ranks, below, PartialProgress.Of(progress, 0.5f, 1));
        float low = PercentileFinder.Interpolate(found[1], found[2], lowIndex - ranks[1]);
        float high = PercentileFinder.Interpolate(found[3], found[4], highIndex - ranks[3]);
        return (new PercentileRange(low, high, found[0] < found[5]), nonFinite);
    }

    private static float[] Select(SliceReader reader, long[] counts, long[] ranks, long below, IProgress<float>? progress)
    {
        int[] leading = new int[ranks.Length];
        long[] within = new long[ranks.Length];
        for (int i = 0; i < ranks.Length; i++)
        {
            within[i] = ranks[i] + below;
            while (within[i] >= counts[leading[i]])
                within[i] -= counts[leading[i]++];
        }

        int[] wanted = [.. leading.Distinct()];
        short[] slot = new short[Bins];                                  // 1 + index into wanted; 0 for the others
        for (int i = 0; i < wanted.Length; i++)
            slot[wanted[i]] = (short)(i + 1);
        long[] last = new long[(wanted.Length + 1) * Bins];
        reader.Count(last, key => slot[key >> 16] * Bins + (int)(key & 0xFFFF), progress);

        float[] values = new float[ranks.Length];
        for (int i = 0; i < ranks.Length; i++)
        {
            int first = slot[leading[i]] * Bins, bin = 0;
            while (within[i] >= last[first + bin])
                within[i] -= last[first + bin++];
            values[i] = PercentileFinder.Value((uint)leading[i] << 16 | (uint)bin);
        }
        return values;
    }

    private static long Sum(long[] counts, int from, int to)
    {
        long sum = 0;
        foreach (long count in counts.AsSpan(from, to - from))
            sum += count;
        return sum;
    }

    private sealed class SliceReader(IVolumeSource source, int channel, int threads, CancellationToken cancellationToken)
    {
        private float[] _slice = [];

        public void Count(long[] counts, Func<uint, int> bin, IProgress<float>? progress)
        {
            long[][] own = [counts, .. Enumerable.Range(1, threads - 1).Select(_ => new long[counts.Length])];
            foreach (VolumeBox box in VolumeSlices.Of(source, SliceVoxels))
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = (int)box.Count;
                if (_slice.Length < count)
                    _slice = new float[count];
                source.Read(channel, box, _slice.AsSpan(0, count), cancellationToken);
                Parallel.For(0, threads, ThreadCount.Options(threads), t =>
                {
                    int from = (int)((long)count * t / threads), to = (int)((long)count * (t + 1) / threads);
                    long[] mine = own[t];
                    foreach (float value in _slice.AsSpan(from, to - from))
                        mine[bin(PercentileFinder.Key(value))]++;
                });
                progress?.Report((float)((double)box.EndZ / source.Shape.Z));
            }
            foreach (long[] other in own.AsSpan(1))
            {
                for (int i = 0; i < counts.Length; i++)
                    counts[i] += other[i];
            }
        }
    }
}
