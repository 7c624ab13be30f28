using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>How the training-free flow looks for candidates and weighs them.</summary>
public sealed record TrainingFreeFlowOptions
{
    /// <summary>Size of a voxel; 1 um where it is unknown.</summary>
    public SpacingUm Spacing { get; init; } = SpacingUm.Unit;

    /// <summary>Nearest earlier cells that are candidates for each cell, besides all that overlap it. Default 5.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>The farthest a cell may move in one frame, in micrometres, drift taken off; null leaves it to the movie: 2.5 diameters, or more where cells move more.</summary>
    public double? MaxDistanceUm { get; init; }

    /// <summary>Whether cells are expected to move on as they and their neighbours did; false expects them where they were, drift apart. Default true.</summary>
    public bool Motion { get; init; } = true;

    /// <summary>Whether competing cells are settled by diffusion. Default true.</summary>
    public bool Diffusion { get; init; } = true;

    /// <summary>What links are weighed by.</summary>
    public LinkWeights Weights { get; init; } = LinkWeights.Default;

    /// <summary>What divisions are weighed by.</summary>
    public DivisionWeights DivisionWeights { get; init; } = DivisionWeights.Default;

    /// <summary>Number of threads, 0 for all; it never changes the result.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No neighbours, a distance that is not above 0, or an impossible spacing.</exception>
    public void Validate()
    {
        Spacing.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (MaxDistanceUm is not null and not > 0)
            throw new ArgumentOutOfRangeException(nameof(MaxDistanceUm), MaxDistanceUm, $"MaxDistanceUm must be above 0; got {MaxDistanceUm}.");
    }
}
