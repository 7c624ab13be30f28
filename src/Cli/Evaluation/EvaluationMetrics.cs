namespace Cellpose3D.Cli.Evaluation;

/// <summary>The metrics that <c>evaluate</c> computes.</summary>
[Flags]
internal enum EvaluationMetrics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Average precision, precision, recall and F1 at IoU thresholds.</summary>
    AveragePrecision = 1,

    /// <summary>Aggregated Jaccard index.</summary>
    AggregatedJaccard = 2,

    /// <summary>Precision, recall and F1 of outlines at scales.</summary>
    Boundary = 4,

    /// <summary>Panoptic quality at IoU 0.5, with the mean IoU of the found cells.</summary>
    Panoptic = 8,

    /// <summary>All of them.</summary>
    All = AveragePrecision | AggregatedJaccard | Boundary | Panoptic,
}
