namespace Cellpose3D.Tracking.Linking;

/// <summary>What the assignment tracker may link; the defaults are TrackMate's.</summary>
public sealed record LapOptions
{
    /// <summary>The farthest a cell moves from one frame to the next, in micrometres. Default 15.</summary>
    public double MaxDistanceUm { get; init; } = 15;

    /// <summary>Whether track ends are joined to track starts a few frames later. Default true.</summary>
    public bool AllowGapClosing { get; init; } = true;

    /// <summary>The most frames from an end to a start. Default 2: one frame may be missing.</summary>
    public int MaxFrameGap { get; init; } = 2;

    /// <summary>The farthest from an end to a start. Default 15.</summary>
    public double GapMaxDistanceUm { get; init; } = 15;

    /// <summary>Whether a track may start from the middle of another. Default false.</summary>
    public bool AllowSplitting { get; init; }

    /// <summary>The farthest from a middle to a start. Default 15.</summary>
    public double SplitMaxDistanceUm { get; init; } = 15;

    /// <summary>Whether a track may end in the middle of another. Default false.</summary>
    public bool AllowMerging { get; init; }

    /// <summary>The farthest from an end to a middle. Default 15.</summary>
    public double MergeMaxDistanceUm { get; init; } = 15;

    /// <summary>What not linking costs, as a multiple of a high cost among the candidates. Default 1.05.</summary>
    public double AlternativeCostFactor { get; init; } = 1.05;

    /// <summary>Which high cost that is when track ends are joined, as a quantile. Default 0.9; from frame to frame it is the highest.</summary>
    public double CutoffQuantile { get; init; } = 0.9;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A distance or factor that is not above 0, a gap below 1, or a quantile outside 0 to 1.</exception>
    public void Validate()
    {
        foreach ((double value, string name) in (ReadOnlySpan<(double, string)>)
            [(MaxDistanceUm, nameof(MaxDistanceUm)), (GapMaxDistanceUm, nameof(GapMaxDistanceUm)), (SplitMaxDistanceUm, nameof(SplitMaxDistanceUm)),
             (MergeMaxDistanceUm, nameof(MergeMaxDistanceUm)), (AlternativeCostFactor, nameof(AlternativeCostFactor))])
        {
            if (!(value > 0 && double.IsFinite(value)))
                throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and finite; got {value}.");
        }
        if (MaxFrameGap < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxFrameGap), MaxFrameGap, $"MaxFrameGap must be 1 or more; got {MaxFrameGap}.");
        if (CutoffQuantile is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(CutoffQuantile), CutoffQuantile, $"CutoffQuantile must be 0 to 1; got {CutoffQuantile}.");
    }
}
