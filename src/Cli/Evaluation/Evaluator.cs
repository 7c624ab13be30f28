using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Scores predicted label images against true ones.</summary>
internal static class Evaluator
{
    /// <summary>Pairs files by stem and scores every pair; each truth is read once for all predictions.</summary>
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
            NdArray<int>? truth = Try(() => Read(options, truthFile), null, image, failures);
            for (int p = 0; p < predictions.Length && truth is not null; p++)
            {
                string name = options.Predictions[p].Name;
                if (!predictions[p].TryGetValue(image, out string? predictionFile))
                {
                    failures.Add(new EvaluationFailure(name, image, $"'{truthFile}' has no prediction in '{options.Predictions[p].Path}'."));
                    continue;
                }
                ImageScores? scored = Try(() => Score(options, image, truthFile, truth, predictionFile), name, image, failures);
                if (scored is not null)
                    scores[p].Add(scored);
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
        if (File.Exists(options.Truth) && File.Exists(prediction.Path))
            return new SortedDictionary<string, string>(StringComparer.Ordinal) { [truths.Keys.First()] = prediction.Path };
        return files;
    }

    private static NdArray<int> Read(EvaluationOptions options, string file)
    {
        NdArray<int> labels = options.ReadLabels(file);
        while (labels.Rank > 2 && labels.Shape[0] == 1)
            labels = labels.Reshape(labels.Shape[1..]);                  // [1, Y, X] is an image
        if (labels.Rank is not (2 or 3))
            throw new InvalidDataException($"'{file}' has axes [{string.Join(", ", labels.Shape)}]; labels must be [Y, X] or [Z, Y, X].");
        int negative = labels.Span.IndexOfAnyInRange(int.MinValue, -1);
        if (negative >= 0)
            throw new InvalidDataException($"'{file}' holds the label {labels.Data[negative]}; labels must be 0 or greater.");
        return labels;
    }

    private static ImageScores Score(EvaluationOptions options, string image, string truthFile, NdArray<int> truth, string predictionFile)
    {
        NdArray<int> prediction = Read(options, predictionFile);
        if (!truth.Shape.AsSpan().SequenceEqual(prediction.Shape))
        {
            throw new InvalidDataException(
                $"'{predictionFile}' is {string.Join(" x ", prediction.Shape)}; '{truthFile}' is {string.Join(" x ", truth.Shape)}.");
        }

        var overlap = LabelOverlap.Count(truth, prediction, options.Threads);
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
                ? BoundaryScores.Count(truth, prediction, [.. options.BoundaryScales], options.Compat, options.Threads) : null,
            Panoptic = options.Metrics.HasFlag(EvaluationMetrics.Panoptic) ? PanopticQuality.Of(overlap) : null,
        };
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
