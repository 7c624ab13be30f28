using System.Globalization;
using Cellpose3D.Cli.Pictures;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Draws average precision against the IoU threshold, one line per prediction.</summary>
internal static class EvaluationPlot
{
    // Okabe and Ito's colours, which stay apart for colour-blind readers; and a marker each, for print.
    private static readonly string[] Colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
    private static readonly MarkerShape[] Markers =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown];

    private const int MostTicks = 12;

    /// <summary>Draws the plot.</summary>
    /// <param name="report">What to draw; predictions without a scored image are left out.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>A PNG file's bytes; owned by the caller.</returns>
    public static byte[] Png(EvaluationReport report, int width = 1200, int height = 800)
    {
        using var plot = new Plot();
        plot.ScaleFactor = 1.6;                                          // text and lines for a picture shown at half its size
        double[] thresholds = [.. report.Options.Thresholds];
        PredictionReport[] scored = [.. report.Predictions.Where(prediction => prediction.Mean is not null)];
        for (int p = 0; p < scored.Length; p++)
        {
            Scatter line = plot.Add.Scatter(thresholds, scored[p].Mean!.AveragePrecision);
            line.Color = Color.FromHex(Colors[p % Colors.Length]);
            line.LineWidth = 2;
            line.LinePattern = p < Colors.Length ? LinePattern.Solid : LinePattern.Dashed;
            line.MarkerShape = Markers[p % Markers.Length];
            line.MarkerSize = 7;
            line.LegendText = scored[p].Name;
        }

        plot.Font.Set(PictureFont.Name);
        plot.Title(Title(scored), 15);
        plot.XLabel("IoU threshold", 13);
        plot.YLabel("average precision, TP / (TP + FP + FN)", 13);
        plot.Axes.Title.Label.Bold = plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        double margin = Math.Max(0.01, (thresholds[^1] - thresholds[0]) * 0.04);
        plot.Axes.SetLimits(thresholds[0] - margin, thresholds[^1] + margin, 0, 1.02);
        plot.Axes.Bottom.TickGenerator = thresholds.Length <= MostTicks ? Ticks(thresholds) : Ticks([.. Enumerable.Range(0, 11).Select(k => k / 10.0)]);
        plot.Axes.Left.TickGenerator = Ticks([.. Enumerable.Range(0, 11).Select(k => k / 10.0)]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = 12;
        plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Legend.FontSize = 12;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        plot.ShowLegend(Edge.Right).Alignment = Alignment.UpperLeft;     // beside the lines: inside there is no place that is always free
        return plot.GetImageBytes(width, height, ImageFormat.Png);
    }

    private static string Title(PredictionReport[] scored)
    {
        int[] images = [.. scored.Select(prediction => prediction.Images.Length).Distinct()];
        return images.Length == 1
            ? $"Average precision, mean over {images[0].ToString(CultureInfo.InvariantCulture)} image{(images[0] == 1 ? "" : "s")}"
            : "Average precision, mean over images";
    }

    private static NumericManual Ticks(double[] values) =>
        new(values, [.. values.Select(value => value.ToString("0.0##", CultureInfo.InvariantCulture))]);
}
