using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>The scores of one prediction over all images.</summary>
internal sealed record ScoreSummary
{
    /// <summary>Average precision, one per IoU threshold.</summary>
    public required double[] AveragePrecision { get; init; }

    /// <summary>Share of predicted cells that are right, one per IoU threshold.</summary>
    public required double[] Precision { get; init; }

    /// <summary>Share of true cells that were found, one per IoU threshold.</summary>
    public required double[] Recall { get; init; }

    /// <summary>Harmonic mean of precision and recall, one per IoU threshold.</summary>
    public required double[] F1 { get; init; }

    /// <summary>Aggregated Jaccard index.</summary>
    public double? AggregatedJaccard { get; init; }

    /// <summary>Precision of outlines, one per scale.</summary>
    public double[]? BoundaryPrecision { get; init; }

    /// <summary>Recall of outlines, one per scale.</summary>
    public double[]? BoundaryRecall { get; init; }

    /// <summary>F1 of outlines, one per scale.</summary>
    public double[]? BoundaryF1 { get; init; }

    /// <summary>Panoptic quality.</summary>
    public double? PanopticQuality { get; init; }

    /// <summary>Mean IoU of the cells found at IoU 0.5.</summary>
    public double? FoundIou { get; init; }

    /// <summary>The mean of each score over the images; one without any cell counts as 1.</summary>
    public static ScoreSummary MeanByImage(IReadOnlyList<ImageScores> images) => new()
    {
        AveragePrecision = Means(images, image => image.Cells, counts => counts.AveragePrecision)!,
        Precision = Means(images, image => image.Cells, counts => counts.Precision)!,
        Recall = Means(images, image => image.Cells, counts => counts.Recall)!,
        F1 = Means(images, image => image.Cells, counts => counts.F1)!,
        AggregatedJaccard = images.Average(image => image.AggregatedJaccard?.Value),
        BoundaryPrecision = Means(images, image => image.Boundary, counts => counts.Precision),
        BoundaryRecall = Means(images, image => image.Boundary, counts => counts.Recall),
        BoundaryF1 = Means(images, image => image.Boundary, counts => counts.F1),
        PanopticQuality = images.Average(image => image.Panoptic?.Value),
        FoundIou = images.Average(image => image.Panoptic?.SegmentationQuality),
    };

    /// <summary>Each score of all images taken as one.</summary>
    public static ScoreSummary Pooled(IReadOnlyList<ImageScores> images)
    {
        DetectionCounts[] cells = Core2D.Metrics.AveragePrecision.Pool(images.Select(image => image.Cells));
        DetectionCounts[]? boundary = images[0].Boundary is null ? null : Core2D.Metrics.AveragePrecision.Pool(images.Select(image => image.Boundary!));
        PanopticQuality? panoptic = images[0].Panoptic is null ? null : images.Aggregate(default(PanopticQuality), (sum, image) => sum + image.Panoptic!.Value);
        return new ScoreSummary
        {
            AveragePrecision = Array.ConvertAll(cells, counts => counts.AveragePrecision),
            Precision = Array.ConvertAll(cells, counts => counts.Precision),
            Recall = Array.ConvertAll(cells, counts => counts.Recall),
            F1 = Array.ConvertAll(cells, counts => counts.F1),
            AggregatedJaccard = images[0].AggregatedJaccard is null
                ? null : images.Aggregate(default(AggregatedJaccardIndex), (sum, image) => sum + image.AggregatedJaccard!.Value).Value,
            BoundaryPrecision = boundary is null ? null : Array.ConvertAll(boundary, counts => counts.Precision),
            BoundaryRecall = boundary is null ? null : Array.ConvertAll(boundary, counts => counts.Recall),
            BoundaryF1 = boundary is null ? null : Array.ConvertAll(boundary, counts => counts.F1),
            PanopticQuality = panoptic?.Value,
            FoundIou = panoptic?.SegmentationQuality,
        };
    }

    private static double[]? Means(IReadOnlyList<ImageScores> images, Func<ImageScores, DetectionCounts[]?> counts, Func<DetectionCounts, double> score)
    {
        if (counts(images[0]) is not { } first)
            return null;
        double[] means = new double[first.Length];
        for (int i = 0; i < means.Length; i++)
            means[i] = images.Average(image => score(counts(image)![i]));
        return means;
    }
}
