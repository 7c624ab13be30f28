using System.Globalization;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Metrics;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Scores predicted label images against true ones.</summary>
internal static class Evaluator
{
    /// <summary>Pairs files by stem and scores every pair, plane by plane, so that volumes need not fit memory.</summary>
    /// <param name="options">What to score; validated here.</param>
    /// <param name="progress">Receives the fraction of images done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every image.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="FileNotFoundException">The truth or a prediction does not exist.</exception>
    /// <exception cref="InvalidDataException">A folder without label files, or with two that could each be meant.</exception>
    /// <remarks>An image that cannot be scored becomes a failure of the report; the others are still scored.</remarks>
    public static EvaluationReport Run(EvaluationOptions options, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        SortedDictionary<string, string> truths = LabelFiles.Find(options.Truth, truth: true);
        SortedDictionary<string, string>[] predictions = [.. options.Predictions.Select(prediction => Pair(options, truths, prediction))];

        var scores = new List<ImageScores>[predictions.Length];
        for (int p = 0; p < scores.Length; p++)
            scores[p] = [];
        var failures = new List<EvaluationFailure>();
        int done = 0;
        foreach ((string image, string truthFile) in truths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using PlaneFile<int>? truth = Try(() => options.OpenLabels(truthFile), null, image, failures);
            for (int p = 0; p < predictions.Length && truth is not null; p++)
            {
                string name = options.Predictions[p].Name;
                if (!predictions[p].TryGetValue(image, out string? predictionFile))
                {
                    failures.Add(new EvaluationFailure(name, image, $"'{truthFile}' has no prediction in '{options.Predictions[p].Path}'."));
                    continue;
                }
                List<ImageScores>? scored = Try(() => Score(options, image, truth, predictionFile, cancellationToken), name, image, failures);
                if (scored is not null)
                    scores[p].AddRange(scored);
            }
            progress?.Report((float)++done / truths.Count);
        }

        PredictionReport[] reports = [.. options.Predictions.Select((prediction, p) => new PredictionReport(
            prediction.Name, prediction.Path, [.. scores[p]],
            [.. truths.Where(truth => !predictions[p].ContainsKey(truth.Key)).Select(truth => truth.Value)],
            [.. predictions[p].Where(file => !truths.ContainsKey(file.Key)).Select(file => file.Value)]))];
        return new EvaluationReport(options, reports, [.. failures]);
    }

    /// <summary>The prediction's files by stem; two single files are a pair whatever they are called.</summary>
    private static SortedDictionary<string, string> Pair(EvaluationOptions options, SortedDictionary<string, string> truths, NamedPath prediction)
    {
        SortedDictionary<string, string> files = LabelFiles.Find(prediction.Path, truth: false);
        if (LabelFiles.IsOne(options.Truth) && LabelFiles.IsOne(prediction.Path))
            return new SortedDictionary<string, string>(StringComparer.Ordinal) { [truths.Keys.First()] = prediction.Path };
        return files;
    }

    /// <summary>One for each time point.</summary>
    private static List<ImageScores> Score(
        EvaluationOptions options, string image, PlaneFile<int> truth, string predictionFile, CancellationToken cancellationToken)
    {
        using PlaneFile<int> prediction = options.OpenLabels(predictionFile);
        if (Shape(truth) != Shape(prediction))
            throw new InvalidDataException($"'{predictionFile}' is {Shape(prediction)}; '{truth.Path}' is {Shape(truth)}.");
        var scores = new List<ImageScores>();
        for (int t = 0; t < truth.Frames; t++)
        {
            string name = truth.HasTime ? string.Create(CultureInfo.InvariantCulture, $"{image} t{t:d3}") : image;
            scores.Add(Score(options, name, truth.Path, truth.Planes(t, 0), predictionFile, prediction.Planes(t, 0), cancellationToken));
        }
        return scores;
    }

    private static ImageScores Score(
        EvaluationOptions options, string image, string truthFile, PlaneSource<int> truth, string predictionFile, PlaneSource<int> prediction,
        CancellationToken cancellationToken)
    {
        var overlap = LabelOverlap.Count(truth, prediction, options.Threads, cancellationToken);
        return new ImageScores
        {
            Image = image,
            TruthFile = truthFile,
            PredictionFile = predictionFile,
            TrueCells = overlap.TrueLabels.Length,
            PredictedCells = overlap.PredLabels.Length,
            Cells = AveragePrecision.Count(overlap, [.. options.Thresholds], options.Compat),
            AggregatedJaccard = options.Metrics.HasFlag(EvaluationMetrics.AggregatedJaccard) ? AggregatedJaccardIndex.Of(overlap) : null,
            Boundary = options.Metrics.HasFlag(EvaluationMetrics.Boundary)
                ? BoundaryScores.Count(truth, prediction, [.. options.BoundaryScales], options.Compat, options.Threads, cancellationToken) : null,
            Panoptic = options.Metrics.HasFlag(EvaluationMetrics.Panoptic) ? PanopticQuality.Of(overlap) : null,
        };
    }

    // axes of length 1 do not count: [1, Y, X] is an image
    private static string Shape(PlaneFile<int> file)
    {
        PlaneSource<int> planes = file.Planes(0, 0);
        string frames = file.Frames > 1 ? string.Create(CultureInfo.InvariantCulture, $"{file.Frames} frames of ") : "";
        string depth = planes.Depth > 1 ? string.Create(CultureInfo.InvariantCulture, $"{planes.Depth} x ") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{frames}{depth}{planes.Height} x {planes.Width}");
    }

    /// <summary>Does work on one image; a file that cannot be used becomes a failure.</summary>
    private static T? Try<T>(Func<T> work, string? prediction, string image, List<EvaluationFailure> failures)
        where T : class
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            failures.Add(new EvaluationFailure(prediction, image, e.Message));
            return null;
        }
    }
}
