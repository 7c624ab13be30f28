using System.Globalization;
using Spectre.Console;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Shows an evaluation on the terminal.</summary>
internal static class EvaluationTable
{
    private const int ShownFiles = 5, TitleWidth = 20, ColumnWidth = 17;

    /// <summary>Writes the scores, one column per prediction, then what was not scored.</summary>
    public static void Write(IAnsiConsole console, EvaluationReport report)
    {
        foreach (PredictionReport[] part in report.Predictions.Chunk(Math.Max(1, (console.Profile.Width - TitleWidth) / ColumnWidth)))
            console.Write(Scores(report, part));
        console.WriteLine("Scores: mean by image / all images pooled.");
        foreach (PredictionReport prediction in report.Predictions)
        {
            if (prediction.EmptyImages > 0)
                console.WriteLine($"{prediction.Name}: {Images(prediction.EmptyImages)} without cells in truth and prediction, which count as 1.");
            Files(console, $"{prediction.Name}: not in the truth, not scored:", [.. prediction.Extra.Select(file => Path.GetFileName(file)!)]);
        }
        Files(console, "Not scored:", [.. report.Failures.Select(failure => failure.Prediction is null
            ? failure.Message : $"{failure.Prediction}: {failure.Message}")]);
    }

    private static Table Scores(EvaluationReport report, PredictionReport[] predictions)
    {
        EvaluationOptions options = report.Options;
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(new TableColumn("").NoWrap());
        foreach (PredictionReport prediction in predictions)
            table.AddColumn(new TableColumn(Markup.Escape(prediction.Name)).RightAligned());

        void AddCount(string title, Func<PredictionReport, int> count) =>
            table.AddRow([title, .. predictions.Select(prediction => count(prediction).ToString(CultureInfo.InvariantCulture))]);
        void AddScore(string title, Func<ScoreSummary, double?> score) =>
            table.AddRow([title, .. predictions.Select(prediction => Both(prediction, score))]);

        AddCount("images", prediction => prediction.Images.Length);
        AddCount("true cells", prediction => prediction.TrueCells);
        AddCount("found cells", prediction => prediction.PredictedCells);
        if (options.Metrics.HasFlag(EvaluationMetrics.AveragePrecision))
        {
            foreach (int t in report.SummaryIndices)
                AddScore($"AP {Two(options.Thresholds[t])}", scores => scores.AveragePrecision[t]);
            if (options.Thresholds.Count > 1)
                AddScore($"AP {Two(options.Thresholds[0])}-{Two(options.Thresholds[^1])}", scores => scores.AveragePrecision.Average());
        }
        if (options.Metrics.HasFlag(EvaluationMetrics.AggregatedJaccard))
            AddScore("AJI", scores => scores.AggregatedJaccard);
        if (options.Metrics.HasFlag(EvaluationMetrics.Panoptic))
        {
            AddScore("PQ", scores => scores.PanopticQuality);
            AddScore("IoU of found", scores => scores.FoundIou);
        }
        for (int s = 0; options.Metrics.HasFlag(EvaluationMetrics.Boundary) && s < options.BoundaryScales.Count; s++)
        {
            int scale = s;
            AddScore($"boundary F1 {options.BoundaryScales[s].ToString("0.0##", CultureInfo.InvariantCulture)}", scores => scores.BoundaryF1![scale]);
        }
        return table;
    }

    private static string Both(PredictionReport prediction, Func<ScoreSummary, double?> score) =>
        prediction.Mean is { } mean && prediction.Pooled is { } pooled
            ? string.Create(CultureInfo.InvariantCulture, $"{score(mean):0.000} / {score(pooled):0.000}") : "-";

    private static void Files(IAnsiConsole console, string title, string[] lines)
    {
        if (lines.Length == 0)
            return;
        console.WriteLine(title);
        foreach (string line in lines.Take(ShownFiles))
            console.WriteLine($"  {line}");
        if (lines.Length > ShownFiles)
            console.WriteLine($"  and {lines.Length - ShownFiles} more (--json lists all).");
    }

    private static string Images(int count) => count == 1 ? "1 image" : $"{count.ToString(CultureInfo.InvariantCulture)} images";

    private static string Two(double value) => value.ToString("0.00#", CultureInfo.InvariantCulture);
}
