using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>The scores of one prediction for one image.</summary>
internal sealed record ImageScores
{
    /// <summary>The image's name.</summary>
    public required string Image { get; init; }

    /// <summary>The file with the truth.</summary>
    public required string TruthFile { get; init; }

    /// <summary>The file with the prediction.</summary>
    public required string PredictionFile { get; init; }

    /// <summary>Number of cells in the truth.</summary>
    public required int TrueCells { get; init; }

    /// <summary>Number of cells in the prediction.</summary>
    public required int PredictedCells { get; init; }

    /// <summary>Found, invented and missed cells, one per IoU threshold.</summary>
    public required DetectionCounts[] Cells { get; init; }

    /// <summary>Aggregated Jaccard index, if it was asked for.</summary>
    public AggregatedJaccardIndex? AggregatedJaccard { get; init; }

    /// <summary>Pixels near outlines, one per scale, if boundary scores were asked for.</summary>
    public DetectionCounts[]? Boundary { get; init; }

    /// <summary>Panoptic quality, if it was asked for.</summary>
    public PanopticQuality? Panoptic { get; init; }

    /// <summary>No cell in the truth and none in the prediction.</summary>
    public bool IsEmpty => TrueCells == 0 && PredictedCells == 0;
}
