using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using TorchSharp;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingSet Images = TrainingImages.Set(5);

    static TrainerTests() => LibTorch.EnsureLoaded();

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Train_CancelledAtARandomStepAndResumed_EndsWithTheSameWeights(OptimizerKind kind)
    {
        const int LastStep = 12;
        TrainingOptions options = TrainingImages.Tiny with { Optimizer = kind };
        int at = new Random(Environment.TickCount).Next(1, LastStep);
        StateDict? checkpoint = null;
        using var cancel = new CancellationTokenSource();
        TrainingSet set = Counted(cancel.Cancel, at);

        Assert.Throws<OperationCanceledException>(() => Trainer.Train(
            set, options, new TrainingRun { Validation = Images, SaveLast = c => checkpoint = c }, null, cancel.Token));
        TrainingResult resumed = Trainer.Train(set, options, new TrainingRun { Validation = Images, Resume = checkpoint });

        TrainingResult whole = Trainer.Train(set, options, new TrainingRun { Validation = Images });
        SameWeights(whole.Weights, resumed.Weights, $"cancelled near step {at}");
        Assert.Equal(whole.History.Select(Timeless), resumed.History.Select(Timeless));
        Assert.Equal(whole.BestEpoch, resumed.BestEpoch);
    }

    [Fact]
    public void Train_EveryCheckpoint_LeadsToTheSameWeights()
    {
        var checkpoints = new List<StateDict>();
        TrainingOptions options = TrainingImages.Tiny with { Epochs = 2, CheckpointEverySteps = 1 };
        TrainingResult whole = Trainer.Train(Images, options, new TrainingRun { SaveLast = checkpoints.Add });

        foreach (StateDict checkpoint in checkpoints)
            SameWeights(whole.Weights, Trainer.Train(Images, options, new TrainingRun { Resume = checkpoint }).Weights, checkpoint.Metadata["training.step"]);

        Assert.Equal(6, checkpoints.Count);
    }

    [Fact]
    public void Train_AnyLoaderCount_GivesTheSameWeights()
    {
        TrainingResult one = Trainer.Train(Images, TrainingImages.Tiny with { LoaderThreads = 1 });

        TrainingResult many = Trainer.Train(Images, TrainingImages.Tiny with { LoaderThreads = 4 });

        SameWeights(one.Weights, many.Weights, "loaders");
    }

    [Fact]
    public void Train_AnotherSeed_GivesOtherWeights()
    {
        TrainingResult one = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 });

        TrainingResult other = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1, Seed = 12 });

        Assert.NotEqual(one.Weights.Find("output.2.weight")!.Bytes, other.Weights.Find("output.2.weight")!.Bytes);
    }

    [Fact]
    public void Train_Longer_LowersTheLoss()
    {
        TrainingResult result = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 30, BaseWidth = 4, Optimizer = OptimizerKind.AdamW, LearningRate = 0.005 });

        Assert.Equal(30, result.History.Count);
        Assert.True(result.History[^1].Loss < 0.75 * result.History[0].Loss, string.Join(" ", result.History.Select(r => r.Loss)));
        Assert.Equal(Images.MeanDiameter, result.Weights.Find("diam_labels")!.ToFloats()[0], 1e-5);
        Assert.Equal(9, result.Weights.Find("diam_mean")!.ToFloats()[0]);
    }

    [Fact]
    public void Train_FromWeights_StartsFromThem()
    {
        StateDict init = Trainer.Train(Images, TrainingImages.Tiny with { BaseWidth = 3 }).Weights;

        // the first epoch of the reference's schedule has rate 0: weights stay, statistics move
        TrainingResult result = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1, DiamMean = null, Schedule = ScheduleKind.Stepped }, new TrainingRun { Init = init });

        Assert.Equal(init.Find("output.2.weight")!.Bytes, result.Weights.Find("output.2.weight")!.Bytes);
        Assert.NotEqual(init.Find("output.0.running_mean")!.Bytes, result.Weights.Find("output.0.running_mean")!.Bytes);
        Assert.Equal(9, result.Weights.Find("diam_mean")!.ToFloats()[0]);
    }

    [Fact]
    public void Train_Scored_KeepsTheBestAndStopsEarly()
    {
        double[] scores = [0.3, 0.7, double.NaN, 0.6, 0.5, 0.9];
        int scored = 0;
        var best = new List<StateDict>();
        var reports = new List<TrainingProgress>();
        TrainingOptions options = TrainingImages.Tiny with { Epochs = 20, ValidateEvery = 1, Patience = 3 };

        TrainingResult result = Trainer.Train(
            Images, options, new TrainingRun { Score = (_, _) => scores[scored++], SaveBest = best.Add, Validation = Images }, new Reports(reports.Add));

        Assert.True(result.StoppedEarly);
        Assert.Equal(5, result.History.Count);
        Assert.Equal(1, result.BestEpoch);
        Assert.Equal(0.7, result.BestScore);
        Assert.Equal(2, best.Count);
        Assert.All(result.History, r => Assert.NotNull(r.ValidationLoss));
        Assert.Equal(result.History, reports.Where(r => r.Completed is not null).Select(r => r.Completed));
        Assert.All(reports, r => Assert.True(r.Remaining >= TimeSpan.Zero && r.Fraction is >= 0 and <= 1));
    }

    [Fact]
    public void Train_ResumeWithOtherOptions_SaysWhichDiffers()
    {
        StateDict? checkpoint = null;
        Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 }, new TrainingRun { SaveLast = c => checkpoint = c });

        var e = Assert.Throws<ArgumentException>(() => Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1, BatchSize = 3 }, new TrainingRun { Resume = checkpoint }));

        Assert.Contains("'BatchSize = 2' there, 'BatchSize = 3' here", e.Message);
    }

    [Fact]
    public void Train_ResumeFromPlainWeights_SaysSo()
    {
        StateDict weights = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 }).Weights;

        Assert.Contains("no training checkpoint", Assert.Throws<InvalidDataException>(() => Trainer.Train(Images, TrainingImages.Tiny, new TrainingRun { Resume = weights })).Message);
    }

    [Fact]
    public void Train_RateTooHigh_SaysTheLossIsNoNumber()
    {
        int saved = 0;
        TrainingOptions options = TrainingImages.Tiny with { LearningRate = 1e30 };

        var e = Assert.Throws<ArithmeticException>(() => Trainer.Train(Images, options, new TrainingRun { SaveLast = _ => saved++ }));

        Assert.Contains("lower the learning rate", e.Message);
        Assert.Equal(0, saved);
    }

    [Fact]
    public void Train_SuccessCancelAndThrow_LeaveNoTensorBehind()
    {
        Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 }, new TrainingRun { Validation = Images });
        long afterSuccess = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(Counted(cancel.Cancel, 3), TrainingImages.Tiny, null, null, cancel.Token));
        long afterCancel = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Assert.Throws<InvalidDataException>(() => Trainer.Train(Images, TrainingImages.Tiny, new TrainingRun { Validation = Images, Score = (_, _) => throw new InvalidDataException() }));
        Assert.Throws<InvalidDataException>(() => Trainer.Train(Images, TrainingImages.Tiny, new TrainingRun { Resume = new StateDict([], new Dictionary<string, string>()) }));

        Assert.Equal(before, afterSuccess);
        Assert.Equal(before, afterCancel);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ValidationScorer_TrainedLittle_ScoresInRangeAndFreesItsTensors()
    {
        var scorer = new ValidationScorer([TrainingImages.Make(60), new LabelledImage("empty", new NdArray<float>(1, 20, 20), new NdArray<int>(20, 20))], "cpu");
        StateDict weights = Trainer.Train(Images, TrainingImages.Tiny with { Epochs = 1 }).Weights;
        scorer.Score(weights, default);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        double score = scorer.Score(weights, default);

        Assert.InRange(score, 0, 1);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Throws<ArgumentException>(() => new ValidationScorer([], "cpu"));
    }

    [Theory]
    [InlineData("crop")]
    [InlineData("epochs")]
    [InlineData("rate")]
    public void Validate_WrongOption_NamesValue(string which)
    {
        TrainingOptions options = which switch
        {
            "crop" => new TrainingOptions { Augmentation = new AugmentationOptions { Crop = 100 } },
            "epochs" => new TrainingOptions { Epochs = 0 },
            _ => new TrainingOptions { LearningRate = double.NaN },
        };

        Assert.Contains("got", Assert.Throws<ArgumentOutOfRangeException>(options.Validate).Message);
    }

    [Fact]
    public void EpochRecord_Csv_ReadsBackEqual()
    {
        var record = new EpochRecord(3, 1.0 / 3, null, 0.1, 0.2, 12.5);

        Assert.Equal(record, EpochRecord.FromCsv(record.ToCsv()));
        Assert.Equal("3,0.3333333333333333,,0.1,0.2,12.5", record.ToCsv());
        Assert.Throws<InvalidDataException>(() => EpochRecord.FromCsv("1,x,,,0,0"));
    }

    internal static void SameWeights(StateDict expected, StateDict actual, string because)
    {
        Assert.Equal(expected.Tensors.Select(t => t.Name), actual.Tensors.Select(t => t.Name));
        Assert.All(expected.Tensors.Zip(actual.Tensors), pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes), $"{pair.First.Name} differs ({because})"));
    }

    /// <summary>A set of generated images that calls <paramref name="action"/> once, when it is asked for a batch of about that step.</summary>
    private static TrainingSet Counted(Action action, int step)
    {
        const int ProbedWhilePreparing = 16;
        int calls = 0;
        return TrainingSet.Prepare([], [new GeneratedImages("made", seed =>
        {
            if (Interlocked.Increment(ref calls) == ProbedWhilePreparing + 2 * step)
                action();
            return TrainingImages.Make((int)(seed % 50));
        }, 6)]);
    }

    private static EpochRecord Timeless(EpochRecord record) => record with { Seconds = 0 };

    private sealed class Reports(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
