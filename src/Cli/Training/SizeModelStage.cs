using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using Cellpose3D.IO;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Cli.Training;

/// <summary>Fits, scores, draws and keeps the size model of a trained network.</summary>
internal static class SizeModelStage
{
    private const int LooksPerImage = 10;       // as the reference has
    private const int MostLooks = 1000;         // a regression of some hundred numbers gains nothing from more

    /// <summary>Writes STEM.size.safetensors and STEM.size.png beside the model.</summary>
    /// <param name="model">The network; borrowed.</param>
    /// <param name="stem">Path of the model without extension.</param>
    /// <param name="training">What it was trained on.</param>
    /// <param name="held">Images to score on; may be none.</param>
    /// <param name="reporter">Receives the correlations.</param>
    /// <param name="cancellationToken">Checked between images.</param>
    /// <returns>The correlations, for the report.</returns>
    public static JsonObject Run(
        CellposeModel model, string stem, TrainingSet training, IReadOnlyList<LabelledImage> held, Reporter reporter, CancellationToken cancellationToken)
    {
        SizeModelFit? fit = null;
        reporter.WithProgress("size model", 1, display =>
        {
            var options = new SizeModelOptions { Looks = Math.Min(MostLooks, LooksPerImage * training.Count) };
            fit = SizeModelTrainer.Train(model, training, options, new Bar(display), cancellationToken);
            display.Done(0, "fitted");
        });
        string path = stem + ".size.safetensors";
        AtomicFile.Write(path, stream => SizeModelFile.Write(stream, fit!.Model));
        var series = new List<SizeSeries> { new("training images, from the style", fit!.TrueDiameters, fit.Predicted) };
        if (held.Count > 0)
            series.AddRange(Score(model, fit.Model, held, cancellationToken));
        AtomicFile.Write(stem + ".size.png", stream => stream.Write(SizeModelPlot.Png(series)));

        var json = new JsonObject { ["size_model"] = path };
        foreach (SizeSeries one in series)
        {
            reporter.Info(string.Create(CultureInfo.InvariantCulture, $"size model, {one.Name}: r {one.Correlation:f3} over {one.Truth.Length} looks"));
            json[one.Name] = double.IsFinite(one.Correlation) ? one.Correlation : null;
        }
        reporter.Result($"size model: {path}");
        return json;
    }

    private static IEnumerable<SizeSeries> Score(CellposeModel model, SizeModel size, IReadOnlyList<LabelledImage> held, CancellationToken cancellationToken)
    {
        CellposeModel sized = model.With(size);         // the same networks: not to be disposed twice
        var segmenter = new Segmenter2D(sized, new SegmentationOptions());
        var truth = new List<double>();
        var estimates = new List<DiameterEstimate>();
        foreach (LabelledImage image in held)
        {
            double diameter = Diameters.Median(image.Labels);
            if (diameter <= 0)
                continue;
            truth.Add(diameter);
            estimates.Add(segmenter.EstimateDiameter(image.Image, null, cancellationToken));
        }
        yield return new SizeSeries("held-out images, from the style", [.. truth], [.. estimates.Select(e => e.FromStyle)]);
        yield return new SizeSeries("held-out images, refined", [.. truth], [.. estimates.Select(e => e.Diameter)]);
    }

    private sealed class Bar(IProgressDisplay display) : IProgress<float>
    {
        public void Report(float value) => display.Report(value);
    }
}
