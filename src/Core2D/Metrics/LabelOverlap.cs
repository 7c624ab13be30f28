using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Metrics;

/// <summary>How many pixels each true cell shares with each predicted one; only the pairs that touch are stored.</summary>
/// <remarks>
/// Every metric of this folder starts here. Labels may have gaps and be as large as int32 allows: memory grows with the
/// number of touching pairs, not with the product of two label maxima as in the reference. One pass over runs of equal pairs.
/// </remarks>
public sealed class LabelOverlap
{
    private LabelOverlap(int[] trueLabels, long[] trueSizes, int[] predLabels, long[] predSizes, OverlapPair[] pairs, long pixels, long foreground)
    {
        TrueLabels = trueLabels;
        TrueSizes = trueSizes;
        PredLabels = predLabels;
        PredSizes = predSizes;
        Pairs = pairs;
        Pixels = pixels;
        ForegroundPixels = foreground;
    }

    /// <summary>Labels present in the truth, ascending, without background.</summary>
    public int[] TrueLabels { get; }

    /// <summary>Pixels of each of <see cref="TrueLabels"/>.</summary>
    public long[] TrueSizes { get; }

    /// <summary>Labels present in the prediction, ascending, without background.</summary>
    public int[] PredLabels { get; }

    /// <summary>Pixels of each of <see cref="PredLabels"/>.</summary>
    public long[] PredSizes { get; }

    /// <summary>The pairs of cells that share a pixel, by true index, then by predicted index.</summary>
    public OverlapPair[] Pairs { get; }

    /// <summary>Pixels of the image.</summary>
    public long Pixels { get; }

    /// <summary>Pixels that are a cell in the truth, in the prediction or in both.</summary>
    public long ForegroundPixels { get; }

    /// <summary>Counts the shared pixels of two label images.</summary>
    /// <param name="truth">int32 <c>[(Z,) Y, X]</c>, any rank, 0 = background; borrowed.</param>
    /// <param name="prediction">int32, shaped like <paramref name="truth"/>, 0 = background; borrowed.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <exception cref="ArgumentException">The shapes differ or a label is negative.</exception>
    public static LabelOverlap Count(NdArray<int> truth, NdArray<int> prediction, int threads = 0)
    {
        if (!truth.Shape.AsSpan().SequenceEqual(prediction.Shape))
            throw new ArgumentException($"prediction must be shaped like truth, {truth}; got {prediction}.", nameof(prediction));

        var total = new Dictionary<ulong, long>(PairComparer.Instance);
        AddCounts(total, truth.Data, prediction.Data, truth.Length, threads);
        return FromCounts(total, truth.Length);
    }

