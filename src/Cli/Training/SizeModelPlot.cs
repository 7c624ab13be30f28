using System.Globalization;
using ScottPlot;

namespace Cellpose3D.Cli.Training;

/// <summary>Draws predicted against true diameters, both on logarithmic axes.</summary>
internal static class SizeModelPlot
{
    private static readonly string[] Colors = ["#C7C7C7", "#FF7F0E", "#1F77B4"];

    /// <summary>Draws one cloud of points a series, and the line where both are equal.</summary>
    /// <param name="series">Drawn in this order, the last on top.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Png(IReadOnlyList<SizeSeries> series)
    {
        using var plot = new Plot();
        plot.ScaleFactor = 1.4;
        double[] all = [.. series.SelectMany(s => s.Truth.Concat(s.Predicted)).Where(d => d > 0 && double.IsFinite(d)).Select(Math.Log10)];
        (double low, double high) = all.Length > 0 ? (all.Min() - 0.05, all.Max() + 0.05) : (0.5, 2.5);
        var equal = plot.Add.Line(low, low, high, high);
        equal.Color = ScottPlot.Color.FromHex("#000000");
        equal.LineWidth = 1;
        for (int n = 0; n < series.Count; n++)
        {
            var points = plot.Add.ScatterPoints(series[n].Truth.Select(Math.Log10).ToArray(), series[n].Predicted.Select(Math.Log10).ToArray());
            points.Color = ScottPlot.Color.FromHex(Colors[n % Colors.Length]);
            points.MarkerSize = n == 0 && series.Count > 1 ? 3 : 7;
            points.LegendText = string.Create(CultureInfo.InvariantCulture, $"{series[n].Name}: r = {series[n].Correlation:f3}");
        }
        double[] ticks = [.. new double[] { 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300 }.Where(t => Math.Log10(t) >= low && Math.Log10(t) <= high)];
        string[] labels = [.. ticks.Select(t => t.ToString(CultureInfo.InvariantCulture))];
        plot.Axes.Bottom.SetTicks([.. ticks.Select(Math.Log10)], labels);
        plot.Axes.Left.SetTicks([.. ticks.Select(Math.Log10)], labels);
        plot.Axes.SetLimits(low, high, low, high);
        plot.XLabel("true diameter (pixels)");
        plot.YLabel("estimated diameter (pixels)");
        plot.ShowLegend(Alignment.UpperLeft);
        return plot.GetImageBytes(1000, 1000, ImageFormat.Png);
    }
}
