using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class TrainingStepTests
{
    // The reference's own losses lie within 2e-7 of a float64 run of the same steps, its gradients within 5e-6.
    private const double LossTolerance = 1e-6, MapTolerance = 1e-5, GradientTolerance = 1e-5, GradientNoise = 5e-6, WeightTolerance = 1e-4;

    // Only the reference's layout sums in the reference's order: with another one, a single ReLU that flips by rounding moves this tiny net by 1e-3.
    private static readonly TrainingOptions Sgd = new() { Optimizer = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 1e-5, Momentum = 0.9, ChannelsLast = false };
    private static readonly TrainingOptions Adam = new() { Optimizer = OptimizerKind.AdamW, LearningRate = 0.005, WeightDecay = 1e-5, ChannelsLast = false };

    private readonly NdArray<float> _input = Golden.Load<float>("train_step", "input");
    private readonly NdArray<float> _targets = Golden.Load<float>("train_step", "lbl");

    static TrainingStepTests() => LibTorch.EnsureLoaded();

    [Fact]
    public void Forward_TrainMode_MatchesReference()
    {
        using CellposeNet net = TrainStepGolden.MakeNet();
        using DisposeScope scope = NewDisposeScope();
        net.train();

        Tensor maps = net.forward(TensorInterop.ToTensor(_input, CPU)).Maps;

        Parity.Close(Golden.Load<float>("train_step", "y_train_mode"), TensorInterop.ToArray(maps), MapTolerance);
    }

    [Fact]
    public void Gradient_FirstStep_MatchesReference()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);
        using DisposeScope scope = NewDisposeScope();
        (Tensor maps, _) = step.Net.forward(TensorInterop.ToTensor(_input, CPU));

        float[] gradient = TensorInterop.ToArray(step.Weights.Gradient(TrainingLoss.Compute(maps, TensorInterop.ToTensor(_targets, CPU)))).Data;

        Dictionary<string, float[]> expected = TrainStepGolden.Tensors("grad");
        int start = 0;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in step.Net.named_parameters().Where(p => p.parameter.requires_grad))
        {
            Parity.Close<float>(expected[name], gradient.AsSpan(start, (int)parameter.numel()), GradientTolerance);
            start += (int)parameter.numel();
        }
        Assert.Equal(gradient.Length, start);
        Assert.Equal(expected.Count, step.Net.parameters().Count(p => p.requires_grad));
    }

    [Fact]
    public void Run_SgdThreeSteps_MatchesReference()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);

        float[] losses = Losses(step, 3, Sgd.LearningRate);

        CheckLosses("losses_sgd", losses);
        CheckWeights("sgd3", step.Net);
    }

    [Fact]
    public void Run_MixedPrecision_LosesOnlyBfloat16sDigits()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd with { MixedPrecision = true }, CPU);
        using var exact = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);

        float mixed = Losses(step, 1, Sgd.LearningRate)[0], whole = Losses(exact, 1, Sgd.LearningRate)[0];

        Assert.NotEqual(whole, mixed);                                      // it did compute in bfloat16
        Assert.InRange(mixed, whole * (1 - 1 / 64f), whole * (1 + 1 / 64f));    // of 8 significant bits, summed over many values
    }

    [Fact]
    public void Run_AdamW_MatchesReference()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Adam, CPU);
        using var twin = new TrainingStep(TrainStepGolden.MakeNet(), Adam, CPU);        // goes the same way, and tells the gradients on it
        var gradients = new List<Dictionary<string, float[]>> { Gradients(twin) };

        float[] first = Losses(step, 1, Adam.LearningRate);
        CheckAdamWeights("adamw1", step.Net, gradients);
        for (int i = 0; i < 2; i++)
        {
            Losses(twin, 1, Adam.LearningRate);
            gradients.Add(Gradients(twin));
        }
        float[] rest = Losses(step, 2, Adam.LearningRate);

        CheckLosses("losses_adamw", [.. first, .. rest]);
        CheckAdamWeights("adamw3", step.Net, gradients);
    }

    [Fact]
    public void Run_RateZero_MovesOnlyStatistics()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);
        float[] before = TensorInterop.ToArray(step.Weights.Vector).Data;
        float[] mean = NetWeights.FromNet(step.Net).Find("output.0.running_mean")!.ToFloats();

        Losses(step, 1, 0);

        Assert.Equal(before, TensorInterop.ToArray(step.Weights.Vector).Data);
        Assert.NotEqual(mean, NetWeights.FromNet(step.Net).Find("output.0.running_mean")!.ToFloats());
    }

    [Fact]
    public void Evaluate_AnyBatch_ChangesNothing()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);
        StateDict before = NetWeights.FromNet(step.Net);

        double loss = step.Evaluate(_input, _targets);

        Assert.True(double.IsFinite(loss));
        Assert.True(step.Net.training);
        StateDict after = NetWeights.FromNet(step.Net);
        Assert.All(before.Tensors.Zip(after.Tensors), pair => Assert.Equal(pair.First.Bytes, pair.Second.Bytes));
    }

    [Fact]
    public void Run_Repeated_LeavesNoTensorBehind()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Adam, CPU);
        Losses(step, 1, Adam.LearningRate);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Losses(step, 2, Adam.LearningRate);
        step.Evaluate(_input, _targets);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Run_ChannelsLast_HasTheSameGradient()
    {
        using var plain = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);
        using var innermost = new TrainingStep(TrainStepGolden.MakeNet(), Sgd with { ChannelsLast = true }, CPU);

        Losses(plain, 1, 1);
        Losses(innermost, 1, 1);

        Parity.Close(TensorInterop.ToArray(plain.Weights.Vector), TensorInterop.ToArray(innermost.Weights.Vector), GradientTolerance);
    }

    [Fact]
    public void Run_WrongTargets_LeavesNoTensorBehind()
    {
        using var step = new TrainingStep(TrainStepGolden.MakeNet(), Sgd, CPU);
        Losses(step, 1, 0);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Throws<ArgumentException>(() => step.Run(_input, new NdArray<float>(3, 3, 16, 16), 0.1));
        Assert.ThrowsAny<Exception>(() => step.Run(new NdArray<float>(3, 5, 32, 32), _targets, 0.1));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Dispose_AfterSteps_FreesEverything()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (NewDisposeScope())       // TorchSharp's convolutions leave one tensor of their making to the scope around them
        using (var step = new TrainingStep(TrainStepGolden.MakeNet(), Adam, CPU))
            Losses(step, 2, Adam.LearningRate);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AutocastScope_Cpu_ConvolvesInBFloat16UntilDisposed()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor image = ones(1, 2, 8, 8), kernel = ones(3, 2, 3, 3);

        ScalarType inside;
        using (new AutocastScope(DeviceType.CPU))
            inside = nn.functional.conv2d(image, kernel).dtype;
        ScalarType outside = nn.functional.conv2d(image, kernel).dtype;

        Assert.Equal(ScalarType.BFloat16, inside);
        Assert.Equal(ScalarType.Float32, outside);
    }

    private float[] Losses(TrainingStep step, int count, double rate)
    {
        float[] losses = new float[count];
        for (int i = 0; i < count; i++)
        {
            using Tensor loss = step.Run(_input, _targets, rate);
            losses[i] = loss.item<float>();
        }
        return losses;
    }

    private static void CheckLosses(string name, float[] losses) =>
        Parity.Close<float>(Golden.Load<float>("train_step", name).Span, losses, LossTolerance);

    private Dictionary<string, float[]> Gradients(TrainingStep step)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor maps, _) = step.Net.forward(TensorInterop.ToTensor(_input, CPU));
        float[] all = TensorInterop.ToArray(step.Weights.Gradient(TrainingLoss.Compute(maps, TensorInterop.ToTensor(_targets, CPU)))).Data;
        var gradients = new Dictionary<string, float[]>();
        int start = 0;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in step.Net.named_parameters().Where(p => p.parameter.requires_grad))
        {
            gradients[name] = all[start..(start + (int)parameter.numel())];
            start += (int)parameter.numel();
        }
        return gradients;
    }

    private static void CheckWeights(string kind, CellposeNet net)
    {
        Dictionary<string, float[]> expected = TrainStepGolden.Tensors(kind);
        StateDict actual = NetWeights.FromNet(net);
        Assert.Equal(expected.Count, actual.Tensors.Count);
        Parity.Close<float>([.. actual.Tensors.SelectMany(t => expected[t.Name])], [.. actual.Tensors.SelectMany(t => t.ToFloats())], WeightTolerance);
    }

    // Adam divides its step t by the root of the mean square of the gradients so far, which is at least their largest / sqrt(t). So
    // gradients known to GradientNoise move a weight by rate * sqrt(t) * GradientNoise / largest, and by two steps at most, where they are
    // all rounding: so it is for biases that a batch norm takes away again. The running mean behind such biases follows each of them.
    private static void CheckAdamWeights(string kind, CellposeNet net, List<Dictionary<string, float[]>> gradients)
    {
        const double StatisticsMomentum = 0.05;
        Dictionary<string, float[]> expected = TrainStepGolden.Tensors(kind);
        StateDict actual = NetWeights.FromNet(net);
        Assert.Equal(expected.Count, actual.Tensors.Count);
        int tight = 0, all = 0;
        foreach (WeightTensor tensor in actual.Tensors)
        {
            float[] values = tensor.ToFloats();
            for (int n = 0; n < values.Length; n++)
            {
                double slack = gradients[0].ContainsKey(tensor.Name)
                    ? Enumerable.Range(1, gradients.Count).Sum(t => Adam.LearningRate * Math.Min(2, Math.Sqrt(t) * GradientNoise / gradients.Take(t).Max(g => Math.Abs(g[tensor.Name][n]))))
                    : tensor.Name.EndsWith("running_mean", StringComparison.Ordinal) ? StatisticsMomentum * BiasesBefore(tensor.Name) * gradients.Count * (gradients.Count - 1) * Adam.LearningRate
                    : 0;
                Assert.True(
                    Math.Abs(values[n] - expected[tensor.Name][n]) <= WeightTolerance + slack,
                    $"{kind} {tensor.Name}[{n}]: {values[n]}, expected {expected[tensor.Name][n]} within {WeightTolerance + slack}");
                tight += slack < WeightTolerance ? 1 : 0;
                all++;
            }
        }
        Assert.True(tight > 0.7 * all, $"only {tight} of {all} values are held to less than twice the tolerance");
    }

    // What a batch norm sees is a sum of outputs of convolutions, each with a bias of its own: those of both residual blocks and the
    // projection, on the way up also of the skip connection and of the style's layer.
    private static int BiasesBefore(string name)
    {
        const int Level = 3;                                                      // proj, conv_1 and conv_3
        bool isUp = name.StartsWith("upsample", StringComparison.Ordinal);
        return name switch
        {
            _ when name.Contains("res_down_0.proj", StringComparison.Ordinal) || name.Contains("res_down_0.conv.conv_0", StringComparison.Ordinal) => 0,
            _ when name.Contains("proj", StringComparison.Ordinal) || name.Contains("conv_0", StringComparison.Ordinal) || name.StartsWith("output", StringComparison.Ordinal) => Level,
            _ when name.Contains("conv_1", StringComparison.Ordinal) => isUp ? 2 + Level : 1,
            _ when name.Contains("conv_2", StringComparison.Ordinal) => isUp ? 3 : 2,
            _ when name.Contains("conv_3", StringComparison.Ordinal) => isUp ? 2 : 1,
            _ => throw new ArgumentException($"'{name}' is no running mean of this network.", nameof(name)),
        };
    }
}
