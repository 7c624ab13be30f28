using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Tracking;

/// <summary>How a movie is tracked.</summary>
public sealed record TrackerOptions
{
    /// <summary>Size of a voxel; 1 um where it is unknown.</summary>
    public SpacingUm Spacing { get; init; } = SpacingUm.Unit;

    /// <summary>The most frames between the ends of a link: 1 links neighbouring frames only. Default 3: a cell may be missed twice in a row.</summary>
    public int MaxGap { get; init; } = 3;

    /// <summary>The farthest a cell may move in one frame, in micrometres, drift taken off; null leaves it to the movie.</summary>
    public double? MaxDistanceUm { get; init; }

    /// <summary>Nearest earlier cells that are candidates for each cell, besides all that overlap it. Default 5.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>Whether drift of the whole image is looked for. Default true.</summary>
    public bool Drift { get; init; } = true;

    /// <summary>Costs and windows of the solver.</summary>
    public LinkingOptions Linking { get; init; } = new();

    /// <summary>What links are weighed by.</summary>
    public LinkWeights Weights { get; init; } = LinkWeights.Default;

    /// <summary>What divisions are weighed by.</summary>
    public DivisionWeights DivisionWeights { get; init; } = DivisionWeights.Default;

    /// <summary>Whether candidate links stay in memory once their window is decided, so that a corrected movie can be solved anew. Default false: memory then does not grow by them.</summary>
    public bool KeepCandidates { get; init; }

    /// <summary>Cells of the movie that stay in memory; those of earlier frames wait in a temporary file. It never changes the result.</summary>
    public int CellsInMemory { get; init; } = DetectionTable.DefaultHeld;

    /// <summary>Number of threads, 0 for all; it never changes the result.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A gap below 1 or above 10, a window not longer than the gap, or a number another option refuses.</exception>
    public void Validate()
    {
        Linking.Validate();
        if (MaxGap is < 1 or > 10)
            throw new ArgumentOutOfRangeException(nameof(MaxGap), MaxGap, $"MaxGap must be 1 to 10; got {MaxGap}.");
        if (CellsInMemory < 0)
            throw new ArgumentOutOfRangeException(nameof(CellsInMemory), CellsInMemory, $"CellsInMemory must be 0 or more; got {CellsInMemory}.");
        Flow().Validate();
    }

    /// <summary>The same as options of the training-free flow.</summary>
    public TrainingFreeFlowOptions Flow() => new()
    {
        Spacing = Spacing,
        Neighbours = Neighbours,
        MaxDistanceUm = MaxDistanceUm,
        Weights = Weights,
        DivisionWeights = DivisionWeights,
        Threads = Threads,
    };
}
