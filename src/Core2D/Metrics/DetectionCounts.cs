namespace Cellpose3D.Core2D.Metrics;

/// <summary>What was found, what was invented and what was missed; in cells or in pixels.</summary>
/// <param name="TruePositives">Found: in the truth and in the prediction.</param>
/// <param name="FalsePositives">Invented: in the prediction only.</param>
/// <param name="FalseNegatives">Missed: in the truth only.</param>
/// <remarks>
/// Each ratio is 1 where its parts are all zero and nothing is wrong (an image without cells in which none was found is perfect),
/// and 0 where its denominator is zero although something is wrong. The reference gives NaN in these cases.
/// </remarks>
public readonly record struct DetectionCounts(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>Average precision as Cellpose defines it: found over found, invented and missed together; in [0, 1].</summary>
    public double AveragePrecision => Ratio(TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Share of the prediction that is right, in [0, 1].</summary>
    public double Precision => Ratio(TruePositives + FalsePositives);

    /// <summary>Share of the truth that was found, in [0, 1].</summary>
    public double Recall => Ratio(TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall, in [0, 1].</summary>
    public double F1 => IsEmpty ? 1 : 2.0 * TruePositives / (2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Nothing in the truth and nothing in the prediction.</summary>
    public bool IsEmpty => (TruePositives | FalsePositives | FalseNegatives) == 0;

    /// <summary>The counts of two images together.</summary>
    public static DetectionCounts operator +(DetectionCounts left, DetectionCounts right) => left.Add(right);

    /// <summary>The counts of two images together.</summary>
    /// <param name="other">The other image's counts.</param>
    public DetectionCounts Add(DetectionCounts other) => new(
        TruePositives + other.TruePositives, FalsePositives + other.FalsePositives, FalseNegatives + other.FalseNegatives);

    private double Ratio(long denominator) => denominator > 0 ? (double)TruePositives / denominator : IsEmpty ? 1 : 0;
}
