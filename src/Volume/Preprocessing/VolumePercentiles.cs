using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Exact percentiles of a volume of any size: two streaming passes that count integers.</summary>
/// <remarks>
/// Neither the pieces it is read in nor the threads can change the result, which has the bits of <see cref="PercentileFinder"/> on the whole array.
/// </remarks>
internal static class VolumePercentiles
{
    /// <summary>Voxels read at once.</summary>
    public const int SliceVoxels = 1 << 22;

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
        VolumeBox[] slices = [.. VolumeSlices.Of(source, SliceVoxels)];
        long[] leading = new long[PercentileSearch.Bins];
        Count(source, channel, slices, leading, PercentileSearch.LeadingBin, options.Threads, PartialProgress.Of(progress, 0, 0.5f), cancellationToken);
        var search = new PercentileSearch(leading, options);
        if (search.IsEmpty)
            return (search.Find([]), search.NonFinite);
        long[] last = new long[search.LastBins];
        Count(source, channel, slices, last, search.LastBin, options.Threads, PartialProgress.Of(progress, 0.5f, 1), cancellationToken);
        return (search.Find(last), search.NonFinite);
    }

    /// <summary>Counts the values of some boxes.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="channel">Counted from 0.</param>
    /// <param name="boxes">What is read, one after the other.</param>
    /// <param name="counts">int64, added to.</param>
    /// <param name="bin">The bin of a value's key (<see cref="PercentileFinder.Key"/>).</param>
    /// <param name="threadCount">Number of threads; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between boxes.</param>
    public static void Count(
        IVolumeSource source, int channel, IReadOnlyList<VolumeBox> boxes, long[] counts, Func<uint, int> bin, int threadCount,
        IProgress<float>? progress, CancellationToken cancellationToken)
    {
        int threads = ThreadCount.Of(threadCount);
        long[][] own = [counts, .. Enumerable.Range(1, threads - 1).Select(_ => new long[counts.Length])];
        float[] slice = [];
        for (int n = 0; n < boxes.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)boxes[n].Count;
            if (slice.Length < count)
                slice = new float[count];
            source.Read(channel, boxes[n], slice.AsSpan(0, count), cancellationToken);
            float[] values = slice;
            Parallel.For(0, threads, ThreadCount.Options(threads), t =>
            {
                int from = (int)((long)count * t / threads), to = (int)((long)count * (t + 1) / threads);
                long[] mine = own[t];
                foreach (float value in values.AsSpan(from, to - from))
                    mine[bin(PercentileFinder.Key(value))]++;
            });
            progress?.Report((n + 1f) / boxes.Count);
        }
        foreach (long[] other in own.AsSpan(1))
        {
            for (int i = 0; i < counts.Length; i++)
                counts[i] += other[i];
        }
    }
}
