namespace Cellpose3D.Tracking.Metrics;

/// <summary>Where public implementations of the challenge's measures disagree, which one to follow.</summary>
public sealed record CtcScoreOptions
{
    /// <summary>Frames a division may come early or late in BC, BIO and OP_CLB. The challenge uses 1 to 3 by dataset; 1 is the commonest.</summary>
    public int DivisionTolerance { get; init; } = 1;

    /// <summary>Whether only edges at divisions join two tracks, as in traccuracy; the challenge counts every link to a parent, which is the default.</summary>
    public bool OnlyDivisionsJoinTracks { get; init; }

    /// <summary>Whether TF stops looking at a result track once it fully covers one reference track, as the challenge's code does: the score then depends on the order of labels. Off by default.</summary>
    public bool LabelOrderInTrackFractions { get; init; }

    /// <summary>Whether BC is 0 instead of absent where the truth has no divisions, as in older code of the challenge. Off by default: such a movie says nothing about divisions.</summary>
    public bool BranchingIsZeroWithoutDivisions { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A tolerance below 0.</exception>
    public void Validate() => ArgumentOutOfRangeException.ThrowIfNegative(DivisionTolerance);
}
