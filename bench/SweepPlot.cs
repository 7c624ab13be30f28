using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Cellpose3D.Bench;

/// <summary>Draws a sweep: LNK above, BIO below; displacement on the left, skipped frames on the right; dashed for degraded masks.</summary>
internal static class SweepPlot
{
    private const float FontSize = 20;

    // Okabe and Ito's colours, which stay apart for colour-blind readers
    private static readonly string[] Colors = ["#D55E00", "#E69F00", "#0072B2", "#009E73"];
    private static readonly MarkerShape[] Markers = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];

    public static byte[] Png(IReadOnlyList<SweepPoint> points)
    {
        var grid = new Multiplot();
        grid.AddPlots(4);
        grid.Layout = new ScottPlot.MultiplotLayouts.Grid(2, 2);
        Draw(grid.GetPlot(0), points, TrackingSweep.Displacement, "mean step from frame to frame, diameters", "LNK", p => p.Lnk, withLegend: false);
        Draw(grid.GetPlot(1), points, TrackingSweep.Skip, "every n-th frame kept", "LNK", p => p.Lnk, withLegend: true);
        Draw(grid.GetPlot(2), points, TrackingSweep.Displacement, "mean step from frame to frame, diameters", "BIO", p => p.Bio, withLegend: false);
        Draw(grid.GetPlot(3), points, TrackingSweep.Skip, "every n-th frame kept", "BIO", p => p.Bio, withLegend: false);
        return grid.Render(1600, 1200).GetImageBytes(ImageFormat.Png);
    }

    private static void Draw(Plot plot, IReadOnlyList<SweepPoint> points, string sweep, string across, string up, Func<SweepPoint, double> value, bool withLegend)
    {
        bool isSkip = sweep == TrackingSweep.Skip;
        for (int w = 0; w < TrackingSweep.Ways.Count; w++)
        {
            foreach (string masks in new[] { "true", "degraded" })
            {
                SweepPoint[] line = [.. points.Where(p => p.Sweep == sweep && p.Way == TrackingSweep.Ways[w].Name && p.Masks == masks).OrderBy(p => p.Value)];
                Scatter scatter = plot.Add.Scatter(line.Select(p => isSkip ? Math.Log2(p.Value) : p.Step).ToArray(), line.Select(value).ToArray());
                scatter.Color = Color.FromHex(Colors[w % Colors.Length]);
                scatter.LineWidth = 3;
                scatter.LinePattern = masks == "true" ? LinePattern.Solid : LinePattern.Dashed;
                scatter.MarkerShape = Markers[w % Markers.Length];
                scatter.MarkerSize = 11;
                scatter.LegendText = !withLegend ? "" : masks == "true" ? TrackingSweep.Ways[w].Name : w == TrackingSweep.Ways.Count - 1 ? "dashed: 3 % of masks wrong" : "";
            }
        }
        plot.XLabel(across, FontSize);
        plot.YLabel(up, FontSize);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = FontSize;
        plot.Axes.SetLimitsY(0, 1.02);
        if (isSkip)
            plot.Axes.Bottom.TickGenerator = new NumericManual([0, 1, 2, 3], ["1", "2", "4", "8"]);
        plot.Axes.Left.TickGenerator = new NumericManual([.. Enumerable.Range(0, 6).Select(k => k / 5.0)], [.. Enumerable.Range(0, 6).Select(k => (k / 5.0).ToString("0.0", CultureInfo.InvariantCulture))]);
        if (!withLegend)
            return;
        plot.Legend.FontSize = FontSize;
        plot.ShowLegend(Alignment.LowerLeft);
    }
}
