using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Metrics;

/// <summary>Compares outlines: which pixels lie near an outline of the truth, of the prediction, of both.</summary>
/// <remarks>
/// Outlines are widened by a disc whose radius is a share of the truth's median diameter, at least 1 pixel; precision, recall and
/// F1 of the widened pixels are the scores at that scale. A volume is taken plane by plane, its diameter being that of the cells' sections.
/// </remarks>
public static class BoundaryScores
{
    /// <summary>Counts pixels near outlines.</summary>
    /// <param name="truth">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="prediction">int32, shaped like <paramref name="truth"/>; borrowed.</param>
    /// <param name="scales">Radius of the disc as a share of the truth's median diameter, 0 or greater.</param>
    /// <param name="countModulo256">
    /// Repeats a fault of the reference, whose count of outline pixels under the disc is kept in one byte: where it is a multiple of 256 the
    /// pixel is taken for far from any outline.
    /// </param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>Pixels, one per scale: near both, near the prediction only, near the truth only; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes differ, do not have two or three axes, or a label is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale is negative or not finite.</exception>
    public static DetectionCounts[] Count(
        NdArray<int> truth, NdArray<int> prediction, ReadOnlySpan<double> scales, bool countModulo256 = false, int threads = 0)
    {
        if (!truth.Shape.AsSpan().SequenceEqual(prediction.Shape))
            throw new ArgumentException($"prediction must be shaped like truth, {truth}; got {prediction}.", nameof(prediction));
        return Count(PlaneSources.Of(truth), PlaneSources.Of(prediction), scales, countModulo256, threads);
    }

    /// <summary>Counts pixels near outlines of labels that are read plane by plane, the truth twice; a few planes are held.</summary>
    /// <param name="truth">0 = background.</param>
    /// <param name="prediction">0 = background, of the truth's size.</param>
    /// <param name="scales">Radius of the disc as a share of the truth's median diameter, 0 or greater.</param>
    /// <param name="countModulo256">Repeats a fault of the reference; see the other overload.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>Pixels, one per scale: near both, near the prediction only, near the truth only; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The sizes differ, or a label is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A scale is negative or not finite.</exception>
    public static DetectionCounts[] Count(
        PlaneSource<int> truth, PlaneSource<int> prediction, ReadOnlySpan<double> scales, bool countModulo256 = false, int threads = 0,
        CancellationToken cancellationToken = default)
    {
        LabelOverlap.RequireSameSize(truth, prediction);
        (int depth, int height, int width) = (truth.Depth, truth.Height, truth.Width);
        double diameter = Diameters.MedianOfSections(truth, cancellationToken);
        double[] radii = new double[scales.Length];
        for (int s = 0; s < radii.Length; s++)
        {
            if (!(scales[s] >= 0 && double.IsFinite(scales[s])))
                throw new ArgumentOutOfRangeException(nameof(scales), $"a scale must be 0 or greater; got {scales[s]}.");
            radii[s] = Math.Max(1, scales[s] * diameter);
        }

        var counts = new DetectionCounts[radii.Length];
        if (height == 0 || width == 0)
            return counts;
        int[] trueLabels = new int[height * width], predLabels = new int[height * width];
        bool[] trueOutlines = new bool[height * width], predOutlines = new bool[height * width];
        for (int z = 0; z < depth; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            truth.Read(z, trueLabels);
            prediction.Read(z, predLabels);
            Array.Clear(trueOutlines);
            Array.Clear(predOutlines);
            Outlines.MarkPlane(trueLabels, 0, height, width, trueOutlines, 0, threads);
            Outlines.MarkPlane(predLabels, 0, height, width, predOutlines, 0, threads);
            DetectionCounts[] plane = countModulo256
                ? Array.ConvertAll(radii, radius => CountModulo256(trueOutlines, predOutlines, height, width, radius))
                : CountNear(trueOutlines, predOutlines, height, width, radii, threads);
            for (int s = 0; s < counts.Length; s++)
                counts[s] += plane[s];
        }
        return counts;
    }

    private static DetectionCounts[] CountNear(bool[] truth, bool[] prediction, int height, int width, double[] radii, int threads)
    {
        int[] trueColumns = new int[truth.Length], predColumns = new int[truth.Length];
        Parallel.Invoke(ThreadCount.Options(threads),
            () => SquaredDistance.AlongColumns(truth, trueColumns, height, width),
            () => SquaredDistance.AlongColumns(prediction, predColumns, height, width));
        long[] limits = Array.ConvertAll(radii, LargestSquareWithin);

        var total = new DetectionCounts[radii.Length];
        var gate = new Lock();
        Parallel.For(0, height, ThreadCount.Options(threads),
            () => (True: new long[width], Pred: new long[width], Counts: new DetectionCounts[radii.Length]),
            (y, _, own) =>
            {
                SquaredDistance.AlongRow(trueColumns.AsSpan(y * width, width), own.True);
                SquaredDistance.AlongRow(predColumns.AsSpan(y * width, width), own.Pred);
                for (int s = 0; s < limits.Length; s++)
                {
                    for (int x = 0; x < width; x++)
                        own.Counts[s] += Near(own.True[x] <= limits[s], own.Pred[x] <= limits[s]);
                }
                return own;
            },
            own =>
            {
                lock (gate)                                              // whole numbers: the order of addition does not matter
                {
                    for (int s = 0; s < total.Length; s++)
                        total[s] += own.Counts[s];
                }
            });
        return total;
    }

    private static DetectionCounts CountModulo256(bool[] truth, bool[] prediction, int height, int width, double radius)
    {
        int[] trueCounts = DiscCounts.Count(truth, height, width, radius), predCounts = DiscCounts.Count(prediction, height, width, radius);
        var total = default(DetectionCounts);
        for (int i = 0; i < trueCounts.Length; i++)
            total += Near((trueCounts[i] & 255) != 0, (predCounts[i] & 255) != 0);
        return total;
    }

    private static DetectionCounts Near(bool truth, bool prediction) =>
        new(truth && prediction ? 1 : 0, !truth && prediction ? 1 : 0, truth && !prediction ? 1 : 0);

    /// <summary>The largest whole number whose root is at most the radius.</summary>
    private static long LargestSquareWithin(double radius)
    {
        long square = (long)(radius * radius) + 1;
        while (Math.Sqrt(square) > radius)
            square--;
        return square;
    }
}
