using Cellpose3D.Core2D.Training;
using ScottPlot;

namespace Cellpose3D.Cli.Training;

/// <summary>Draws loss and score over the epochs of a training.</summary>
internal static class TrainingPlot
{
    /// <summary>Draws the curves; the score, if there is one, has the axis on the right.</summary>
    /// <param name="history">One record an epoch.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Png(IReadOnlyList<EpochRecord> history)
    {
        using var plot = new Plot();
        plot.ScaleFactor = 1.4;
        Add([.. history.Select(r => (r.Epoch, (double?)r.Loss))], "training loss", "#1F77B4", right: false);
        Add([.. history.Select(r => (r.Epoch, r.ValidationLoss))], "validation loss", "#FF7F0E", right: false);
        Add([.. history.Select(r => (r.Epoch, r.Score))], "validation AP at IoU 0.5", "#2CA02C", right: true);
        plot.XLabel("epoch");
        plot.YLabel("loss");
        plot.Axes.Right.Label.Text = "AP";
        plot.Axes.SetLimitsY(0, 1, plot.Axes.Right);
        plot.ShowLegend(Edge.Bottom);
        return plot.GetImageBytes(1200, 800, ImageFormat.Png);

        void Add((int Epoch, double? Value)[] points, string name, string color, bool right)
        {
            (int Epoch, double? Value)[] known = [.. points.Where(p => p.Value is { } v && double.IsFinite(v))];
            if (known.Length == 0)
                return;
            var line = plot.Add.Scatter(known.Select(p => (double)p.Epoch).ToArray(), known.Select(p => p.Value!.Value).ToArray());
            line.LegendText = name;
            line.Color = Color.FromHex(color);
            line.MarkerSize = known.Length > 40 ? 0 : 5;
            if (right)
                line.Axes.YAxis = plot.Axes.Right;
        }
    }
}
