namespace Cellpose3D.Tracking.Linking;

/// <summary>How features of a division make its odds: logistic.</summary>
public sealed class DivisionWeights
{
    private readonly double[] _values;

    /// <summary>Takes weights.</summary>
    /// <param name="values">[<see cref="DivisionFeatures.WeightCount"/>]: bias, then weights; copied.</param>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public DivisionWeights(ReadOnlySpan<double> values)
    {
        if (values.Length != DivisionFeatures.WeightCount)
            throw new ArgumentException($"{DivisionFeatures.WeightCount} weights are needed; got {values.Length}.", nameof(values));
        _values = values.ToArray();
    }

    /// <summary>Weights fitted to the same synthetic movies as <see cref="LinkWeights.Default"/>.</summary>
    public static DivisionWeights Default { get; } = new([-2.906, -0.320, -1.935, -0.733, -1.665, 0.289, -0.261]);

    /// <summary>The weights; a copy.</summary>
    public double[] ToArray() => [.. _values];

    /// <summary>Log odds of a division.</summary>
    /// <param name="features">Its features.</param>
    public double Logit(in DivisionFeatures features)
    {
        Span<double> row = stackalloc double[DivisionFeatures.WeightCount];
        features.CopyTo(row);
        double logit = 0;
        for (int n = 0; n < row.Length; n++)
            logit += row[n] * _values[n];
        return logit;
    }

    /// <summary>Fits weights to divisions known to be true or false.</summary>
    /// <param name="divisions">Features and truth; borrowed.</param>
    /// <param name="ridge">Pull towards 0, above 0.</param>
    public static DivisionWeights Fit(IReadOnlyList<(DivisionFeatures Features, bool IsTrue)> divisions, double ridge = 1)
    {
        double[][] rows = new double[divisions.Count][];
        for (int n = 0; n < rows.Length; n++)
        {
            rows[n] = new double[DivisionFeatures.WeightCount];
            divisions[n].Features.CopyTo(rows[n]);
        }
        return new DivisionWeights(LogisticRegression.Fit(rows, [.. divisions.Select(d => d.IsTrue)], ridge, new double[DivisionFeatures.WeightCount]));
    }
}
