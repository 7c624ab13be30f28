using System.Text.Json.Nodes;
using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Writes an evaluation as one JSON object.</summary>
/// <remarks>Keys are part of the program's interface: they may be added, never renamed. A metric that was not asked for has no key.</remarks>
internal static class EvaluationJson
{
    /// <summary>Builds the object.</summary>
    public static JsonObject Build(EvaluationReport report)
    {
        EvaluationOptions options = report.Options;
        var json = new JsonObject
        {
            ["truth"] = options.Truth,
            ["thresholds"] = Array(options.Thresholds),
        };
        if (options.Metrics.HasFlag(EvaluationMetrics.Boundary))
            json["boundary_scales"] = Array(options.BoundaryScales);
        json["compat"] = options.Compat;
        json["predictions"] = new JsonArray([.. report.Predictions.Select(prediction => Prediction(options, prediction))]);
        json["failures"] = new JsonArray([.. report.Failures.Select(failure => new JsonObject
        {
            ["prediction"] = failure.Prediction,
            ["image"] = failure.Image,
            ["message"] = failure.Message,
        })]);
        return json;
    }

    private static JsonObject Prediction(EvaluationOptions options, PredictionReport report) => new()
    {
        ["name"] = report.Name,
        ["path"] = report.Path,
        ["images"] = report.Images.Length,
        ["empty_images"] = report.EmptyImages,
        ["true_cells"] = report.TrueCells,
        ["predicted_cells"] = report.PredictedCells,
        ["mean"] = report.Mean is null ? null : Summary(options, report.Mean),
        ["pooled"] = report.Pooled is null ? null : Pooled(options, report),
        ["per_image"] = new JsonArray([.. report.Images.Select(image => Image(options, image))]),
        ["missing"] = Array(report.Missing),
        ["extra"] = Array(report.Extra),
    };

    private static JsonObject Pooled(EvaluationOptions options, PredictionReport report)
    {
        JsonObject json = Summary(options, report.Pooled!);
        if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
            AddCounts(json, AveragePrecision.Pool(report.Images.Select(image => image.Cells)));
        return json;
    }

    private static JsonObject Summary(EvaluationOptions options, ScoreSummary scores)
    {
        var json = new JsonObject();
        if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
        {
            json["ap"] = Array(scores.AveragePrecision);
            json["precision"] = Array(scores.Precision);
            json["recall"] = Array(scores.Recall);
            json["f1"] = Array(scores.F1);
        }
        AddOthers(json, scores.AggregatedJaccard, scores.PanopticQuality, scores.FoundIou,
            scores.BoundaryPrecision, scores.BoundaryRecall, scores.BoundaryF1);
        return json;
    }

    private static JsonObject Image(EvaluationOptions options, ImageScores image)
    {
        var json = new JsonObject
        {
            ["image"] = image.Image,
            ["truth"] = image.TruthFile,
            ["prediction"] = image.PredictionFile,
            ["true_cells"] = image.TrueCells,
            ["predicted_cells"] = image.PredictedCells,
        };
        if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
        {
            json["ap"] = Array(image.Cells.Select(counts => counts.AveragePrecision));
            AddCounts(json, image.Cells);
        }
        AddOthers(json, image.AggregatedJaccard?.Value, image.Panoptic?.Value, image.Panoptic?.SegmentationQuality,
            image.Boundary?.Select(counts => counts.Precision), image.Boundary?.Select(counts => counts.Recall), image.Boundary?.Select(counts => counts.F1));
        return json;
    }

    private static void AddCounts(JsonObject json, DetectionCounts[] counts)
    {
        json["tp"] = Array(counts.Select(count => count.TruePositives));
        json["fp"] = Array(counts.Select(count => count.FalsePositives));
        json["fn"] = Array(counts.Select(count => count.FalseNegatives));
    }

    private static void AddOthers(
        JsonObject json, double? aji, double? quality, double? foundIou,
        IEnumerable<double>? precision, IEnumerable<double>? recall, IEnumerable<double>? f1)
    {
        if (aji is not null)
            json["aji"] = aji;
        if (quality is not null)
        {
            json["pq"] = quality;
            json["found_iou"] = foundIou;
        }
        if (precision is not null && recall is not null && f1 is not null)
        {
            json["boundary_precision"] = Array(precision);
            json["boundary_recall"] = Array(recall);
            json["boundary_f1"] = Array(f1);
        }
    }

    private static JsonArray Array<T>(IEnumerable<T> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
