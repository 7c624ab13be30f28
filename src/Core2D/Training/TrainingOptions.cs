using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Training;

/// <summary>What steers a training; defaults are the paper's recipe.</summary>
public sealed record TrainingOptions
{
    /// <summary>Number of epochs; the paper has 500.</summary>
    public int Epochs { get; init; } = 500;

    /// <summary>How weights follow their gradient.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>Full learning rate: 0.2 with <see cref="OptimizerKind.Sgd"/>; the reference takes 0.005 with <see cref="OptimizerKind.AdamW"/>.</summary>
    public double LearningRate { get; init; } = 0.2;

    /// <summary>How the learning rate changes over the epochs.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Stepped;

    /// <summary>Pull of every weight towards 0; the paper has 1e-5.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>Share of the last direction kept by <see cref="OptimizerKind.Sgd"/>; the paper has 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Crops per step; the paper has 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Images drawn per epoch; null draws as many as the training set has.</summary>
    public int? ImagesPerEpoch { get; init; }

    /// <summary>How crops are made from images.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Width of the shallowest level when no weights are given to start from; the paper has 32.</summary>
    public int BaseWidth { get; init; } = 32;

    /// <summary>Diameter in pixels that cells are brought to: 30, and 17 for the nuclei model; null keeps that of the weights given, else 30.</summary>
    public double? DiamMean { get; init; }

    /// <summary>Decides the initial weights, the order of images, and every crop.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where the network is trained: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Compute convolutions in bfloat16; weights, statistics and the loss stay float32. Faster on CUDA, and on CPUs with bfloat16 instructions (1.7 times on Zen 4).</summary>
    /// <remarks>bfloat16 has the range of float32, so that the loss needs no scaling, which float16 would.</remarks>
    public bool MixedPrecision { get; init; }

    /// <summary>Lay activations out with channels innermost; default true. It never changes a shape, only the speed and the order of sums.</summary>
    /// <remarks>
    /// On the CPU that spares oneDNN two reorders per convolution (a step of base 16 on 112 pixels took 10-20 % less time), and on CUDA it is
    /// what tensor cores want. Off gives the reference's losses to the last digit; on, a value that lies on a ReLU's kink may fall to its other side.
    /// </remarks>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>Score the validation set after every so many epochs, and after the last; the reference does every 10.</summary>
    public int ValidateEvery { get; init; } = 10;

    /// <summary>Stop when so many scorings in a row brought no better score; 0, the default, never does.</summary>
    public int Patience { get; init; }

    /// <summary>Also keep a checkpoint after every so many steps within an epoch; 0, the default, only after epochs.</summary>
    public int CheckpointEverySteps { get; init; }

    /// <summary>Threads that make batches; 0 takes 1 on the CPU, which then has the network to run, and up to 12 beside CUDA. Batches do not depend on it.</summary>
    public int LoaderThreads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        RequireAtLeast(Epochs, 1, nameof(Epochs));
        RequireAtLeast(BatchSize, 1, nameof(BatchSize));
        RequireAtLeast(ImagesPerEpoch ?? 1, 1, nameof(ImagesPerEpoch));
        RequireAtLeast(BaseWidth, 1, nameof(BaseWidth));
        RequireAtLeast(ValidateEvery, 1, nameof(ValidateEvery));
        RequireAtLeast(Patience, 0, nameof(Patience));
        RequireAtLeast(CheckpointEverySteps, 0, nameof(CheckpointEverySteps));
        RequireAtLeast(LoaderThreads, 0, nameof(LoaderThreads));
        Require(LearningRate > 0 && double.IsFinite(LearningRate), LearningRate, "positive", nameof(LearningRate));
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), WeightDecay, "0 or positive", nameof(WeightDecay));
        Require(Momentum is >= 0 and < 1, Momentum, "in [0, 1)", nameof(Momentum));
        Require(DiamMean is null or (> 0 and < double.PositiveInfinity), DiamMean ?? 0, "positive", nameof(DiamMean));
        Augmentation.Validate();
        int multiple = NetArchitecture.FromBase(BaseWidth).SizeMultiple;
        if (Augmentation.Crop % multiple != 0)
            throw new ArgumentOutOfRangeException(nameof(Augmentation), $"the crop must be a multiple of {multiple}, which the network halves evenly; got {Augmentation.Crop}.");
    }

    /// <summary>The learning rate of every epoch.</summary>
    public LearningRateSchedule MakeSchedule() => Schedule == ScheduleKind.Stepped
        ? LearningRateSchedule.Stepped(LearningRate, Epochs)
        : LearningRateSchedule.Cosine(LearningRate, Epochs);

    private static void RequireAtLeast(int value, int least, string name)
    {
        if (value < least)
            throw new ArgumentOutOfRangeException(name, $"{name} must be at least {least}; got {value}.");
    }

    private static void Require(bool condition, double value, string range, string name)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, $"{name} must be {range}; got {value}.");
    }
}
