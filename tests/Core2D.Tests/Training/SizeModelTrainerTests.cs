using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Tests.Network;
using Cellpose3D.Core2D.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class SizeModelTrainerTests
{
    static SizeModelTrainerTests() => LibTorch.EnsureLoaded();

    [Fact]
    public void Fit_LinearStyles_FindsTheDiameters()
    {
        (List<float[]> styles, List<double> diameters) = Linear(count: 300, length: 8, noise: 0);

        SizeModelFit fit = SizeModelTrainer.Fit(styles, diameters, diamMean: 30, ridge: 1e-6);

        Assert.InRange(fit.Correlation, 0.9999, 1.000001);
        Parity.Close<double>([.. diameters], fit.Predicted, 0.01);
        Assert.Equal(30, fit.Model.DiamMean);
    }

    [Fact]
    public void Fit_AnyRidge_SolvesTheNormalEquations()
    {
        (List<float[]> styles, List<double> diameters) = Linear(count: 40, length: 64, noise: 0.2);
        const double Ridge = 1;

        SizeModelFit fit = SizeModelTrainer.Fit(styles, diameters, 17, Ridge);

        // gradient of |y - A x|^2 + ridge |A|^2, which is 0 at the solution
        double[] residual = [.. diameters.Select((d, n) => Math.Log(d / 17) - fit.Model.LogOffset
            - fit.Model.A.Select((a, s) => a * (styles[n][s] - fit.Model.StyleMean[s])).Sum())];
        for (int s = 0; s < 64; s++)
        {
            double gradient = Ridge * fit.Model.A[s] - styles.Select((style, n) => residual[n] * (style[s] - fit.Model.StyleMean[s])).Sum();
            Assert.Equal(0, gradient, 1e-10);
        }
        Assert.Equal(diameters.Average(d => Math.Log(d / 17)), fit.Model.LogOffset, 1e-12);
    }

    [Theory]
    [InlineData(0, 0.001)]
    [InlineData(30, 10)]
    public void Choose_Noise_DecidesTheStrength(double noise, double expected)
    {
        (List<float[]> styles, List<double> diameters) = Linear(count: 200, length: 24, noise);

        double ridge = RidgeRegression.Choose(styles, [.. diameters.Select(d => Math.Log(d))]);

        Assert.Equal(expected, ridge);
    }

    [Fact]
    public void Choose_TooFewStyles_TakesTheReferences()
    {
        (List<float[]> styles, List<double> diameters) = Linear(count: 9, length: 4, noise: 0);

        Assert.Equal(1, RidgeRegression.Choose(styles, [.. diameters.Select(d => Math.Log(d))]));
    }

    [Fact]
    public void Fit_OneStyle_AnswersItsDiameter()
    {
        SizeModelFit fit = SizeModelTrainer.Fit([[0.6f, 0.8f]], [22], 30);

        Assert.Equal(22, fit.Model.PredictDiameter([0.6f, 0.8f]), 1e-9);
        Assert.True(double.IsNaN(fit.Correlation));
    }

    [Fact]
    public void Fit_NothingOrUnequalCounts_Throws()
    {
        Assert.Throws<ArgumentException>(() => SizeModelTrainer.Fit([], [], 30));
        Assert.Throws<ArgumentException>(() => SizeModelTrainer.Fit([[1f]], [1, 2], 30));
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 4 }, new double[] { 3, 6, 12 }, 1)]
    [InlineData(new double[] { 1, 2, 4 }, new double[] { 4, 2, 1 }, -1)]
    public void Correlation_PowerLaws_AreOne(double[] truth, double[] predicted, double expected) =>
        Assert.Equal(expected, SizeModelTrainer.Correlation(truth, predicted), 1e-12);

    [Fact]
    public void Train_TinyNetwork_TellsSmallFromLargeAndFreesItsTensors()
    {
        using CellposeModel model = MakeModel();
        TrainingSet set = TrainingImages.Set(4);
        var options = new SizeModelOptions { Epochs = 3, Crop = 64 };
        SizeModelTrainer.Train(model, set, options with { Epochs = 1 });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        SizeModelFit fit = SizeModelTrainer.Train(model, set, options), again = SizeModelTrainer.Train(model, set, options);

        Assert.Equal(12, fit.Predicted.Length);
        Assert.Equal(fit.Model.A, again.Model.A);
        Assert.All(fit.Predicted, d => Assert.InRange(d, 5, 50));
        Assert.True(fit.TrueDiameters.Max() > 1.5 * fit.TrueDiameters.Min());
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Train_Looks_AreSharedOutAsWeightsSay()
    {
        using CellposeModel model = MakeModel();
        TrainingSet set = TrainingImages.Set(4);

        SizeModelFit fit = SizeModelTrainer.Train(model, set, new SizeModelOptions { Looks = 7, Crop = 64 });

        Assert.Equal(7, fit.Predicted.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => SizeModelTrainer.Train(model, set, new SizeModelOptions { Looks = 0 }));
    }

    [Fact]
    public void Train_NoCells_Throws()
    {
        using CellposeModel model = MakeModel();
        TrainingSet set = TrainingSet.Prepare([new LabelledImage("empty", new NdArray<float>(1, 9, 9), new NdArray<int>(9, 9))], options: new TrainingSetOptions { MinMasks = 0 });

        Assert.Throws<ArgumentException>(() => SizeModelTrainer.Train(model, set));
    }

    private static CellposeModel MakeModel()
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(4));
        return new CellposeModel([NetWeights.FromNet(net)], new ModelInfo("test", "", 30, 27), CPU);
    }

    private static (List<float[]> Styles, List<double> Diameters) Linear(int count, int length, double noise)
    {
        var random = new Random(4);
        double[] slope = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
        var styles = new List<float[]>();
        var diameters = new List<double>();
        for (int n = 0; n < count; n++)
        {
            float[] style = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.3))];
            float norm = MathF.Sqrt(style.Sum(v => v * v));
            styles.Add([.. style.Select(v => v / norm)]);
            diameters.Add(Math.Exp(3.2 + styles[^1].Select((v, s) => v * slope[s]).Sum() + noise * (random.NextDouble() - 0.5)));
        }
        return (styles, diameters);
    }
}
