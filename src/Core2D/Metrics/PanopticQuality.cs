namespace Cellpose3D.Core2D.Metrics;

/// <summary>How well cells were found, times how well the found ones were outlined (Kirillov et al. 2019).</summary>
/// <param name="IouSum">Sum of IoU over the found cells.</param>
/// <param name="Counts">Found, invented and missed cells at IoU 0.5.</param>
public readonly record struct PanopticQuality(double IouSum, DetectionCounts Counts)
{
    /// <summary>Mean IoU of the found cells, in [0, 1]; 1 for an image without any cell, 0 where none was found.</summary>
    public double SegmentationQuality => Counts.TruePositives > 0 ? IouSum / Counts.TruePositives : Counts.IsEmpty ? 1 : 0;

    /// <summary>F1 of finding cells, in [0, 1].</summary>
    public double RecognitionQuality => Counts.F1;

    /// <summary>The product of the two, in [0, 1].</summary>
    public double Value => SegmentationQuality * RecognitionQuality;

    /// <summary>The quality of one image.</summary>
    /// <param name="overlap">Shared pixels of truth and prediction; borrowed.</param>
    public static PanopticQuality Of(LabelOverlap overlap)
    {
        Matching matching = Matching.Solve(overlap);
        double sum = 0;
        foreach (MatchedPair pair in matching.Pairs)
        {
            if (pair.Iou >= matching.Threshold)
                sum += pair.Iou;
        }
        int found = matching.TruePositives;
        return new PanopticQuality(sum, new DetectionCounts(found, overlap.PredLabels.Length - found, overlap.TrueLabels.Length - found));
    }

    /// <summary>Two images as one.</summary>
    public static PanopticQuality operator +(PanopticQuality left, PanopticQuality right) => left.Add(right);

    /// <summary>Two images as one.</summary>
    /// <param name="other">The other image's sums.</param>
    public PanopticQuality Add(PanopticQuality other) => new(IouSum + other.IouSum, Counts + other.Counts);
}
