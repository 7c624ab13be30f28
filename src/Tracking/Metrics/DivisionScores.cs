namespace Cellpose3D.Tracking.Metrics;

/// <summary>Divisions found, missed and spurious, when a shift of some frames is forgiven.</summary>
/// <param name="Buffer">Frames a division may come early or late.</param>
/// <param name="Reference">Divisions of the truth.</param>
/// <param name="Result">Divisions of the result.</param>
/// <param name="Hits">Right parent and right daughters.</param>
/// <param name="SkipHits">Right once a skipped frame is taken for the path it stands for; 0 unless asked for.</param>
/// <param name="Spurious">Of the result, without a counterpart.</param>
/// <param name="Missed">Of the truth, without a counterpart.</param>
/// <param name="WrongChildren">Right parent, but a wrong daughter.</param>
public readonly record struct DivisionScores(
    int Buffer, int Reference, int Result, int Hits, int SkipHits, int Spurious, int Missed, int WrongChildren)
{
    /// <summary>Share of true divisions found; null without any.</summary>
    public double? Recall => Reference == 0 ? null : (double)(Hits + SkipHits) / Reference;

    /// <summary>Share of found divisions that are true; null without any.</summary>
    public double? Precision => Result == 0 ? null : (double)(Hits + SkipHits) / Result;

    /// <summary>Harmonic mean of both; null where there are no divisions at all.</summary>
    public double? F1 => Reference + Result == 0 ? null : 2.0 * (Hits + SkipHits) / (Reference + Result);

    /// <summary>Mitotic branching correctness: hits among all that is true or was found; null where there are no divisions at all.</summary>
    /// <remarks>Ulicna et al. 2021. traccuracy leaves the hits of a buffer out here; this does not.</remarks>
    public double? BranchingCorrectness => Reference + Spurious == 0 ? null : (double)(Hits + SkipHits) / (Reference + Spurious);
}
