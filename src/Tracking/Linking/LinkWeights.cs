namespace Cellpose3D.Tracking.Linking;

/// <summary>How features of a link make its probability: logistic, with one set of weights for still cells and one for fast ones, mixed by how much the movie's cells move.</summary>
/// <remarks>Where cells move little, overlap says nearly everything; where they jump, overlap is chance and only distances and sizes are left.</remarks>
public sealed class LinkWeights
{
    /// <summary>Number of weights: a bias, one for each feature and one for the squared distance over the movie's spread, twice.</summary>
    public const int Count = 2 * (LinkFeatures.Count + 2);

    private const double LeastSpread = 0.08, SpreadOfFast = 0.5, MostStray = 25;

    private readonly double[] _values;

    /// <summary>Takes weights.</summary>
    /// <param name="values">[<see cref="Count"/>]: bias and weights for still cells, then the same for fast ones; copied.</param>
    /// <exception cref="ArgumentException">Another number of values, or one that is not finite.</exception>
    public LinkWeights(ReadOnlySpan<double> values)
    {
        if (values.Length != Count)
            throw new ArgumentException($"{Count} weights are needed; got {values.Length}.", nameof(values));
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
                throw new ArgumentException($"weights must be finite; got {value}.", nameof(values));
        }
        _values = values.ToArray();
    }

    /// <summary>Weights fitted to synthetic movies (<c>bench</c>, <c>fit-links</c>): 5 to 130 % of a diameter of motion a frame, 2D and 3D, with divisions, gaps, skipped frames, and masks of which up to 6 % are wrong in each way.</summary>
    public static LinkWeights Default { get; } = new(
    [
        0.220, 3.187, 7.029, 3.388, -2.841, -1.148, -0.768, -2.052, -0.260, -2.098, -0.134,
        0.596, -0.299, -0.258, 0.963, -0.707, -0.402, -0.671, -3.989, -0.089, -3.485, -0.006,
    ]);

    /// <summary>The weights; a copy.</summary>
    public double[] ToArray() => [.. _values];

    /// <summary>Log odds of a link.</summary>
    /// <param name="features">Its features.</param>
    public double Logit(in LinkFeatures features)
    {
        Span<double> row = stackalloc double[Count];
        Expand(features, row);
        double logit = 0;
        for (int n = 0; n < Count; n++)
            logit += row[n] * _values[n];
        return logit;
    }

    /// <summary>Probability of a link.</summary>
    /// <param name="features">Its features.</param>
    public float Probability(in LinkFeatures features) => (float)(1 / (1 + Math.Exp(-Logit(features))));

    /// <summary>Fits weights to links known to be true or false, for example a user's corrections.</summary>
    /// <param name="links">Features and truth; borrowed.</param>
    /// <param name="ridge">Pull towards 0 (towards <paramref name="start"/> where given), above 0.</param>
    /// <param name="start">Weights that hold where the links say nothing; null for 0.</param>
    public static LinkWeights Fit(IReadOnlyList<(LinkFeatures Features, bool IsTrue)> links, double ridge = 1, LinkWeights? start = null)
    {
        double[][] rows = new double[links.Count][];
        bool[] truth = new bool[links.Count];
        for (int n = 0; n < rows.Length; n++)
        {
            rows[n] = new double[Count];
            Expand(links[n].Features, rows[n]);
            truth[n] = links[n].IsTrue;
        }
        return new LinkWeights(LogisticRegression.Fit(rows, truth, ridge, start?._values ?? new double[Count]));
    }

    private static void Expand(in LinkFeatures features, Span<double> row)
    {
        const int half = LinkFeatures.Count + 2;
        Span<double> values = stackalloc double[LinkFeatures.Count];
        features.CopyTo(values);
        double fast = features.Motion, still = 1 - fast;
        (row[0], row[half]) = (still, fast);
        for (int n = 0; n < values.Length; n++)
        {
            row[1 + n] = still * values[n];
            row[half + 1 + n] = fast * values[n];
        }
        double stray = Stray(features);
        (row[half - 1], row[2 * half - 1]) = (still * stray, fast * stray);
    }

    /// <summary>The squared distance over the spread that the movie's cells have, at most 25.</summary>
    internal static double Stray(in LinkFeatures features)
    {
        double spreads = features.Distance / (LeastSpread + SpreadOfFast * features.Motion);
        return Math.Min(MostStray, spreads * spreads);
    }
}
