using System.Globalization;
using Cellpose3D.Core2D.Metrics;
using CsvHelper;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Writes an evaluation as a CSV table: one row per prediction and image.</summary>
/// <remarks>Only measurements, no rows of means, so that a table reader can group and average as it likes.</remarks>
internal static class EvaluationCsv
{
    /// <summary>Writes the table.</summary>
    /// <param name="writer">Receives it; borrowed, left open.</param>
    /// <param name="report">What to write.</param>
    public static void Write(TextWriter writer, EvaluationReport report)
    {
        CsvWriterOptions format = CsvWriterOptions.Default with { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" };
        using var csv = CsvWriter.Create(writer, format, leaveOpen: true);
        EvaluationOptions options = report.Options;
        csv.WriteHeader([.. Columns(options)]);
        foreach (PredictionReport prediction in report.Predictions)
        {
            foreach (ImageScores image in prediction.Images)
            {
                foreach (string value in (string[])[prediction.Name, image.Image, image.TruthFile, image.PredictionFile])
                    csv.WriteField(value);
                csv.WriteField(image.TrueCells);
                csv.WriteField(image.PredictedCells);
                if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
                    WriteCounts(csv, image.Cells);
                if (image.AggregatedJaccard is { } aji)
                    csv.WriteField(aji.Value);
                if (image.Panoptic is { } panoptic)
                {
                    csv.WriteField(panoptic.Value);
                    csv.WriteField(panoptic.SegmentationQuality);
                }
                foreach (DetectionCounts near in image.Boundary ?? [])
                {
                    csv.WriteField(near.Precision);
                    csv.WriteField(near.Recall);
                    csv.WriteField(near.F1);
                }
                csv.EndRecord();
            }
        }
    }

    private static void WriteCounts(CsvWriter csv, DetectionCounts[] cells)
    {
        foreach (DetectionCounts counts in cells)
        {
            csv.WriteField(counts.AveragePrecision);
            csv.WriteField(counts.TruePositives);
            csv.WriteField(counts.FalsePositives);
            csv.WriteField(counts.FalseNegatives);
        }
    }

    private static List<string> Columns(EvaluationOptions options)
    {
        List<string> columns = ["prediction", "image", "truth_file", "prediction_file", "true_cells", "predicted_cells"];
        if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
        {
            foreach (string t in options.Thresholds.Select(Number))
                columns.AddRange([$"ap_{t}", $"tp_{t}", $"fp_{t}", $"fn_{t}"]);
        }
        if (options.Metrics.HasFlag(EvaluationMetrics.AggregatedJaccard))
            columns.Add("aji");
        if (options.Metrics.HasFlag(EvaluationMetrics.Panoptic))
            columns.AddRange(["pq", "found_iou"]);
        if (options.Metrics.HasFlag(EvaluationMetrics.Boundary))
        {
            foreach (string scale in options.BoundaryScales.Select(Number))
                columns.AddRange([$"boundary_precision_{scale}", $"boundary_recall_{scale}", $"boundary_f1_{scale}"]);
        }
        return columns;
    }

    private static string Number(double value) => value.ToString("0.0#########", CultureInfo.InvariantCulture);
}
