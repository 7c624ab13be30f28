namespace Cellpose3D.Core2D.Metrics;

/// <summary>Counts found, invented and missed cells at IoU thresholds.</summary>
/// <remarks>
/// Cellpose's average precision of one image is <see cref="DetectionCounts.AveragePrecision"/> of these counts; a data set's is
/// either the mean of that by image or the same ratio of <see cref="Pool"/>. It is not the area under a precision-recall curve.
/// </remarks>
public static class AveragePrecision
{
    /// <summary>Counts the cells of one image.</summary>
    /// <param name="overlap">Shared pixels of truth and prediction; borrowed.</param>
    /// <param name="thresholds">IoU in (0, 1] from which a pair counts as found, any order.</param>
    /// <param name="countByLargestLabel">
    /// Takes the largest label as the number of cells, as the reference does, so that a gap in the numbering counts as a missed or
    /// invented cell; by default only labels that occur are counted.
    /// </param>
    /// <returns>One per threshold, in the given order; owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A threshold lies outside (0, 1].</exception>
    public static DetectionCounts[] Count(LabelOverlap overlap, ReadOnlySpan<double> thresholds, bool countByLargestLabel = false)
    {
        long trueCells = CellCount(overlap.TrueLabels, countByLargestLabel), predCells = CellCount(overlap.PredLabels, countByLargestLabel);
        var counts = new DetectionCounts[thresholds.Length];
        for (int i = 0; i < thresholds.Length; i++)
        {
            int found = Matching.CountTruePositives(overlap, thresholds[i]);
            counts[i] = new DetectionCounts(found, predCells - found, trueCells - found);
        }
        return counts;
    }

    /// <summary>Adds the counts of several images, threshold by threshold.</summary>
    /// <param name="images">What <see cref="Count"/> gave for each image, with the same thresholds.</param>
    /// <returns>One per threshold; empty when there are no images.</returns>
    /// <exception cref="ArgumentException">The images have different numbers of thresholds.</exception>
    public static DetectionCounts[] Pool(IEnumerable<DetectionCounts[]> images)
    {
        DetectionCounts[]? total = null;
        foreach (DetectionCounts[] image in images)
        {
            total ??= new DetectionCounts[image.Length];
            if (image.Length != total.Length)
                throw new ArgumentException($"every image must have {total.Length} thresholds like the first; got {image.Length}.", nameof(images));
            for (int i = 0; i < total.Length; i++)
                total[i] += image[i];
        }
        return total ?? [];
    }

    private static long CellCount(int[] labels, bool byLargest) => byLargest && labels.Length > 0 ? labels[^1] : labels.Length;
}
