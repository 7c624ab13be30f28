namespace Cellpose3D.Core2D.Training;

/// <summary>Least squares with a pull of the weights towards 0.</summary>
/// <param name="Weights">float64 [S].</param>
/// <param name="Mean">float64 [S], of the inputs.</param>
/// <param name="Offset">Mean of the outputs.</param>
internal sealed record RidgeRegression(double[] Weights, double[] Mean, double Offset)
{
    private const int Folds = 5;
    private static readonly double[] Strengths = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];

    /// <summary>Fits all inputs.</summary>
    /// <param name="inputs">float32 [N] of [S]; borrowed.</param>
    /// <param name="outputs">float64 [N]; borrowed.</param>
    /// <param name="ridge">Strength of the pull, positive.</param>
    public static RidgeRegression Fit(IReadOnlyList<float[]> inputs, double[] outputs, double ridge) =>
        new Equations(inputs, outputs, _ => true).Solve(ridge);

    /// <summary>The strength that tells a fifth of the inputs best from the other four, each fifth in turn.</summary>
    /// <param name="inputs">float32 [N] of [S]; borrowed.</param>
    /// <param name="outputs">float64 [N]; borrowed.</param>
    /// <returns>The stronger of two that are as good; 1, the reference's, where there are too few inputs to try.</returns>
    public static double Choose(IReadOnlyList<float[]> inputs, double[] outputs)
    {
        if (inputs.Count < 2 * Folds)
            return 1;
        double[] errors = new double[Strengths.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            int held = fold;
            var equations = new Equations(inputs, outputs, n => n % Folds != held);
            for (int i = 0; i < Strengths.Length; i++)
            {
                RidgeRegression fit = equations.Solve(Strengths[i]);
                for (int n = fold; n < inputs.Count; n += Folds)
                    errors[i] += Math.Pow(fit.Predict(inputs[n]) - outputs[n], 2);
            }
        }
        return Strengths[Array.IndexOf(errors, errors.Min())];
    }

    private double Predict(float[] input)
    {
        double sum = Offset;
        for (int s = 0; s < input.Length; s++)
            sum += Weights[s] * (input[s] - Mean[s]);
        return sum;
    }

    /// <summary>The normal equations of some of the inputs; only the lower triangle of the matrix is filled.</summary>
    private sealed class Equations
    {
        private readonly double[] _matrix, _right, _mean;
        private readonly double _offset;

        public Equations(IReadOnlyList<float[]> inputs, double[] outputs, Func<int, bool> taken)
        {
            int[] chosen = [.. Enumerable.Range(0, inputs.Count).Where(taken)];
            int length = inputs[0].Length;
            (_matrix, _right) = (new double[length * length], new double[length]);
            _mean = [.. Enumerable.Range(0, length).Select(s => chosen.Average(n => (double)inputs[n][s]))];
            _offset = chosen.Average(n => outputs[n]);
            double[] centred = new double[length];
            foreach (int n in chosen)
            {
                for (int s = 0; s < length; s++)
                    centred[s] = inputs[n][s] - _mean[s];
                for (int s = 0; s < length; s++)
                {
                    _right[s] += centred[s] * (outputs[n] - _offset);
                    for (int t = 0; t <= s; t++)
                        _matrix[s * length + t] += centred[s] * centred[t];
                }
            }
        }

        public RidgeRegression Solve(double ridge)
        {
            double[] matrix = (double[])_matrix.Clone(), right = (double[])_right.Clone();
            for (int s = 0; s < right.Length; s++)
                matrix[s * right.Length + s] += ridge;
            SolveByCholesky(matrix, right);
            return new RidgeRegression(right, _mean, _offset);
        }

        // symmetric positive definite, in place
        private static void SolveByCholesky(double[] matrix, double[] right)
        {
            int n = right.Length;
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    double sum = matrix[i * n + j];
                    for (int k = 0; k < j; k++)
                        sum -= matrix[i * n + k] * matrix[j * n + k];
                    matrix[i * n + j] = i == j ? Math.Sqrt(sum) : sum / matrix[j * n + j];
                }
            }
            for (int i = 0; i < n; i++)
            {
                for (int k = 0; k < i; k++)
                    right[i] -= matrix[i * n + k] * right[k];
                right[i] /= matrix[i * n + i];
            }
            for (int i = n - 1; i >= 0; i--)
            {
                for (int k = i + 1; k < n; k++)
                    right[i] -= matrix[k * n + i] * right[k];
                right[i] /= matrix[i * n + i];
            }
        }
    }
}
