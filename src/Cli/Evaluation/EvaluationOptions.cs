using System.Globalization;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>What to score, against what and how.</summary>
internal sealed record EvaluationOptions
{
    /// <summary>A label file or a folder of them.</summary>
    public required string Truth { get; init; }

    /// <summary>One or more label files or folders, each with its own name.</summary>
    public required IReadOnlyList<NamedPath> Predictions { get; init; }

    /// <summary>Opens a label image or volume, 0 = background; of several time points each is scored as an image.</summary>
    public Func<string, PlaneFile<int>> OpenLabels { get; init; } = path => PlaneFiles.OpenLabels(path);

    /// <summary>What to compute; average precision, aggregated Jaccard index and boundary scores by default.</summary>
    public EvaluationMetrics Metrics { get; init; } =
        EvaluationMetrics.AveragePrecision | EvaluationMetrics.AggregatedJaccard | EvaluationMetrics.Boundary;

    /// <summary>IoU thresholds in (0, 1], ascending; 0.5 to 0.95 in steps of 0.05, as in the COCO and DSB 2018 challenges.</summary>
    public IReadOnlyList<double> Thresholds { get; init; } = ParseThresholds("0.5:0.05:0.95");

    /// <summary>Those of the thresholds that the terminal's table shows; Cellpose's 0.5, 0.75 and 0.9.</summary>
    public IReadOnlyList<double> SummaryThresholds { get; init; } = [0.5, 0.75, 0.9];

    /// <summary>Widths of outlines as shares of the median diameter; a tenth is about a pixel or two.</summary>
    public IReadOnlyList<double> BoundaryScales { get; init; } = [0.1];

    /// <summary>Repeats the reference's counting: the largest label is the number of cells, boundary counts are kept in one byte.</summary>
    public bool Compat { get; init; }

    /// <summary>Number of threads, 0 for all; it never changes a score.</summary>
    public int Threads { get; init; }

    /// <summary>Reads thresholds: <c>0.5,0.75</c> or <c>start:step:stop</c>, the stop included.</summary>
    /// <returns>Ascending, each once.</returns>
    /// <exception cref="ArgumentException">Not numbers in (0, 1], or a step that is not above 0.</exception>
    public static double[] ParseThresholds(string text)
    {
        var values = new SortedSet<decimal>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            decimal[] numbers = [.. part.Split(':', StringSplitOptions.TrimEntries).Select(number =>
                decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
                    ? value : throw new ArgumentException($"thresholds must be numbers as in 0.5,0.75 or 0.5:0.05:0.95; got '{text}'.", nameof(text)))];
            if (numbers.Length is not (1 or 3) || (numbers.Length == 3 && (numbers[1] <= 0 || numbers[2] < numbers[0])))
                throw new ArgumentException($"thresholds must be numbers as in 0.5,0.75 or start:step:stop as in 0.5:0.05:0.95; got '{part}'.", nameof(text));
            if (numbers.Length == 3 && (numbers[2] - numbers[0]) / numbers[1] > 1000)
                throw new ArgumentException($"thresholds must be at most 1000; got more in '{part}'.", nameof(text));
            for (decimal value = numbers[0]; value <= numbers[^1]; value += numbers.Length == 3 ? numbers[1] : 1)
                values.Add(value);                                       // decimal: 0.55 is 0.55, not 0.5 + 0.05
        }
        if (values.Min <= 0 || values.Max > 1)
            throw new ArgumentException($"thresholds must be IoU in (0, 1]; got {text}.", nameof(text));
        return [.. values.Select(value => (double)value)];
    }

    /// <summary>Reads metric names: a comma-separated list of <c>ap</c>, <c>aji</c>, <c>boundary</c>, <c>pq</c>, or <c>all</c>.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static EvaluationMetrics ParseMetrics(string text)
    {
        var metrics = EvaluationMetrics.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            metrics |= name switch
            {
                "ap" => EvaluationMetrics.AveragePrecision,
                "aji" => EvaluationMetrics.AggregatedJaccard,
                "boundary" => EvaluationMetrics.Boundary,
                "pq" => EvaluationMetrics.Panoptic,
                "all" => EvaluationMetrics.All,
                _ => throw new ArgumentException($"metrics must be ap, aji, boundary, pq or all, separated by commas; got '{name}'.", nameof(text)),
            };
        }
        return metrics;
    }

    /// <summary>Checks what does not need the files.</summary>
    /// <exception cref="ArgumentException">No prediction, two of the same name, no threshold, or a value out of range.</exception>
    public void Validate()
    {
        if (Predictions.Count == 0)
            throw new ArgumentException("at least one prediction must be given.", nameof(Predictions));
        foreach (IGrouping<string, NamedPath> same in Predictions.GroupBy(prediction => prediction.Name))
        {
            if (same.Count() > 1)
            {
                throw new ArgumentException($"predictions must have different names; '{same.Key}' is {string.Join(" and ", same.Select(p => $"'{p.Path}'"))}. "
                    + "Write NAME=PATH.", nameof(Predictions));
            }
        }
        if (Metrics == EvaluationMetrics.None)
            throw new ArgumentException("at least one metric must be chosen.", nameof(Metrics));
        if (Thresholds.Count == 0 || Thresholds.Any(t => !(t > 0 && t <= 1)))
            throw new ArgumentException($"thresholds must be IoU in (0, 1]; got {Describe(Thresholds)}.", nameof(Thresholds));
        if (Metrics.HasFlag(EvaluationMetrics.Boundary) && (BoundaryScales.Count == 0 || BoundaryScales.Any(s => !(s >= 0 && double.IsFinite(s)))))
            throw new ArgumentException($"boundary scales must be 0 or greater; got {Describe(BoundaryScales)}.", nameof(BoundaryScales));
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }

    private static string Describe(IReadOnlyList<double> values) =>
        values.Count == 0 ? "none" : string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
