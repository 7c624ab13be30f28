namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Two percentiles of some values, and whether the values differ at all.</summary>
/// <param name="Low">Lower percentile; 0 where there is no finite value.</param>
/// <param name="High">Upper percentile; 0 where there is no finite value.</param>
/// <param name="Varies">Two finite values differ.</param>
internal readonly record struct PercentileRange(float Low, float High, bool Varies)
{
    /// <summary>Percentiles at most this far apart count as no contrast.</summary>
    public const float SmallestContrast = 1e-3f;

    /// <summary>The percentiles are far enough apart to divide by.</summary>
    public bool HasContrast => High - Low > SmallestContrast;
}