    /// <summary>Counts the shared pixels of labels that are read plane by plane; a few planes are held.</summary>
    /// <param name="truth">0 = background.</param>
    /// <param name="prediction">0 = background, of the truth's size.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <exception cref="ArgumentException">The sizes differ or a label is negative.</exception>
    public static LabelOverlap Count(PlaneSource<int> truth, PlaneSource<int> prediction, int threads = 0, CancellationToken cancellationToken = default)
    {
        RequireSameSize(truth, prediction);
        const int enough = 1 << 21;                                      // voxels at a time: work for all threads also where planes are small
        int size = checked(truth.Height * truth.Width), group = (int)Math.Clamp(enough / Math.Max(1L, size), 1, Math.Max(1, truth.Depth));
        int[] trueLabels = new int[group * size], predLabels = new int[group * size];
        var total = new Dictionary<ulong, long>(PairComparer.Instance);
        for (int first = 0; first < truth.Depth; first += group)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(group, truth.Depth - first);
            for (int i = 0; i < count; i++)
            {
                truth.Read(first + i, trueLabels.AsSpan(i * size, size));
                prediction.Read(first + i, predLabels.AsSpan(i * size, size));
            }
            AddCounts(total, trueLabels, predLabels, count * size, threads);
        }
        return FromCounts(total, (long)truth.Depth * size);
    }

    /// <exception cref="ArgumentException">The sizes differ.</exception>
    internal static void RequireSameSize(PlaneSource<int> truth, PlaneSource<int> prediction)
    {
        if ((truth.Depth, truth.Height, truth.Width) != (prediction.Depth, prediction.Height, prediction.Width))
        {
            throw new ArgumentException(
                $"prediction must have the size of truth, {truth.Depth} x {truth.Height} x {truth.Width}; got {prediction.Depth} x {prediction.Height} x {prediction.Width}.", nameof(prediction));
        }
    }

    private static void AddCounts(Dictionary<ulong, long> total, int[] truth, int[] prediction, int length, int threads)
    {
        const int smallest = 1 << 16;                                    // below this a thread costs more than it saves
        int pieces = (int)Math.Clamp(length / smallest, 1, ThreadCount.Of(threads));
        var counts = new Dictionary<ulong, long>[pieces];
        Parallel.For(0, pieces, ThreadCount.Options(threads), piece =>
        {
            int from = (int)((long)length * piece / pieces), to = (int)((long)length * (piece + 1) / pieces);
            counts[piece] = CountRuns(truth, prediction, from, to);
        });
        foreach (Dictionary<ulong, long> part in counts)
        {
            foreach ((ulong key, long count) in part)
                CollectionsMarshal.GetValueRefOrAddDefault(total, key, out _) += count;
        }
    }

    /// <summary>The counts as a matrix with one row and column for every number up to the largest label, background first.</summary>
    /// <returns>int64 <c>[largest true label + 1, largest predicted label + 1]</c>, pixels; owned by the caller.</returns>
    /// <remarks>For small label numbers: its size is the product of the two maxima.</remarks>
    public NdArray<long> Dense()
    {
        var dense = new NdArray<long>(Largest(TrueLabels) + 1, Largest(PredLabels) + 1);
        int width = dense.Shape[1];
        for (int t = 0; t < TrueLabels.Length; t++)
            dense.Data[(long)TrueLabels[t] * width] = TrueSizes[t];
        for (int p = 0; p < PredLabels.Length; p++)
            dense.Data[PredLabels[p]] = PredSizes[p];
        foreach (OverlapPair pair in Pairs)
        {
            int t = TrueLabels[pair.True], p = PredLabels[pair.Pred];
            dense.Data[(long)t * width + p] = pair.Pixels;
            dense.Data[(long)t * width] -= pair.Pixels;                  // what is left of a cell lies on the other's background
            dense.Data[p] -= pair.Pixels;
        }
        dense.Data[0] = Pixels - ForegroundPixels;
        return dense;
    }

    /// <summary>Intersection over union of every pair of label numbers, background included as number 0.</summary>
    /// <returns>float64, shaped like <see cref="Dense"/>, 0 where neither number occurs; owned by the caller.</returns>
    public NdArray<double> DenseIou()
    {
        NdArray<long> dense = Dense();
        int height = dense.Shape[0], width = dense.Shape[1];
        long[] rows = new long[height], columns = new long[width];
        for (int t = 0; t < height; t++)
        {
            for (int p = 0; p < width; p++)
            {
                rows[t] += dense.Data[t * width + p];
                columns[p] += dense.Data[t * width + p];
            }
        }
        var iou = new NdArray<double>(height, width);
        for (int t = 0; t < height; t++)
        {
            for (int p = 0; p < width; p++)
            {
                long both = dense.Data[t * width + p], either = rows[t] + columns[p] - both;
                iou.Data[t * width + p] = either == 0 ? 0 : (double)both / either;
            }
        }
        return iou;
    }

    private static int Largest(int[] labels) => labels.Length == 0 ? 0 : labels[^1];

    private static Dictionary<ulong, long> CountRuns(int[] truth, int[] prediction, int from, int to)
    {
        var counts = new Dictionary<ulong, long>(PairComparer.Instance);
        for (int i = from; i < to;)
        {
            int start = i, t = truth[i], p = prediction[i];
            while (++i < to && truth[i] == t && prediction[i] == p)
            {
            }
            CollectionsMarshal.GetValueRefOrAddDefault(counts, (ulong)t << 32 | (uint)p, out _) += i - start;
        }
        return counts;
    }

    private static LabelOverlap FromCounts(Dictionary<ulong, long> counts, long pixels)
    {
        ulong[] keys = [.. counts.Keys];
        Array.Sort(keys);                                                // by true label, then by predicted label
        (int[] trueLabels, long[] trueSizes) = Sizes(keys, counts, key => (int)(key >> 32));
        (int[] predLabels, long[] predSizes) = Sizes(keys, counts, key => (int)key);
        RequirePositive(trueLabels, "truth");
        RequirePositive(predLabels, "prediction");

        var pairs = new List<OverlapPair>();
        int t = 0;
        foreach (ulong key in keys)
        {
            int trueLabel = (int)(key >> 32), predLabel = (int)key;
            if (trueLabel == 0 || predLabel == 0)
                continue;
            while (trueLabels[t] != trueLabel)
                t++;
            int p = Array.BinarySearch(predLabels, predLabel);
            long both = counts[key];
            pairs.Add(new OverlapPair(t, p, both, (double)both / (trueSizes[t] + predSizes[p] - both)));
        }
        return new LabelOverlap(trueLabels, trueSizes, predLabels, predSizes, [.. pairs], pixels, pixels - counts.GetValueOrDefault(0UL));
    }

    private static void RequirePositive(int[] labels, string name)
    {
        if (labels.Length > 0 && labels[0] < 0)
            throw new ArgumentException($"labels must be 0 or greater; got {labels[0]} in the {name}.", name);
    }

    private static (int[] Labels, long[] Sizes) Sizes(ulong[] keys, Dictionary<ulong, long> counts, Func<ulong, int> label)
    {
        var sizes = new SortedDictionary<int, long>();
        foreach (ulong key in keys)
        {
            if (label(key) != 0)
                sizes[label(key)] = sizes.GetValueOrDefault(label(key)) + counts[key];
        }
        return ([.. sizes.Keys], [.. sizes.Values]);
    }

    /// <summary>Mixes both labels into the hash: the default one is their exclusive or, 0 for every cell found under its own number.</summary>
    private sealed class PairComparer : IEqualityComparer<ulong>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong pair) => (int)(pair * 0x9E3779B97F4A7C15 >> 32);
    }
}
