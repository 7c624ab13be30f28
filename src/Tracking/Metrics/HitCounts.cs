namespace Cellpose3D.Tracking.Metrics;

/// <summary>Hits, spurious and missed items, and the ratios of them.</summary>
/// <param name="Hits">Found and true.</param>
/// <param name="Spurious">Found and not true.</param>
/// <param name="Missed">True and not found.</param>
public readonly record struct HitCounts(int Hits, int Spurious, int Missed)
{
    /// <summary>Hits among what is true; null where nothing is.</summary>
    public double? Recall => Ratio(Hits, Hits + Missed);

    /// <summary>Hits among what was found; null where nothing was.</summary>
    public double? Precision => Ratio(Hits, Hits + Spurious);

    /// <summary>Harmonic mean of both; null where nothing is true and nothing found.</summary>
    public double? F1 => Ratio(2.0 * Hits, 2.0 * Hits + Spurious + Missed);

    private static double? Ratio(double part, double whole) => whole == 0 ? null : part / whole;
}
