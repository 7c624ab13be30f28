namespace Cellpose3D.Cli.Evaluation;

/// <summary>What <c>evaluate</c> found.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Predictions">One per prediction, in the given order.</param>
/// <param name="Failures">Images that could not be scored: no prediction, unreadable, or of another shape.</param>
internal sealed record EvaluationReport(EvaluationOptions Options, PredictionReport[] Predictions, EvaluationFailure[] Failures)
{
    /// <summary>Whether some image could not be scored, so that the scores are over fewer images than there are truths.</summary>
    public bool HasFailures => Failures.Length > 0;

    /// <summary>Indices of the thresholds to show where there is no room for all.</summary>
    public int[] SummaryIndices
    {
        get
        {
            int[] wanted = [.. Enumerable.Range(0, Options.Thresholds.Count).Where(t => Options.SummaryThresholds.Contains(Options.Thresholds[t]))];
            return wanted.Length > 0 ? wanted : [.. Enumerable.Range(0, Math.Min(4, Options.Thresholds.Count))];
        }
    }
}
