namespace Cellpose3D.Tracking.Linking;

/// <summary>Logistic regression with a ridge, by Newton's method.</summary>
internal static class LogisticRegression
{
    /// <summary>Fits weights.</summary>
    /// <param name="rows">Values of each example; a constant is a column like any other; borrowed.</param>
    /// <param name="truth">What each example is; borrowed.</param>
    /// <param name="ridge">Strength of the pull towards <paramref name="start"/>, above 0.</param>
    /// <param name="start">Where the search starts and what the ridge pulls to; borrowed.</param>
    /// <returns>The weights; owned by the caller.</returns>
    public static double[] Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> truth, double ridge, IReadOnlyList<double> start)
    {
        if (!(ridge > 0))
            throw new ArgumentOutOfRangeException(nameof(ridge), ridge, $"ridge must be above 0; got {ridge}.");
        int count = start.Count;
        double[] weights = [.. start];
        for (int round = 0; round < 100; round++)
        {
            double[] gradient = new double[count];
            double[,] hessian = new double[count, count];
            for (int i = 0; i < count; i++)
            {
                gradient[i] = ridge * (weights[i] - start[i]);
                hessian[i, i] = ridge;
            }
            for (int n = 0; n < rows.Count; n++)
            {
                double[] row = rows[n];
                double logit = 0;
                for (int i = 0; i < count; i++)
                    logit += row[i] * weights[i];
                double p = 1 / (1 + Math.Exp(-logit)), error = p - (truth[n] ? 1 : 0), curve = p * (1 - p);
                for (int i = 0; i < count; i++)
                {
                    gradient[i] += error * row[i];
                    for (int j = 0; j <= i; j++)
                        hessian[i, j] += curve * row[i] * row[j];
                }
            }
            double[] step = SolveSymmetric(hessian, gradient);
            double largest = step.Max(Math.Abs), damp = largest > 4 ? 4 / largest : 1;
            for (int i = 0; i < count; i++)
                weights[i] -= damp * step[i];
            if (largest < 1e-9)
                break;
        }
        return weights;
    }

    /// <summary>Solves a positive definite system by Cholesky's decomposition; the lower triangle is read and overwritten.</summary>
    private static double[] SolveSymmetric(double[,] a, double[] b)
    {
        int n = b.Length;
        double[] x = [.. b];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[i, j];
                for (int k = 0; k < j; k++)
                    sum -= a[i, k] * a[j, k];
                a[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-300)) : sum / a[j, j];
            }
        }
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
                x[i] -= a[i, k] * x[k];
            x[i] /= a[i, i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
                x[i] -= a[k, i] * x[k];
            x[i] /= a[i, i];
        }
        return x;
    }
}
