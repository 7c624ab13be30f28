using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class TrainerKillTests
{
    private const string PathVariable = "CELLPOSE3D_TEST_CHECKPOINT";

    private static readonly TrainingOptions Options = TrainingImages.Tiny with { Epochs = 200, CheckpointEverySteps = 1, Optimizer = OptimizerKind.AdamW, LearningRate = 0.002 };

    [Fact]
    public void Train_ProcessKilledAtARandomStep_ResumesToTheSameWeights()
    {
        string folder = Directory.CreateTempSubdirectory("cellpose3d-kill-").FullName;
        try
        {
            string path = Path.Combine(folder, "last.safetensors");
            KillChildAfter(path, steps: new Random(Environment.TickCount).Next(1, 25));
            StateDict checkpoint = CheckpointFile.Read(path);
            int epochs = int.Parse(checkpoint.Metadata["training.epoch"], CultureInfo.InvariantCulture) + 2;
            Assert.True(epochs < Options.Epochs, "the child ended before it was killed");

            StateDict resumed = TrainUntil(epochs, checkpoint), whole = TrainUntil(epochs, null);

            TrainerTests.SameWeights(whole, resumed, $"killed at step {checkpoint.Metadata["training.steps"]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the killed process runs; explicit, so that no ordinary test run does.</summary>
    [Fact(Explicit = true)]
    public void Child_TrainsUntilKilled()
    {
        string path = Environment.GetEnvironmentVariable(PathVariable) ?? throw new InvalidOperationException($"{PathVariable} must name the checkpoint's file.");
        Trainer.Train(TrainingImages.Set(5), Options, new TrainingRun { SaveLast = c => CheckpointFile.Write(path, c) });
    }

    /// <summary>The checkpoint at the start of an epoch: two epochs after the kill are enough, so the test does not run all of them.</summary>
    private static StateDict TrainUntil(int epoch, StateDict? resume)
    {
        StateDict? reached = null;
        using var cancel = new CancellationTokenSource();
        void Take(StateDict checkpoint)
        {
            if (reached is null && checkpoint.Metadata["training.epoch"] == epoch.ToString(CultureInfo.InvariantCulture))
            {
                reached = checkpoint;
                cancel.Cancel();
            }
        }
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(
            TrainingImages.Set(5), Options with { CheckpointEverySteps = 0 }, new TrainingRun { SaveLast = Take, Resume = resume }, null, cancel.Token));
        return reached!;
    }

    private static void KillChildAfter(string path, int steps)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"*{nameof(TrainerKillTests)}.{nameof(Child_TrainsUntilKilled)}" },
            Environment = { [PathVariable] = path },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Insert(0, typeof(TrainerKillTests).Assembly.Location);
        using Process child = Process.Start(start)!;
        child.OutputDataReceived += (_, _) => { };
        child.ErrorDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        try
        {
            for (var watch = Stopwatch.StartNew(); StepsOf(path) < steps; Thread.Sleep(20))
            {
                Assert.False(child.HasExited, $"the child ended by itself with code {(child.HasExited ? child.ExitCode : 0)}");
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), "the child does not get on");
            }
        }
        finally
        {
            child.Kill();               // SIGKILL: nothing in the child can tidy up
            child.WaitForExit();
        }
    }

    private static int StepsOf(string path) =>
        File.Exists(path) ? int.Parse(CheckpointFile.Read(path).Metadata["training.steps"], CultureInfo.InvariantCulture) : 0;
}
