using Cellpose3D.Core2D.Network;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;
using TorchSharp;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class TemporalTrainerTests
{
    private static readonly TemporalTrainingOptions Tiny = new()
    {
        Steps = 6,
        Frames = 3,
        Crop = 64,
        Pool = 2,
        StepsPerMovie = 4,
        StepsPerRow = 4,
        WarmUp = 2,
        ValidationClips = 2,
    };

    [Fact]
    public void Train_OneTinyMovie_IsLearntByHeart()
    {
        using TemporalModel model = TinyEncoder.Model();
        ClipOptions plain = new() { Skips = [(1, 1)], ScaleRange = 0, Drift = 0, DriftError = 0, MissingShare = 0, ErodedShare = 0, BlindShare = 0, Intensity = new() };
        TemporalTrainingOptions options = Tiny with { Steps = 150, Crop = 96, Pool = 1, StepsPerMovie = 1000, StepsPerRow = 50, ValidationClips = 0, LearningRate = 0.004, Clips = plain };
        TemporalMovie movie = JumpingCells.Make(3, frames: 3);
        using var trainer = new TemporalTrainer(model, _ => movie, null, options);

        trainer.Train();

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', trainer.History.Select(r => r.ToCsv())));
        Assert.InRange(trainer.History[^1].Accuracy, 0.95, 1);
        Assert.True(trainer.History[^1].Flow < trainer.History[0].Flow - 0.5);
        Assert.True(trainer.History[^1].Matching < 0.3 * trainer.History[0].Matching);
    }

    [Fact]
    public void Train_CancelledAndResumed_EndsWithTheSameBits()
    {
        StateDict? checkpoint = null;
        using (TemporalModel model = TinyEncoder.Model())
        {
            using var cancel = new CancellationTokenSource();
            using var trainer = new TemporalTrainer(model, Movie, Movie, Tiny, new TemporalTrainingRun { SaveLast = c => checkpoint = c });
            Assert.Throws<OperationCanceledException>(() => trainer.Train(new After(3, cancel.Cancel), cancel.Token));
            Assert.Equal(3, trainer.Step);
        }
        using TemporalModel whole = TinyEncoder.Model(), resumed = TinyEncoder.Model(seed: 99);
        using var first = new TemporalTrainer(whole, Movie, Movie, Tiny);
        using var second = new TemporalTrainer(resumed, Movie, Movie, Tiny, new TemporalTrainingRun { Resume = checkpoint });

        first.Train();
        second.Train();

        SameBits(whole.ToStateDict(), resumed.ToStateDict());
        Assert.Equal(first.History.Select(r => r with { Seconds = 0 }), second.History.Select(r => r with { Seconds = 0 }));
    }

    [Fact]
    public void Train_Steps_LeaveTheEncoderAndNoTensor()
    {
        StateDict before;
        using TemporalModel model = TinyEncoder.Model();
        before = model.ToStateDict();
        using (var warm = new TemporalTrainer(model, Movie, Movie, Tiny with { Steps = 1 }))
            warm.Train();
        long alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (var trainer = new TemporalTrainer(model, Movie, Movie, Tiny))
            trainer.Train();

        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        StateDict after = model.ToStateDict();
        Assert.All(before.Tensors.Where(t => t.Name.StartsWith("encoder.", StringComparison.Ordinal)), t => Assert.Equal(t.Bytes, after.Find(t.Name)!.Bytes));
        Assert.All(before.Tensors.Where(t => t.Name.StartsWith("head.", StringComparison.Ordinal) && t.Name.EndsWith("weight", StringComparison.Ordinal)),
            t => Assert.NotEqual(t.Bytes, after.Find(t.Name)!.Bytes));
    }

    [Fact]
    public void Resume_OtherOptions_IsRefused()
    {
        StateDict? checkpoint = null;
        using TemporalModel model = TinyEncoder.Model();
        using (var trainer = new TemporalTrainer(model, Movie, null, Tiny with { Steps = 1, Seed = 5 }, new TemporalTrainingRun { SaveLast = c => checkpoint = c }))
            trainer.Train();

        ArgumentException refused = Assert.Throws<ArgumentException>(() => new TemporalTrainer(model, Movie, null, Tiny, new TemporalTrainingRun { Resume = checkpoint }));
        Assert.Contains("other settings", refused.Message, StringComparison.Ordinal);
    }

    private static TemporalMovie Movie(ulong number) => JumpingCells.Make((int)number);

    private static void SameBits(StateDict expected, StateDict actual)
    {
        Assert.Equal(expected.Tensors.Select(t => t.Name), actual.Tensors.Select(t => t.Name));
        Assert.All(expected.Tensors, t => Assert.True(t.Bytes.AsSpan().SequenceEqual(actual.Find(t.Name)!.Bytes), t.Name));
    }

    private sealed class After(int reports, Action action) : IProgress<float>
    {
        private int _left = reports;

        public void Report(float value)
        {
            if (--_left == 0)
                action();
        }
    }
}
