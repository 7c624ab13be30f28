namespace Cellpose3D.Tracking.Metrics;

/// <summary>All measures of the Cell Tracking Challenge for one movie, and CHOTA; null where a measure does not apply.</summary>
public sealed record CtcScores
{
    /// <summary>Corrections, and with them DET, TRA and LNK.</summary>
    public required AogmCounts Aogm { get; init; }

    /// <summary>Mean intersection over union of all reference masks with their match, unmatched ones counting 0.</summary>
    public double? Seg { get; init; }

    /// <summary>Detection score.</summary>
    public double? Det => Aogm.Det;

    /// <summary>Tracking score.</summary>
    public double? Tra => Aogm.Tra;

    /// <summary>Linking score.</summary>
    public double? Lnk => Aogm.Lnk;

    /// <summary>Complete tracks: F1 of tracks found from their first to their last frame.</summary>
    public double? Ct { get; init; }

    /// <summary>Number of such tracks.</summary>
    public int CompleteTracks { get; init; }

    /// <summary>Track fractions: mean over the reference tracks found at all of the longest unbroken part of each.</summary>
    public double? Tf { get; init; }

    /// <summary>Branching correctness, BC(i) for i from 0 to 3: F1 of divisions that may be i frames off.</summary>
    public required IReadOnlyList<double?> Bc { get; init; }

    /// <summary>The divisions behind <see cref="Bc"/>.</summary>
    public required IReadOnlyList<HitCounts> Divisions { get; init; }

    /// <summary>Cell cycle accuracy.</summary>
    public double? Cca { get; init; }

    /// <summary>Cell-specific higher order tracking accuracy.</summary>
    public double? Chota { get; init; }

    /// <summary>Divisions as traccuracy counts them, for shifts of 0 to 3 frames and more where the tolerance is: mother and both daughters must be right.</summary>
    public required IReadOnlyList<DivisionScores> DivisionScores { get; init; }

    /// <summary>Tracks of the truth.</summary>
    public int ReferenceTracks { get; init; }

    /// <summary>Tracks of the result.</summary>
    public int ResultTracks { get; init; }

    /// <summary>The tolerance that <see cref="Bio"/> and <see cref="OpClb"/> use.</summary>
    public int DivisionTolerance { get; init; }

    /// <summary>Mean of those of CT, TF, BC and CCA that apply.</summary>
    public double? Bio => BioAt(DivisionTolerance);

    /// <summary>Segmentation benchmark: mean of SEG and DET.</summary>
    public double? OpCsb => (Seg + Det) / 2;

    /// <summary>Tracking benchmark: mean of SEG and TRA.</summary>
    public double? OpCtb => (Seg + Tra) / 2;

    /// <summary>Linking benchmark: mean of LNK and BIO.</summary>
    public double? OpClb => (Lnk + Bio) / 2;

    /// <summary>BIO for another tolerance.</summary>
    /// <param name="tolerance">0 to 3.</param>
    public double? BioAt(int tolerance)
    {
        double[] parts = [.. new[] { Ct, Tf, Bc[tolerance], Cca }.Where(v => v is not null).Select(v => v!.Value)];
        return parts.Length == 0 ? null : parts.Average();
    }
}
