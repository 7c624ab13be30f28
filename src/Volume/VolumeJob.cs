using System.Diagnostics;
using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>A run over one volume as steps of independent items, which one process may do in turn or many may share.</summary>
public sealed class VolumeJob : IDisposable
{
    private readonly IVolumeWorkspace _workspace;
    private readonly Func<FinishedRun> _gather;
    private readonly Func<FinishedRun, StageTimings, VolumeSegmentation> _resultOf;
    private readonly Action _dispose;

    internal VolumeJob(
        VolumePlan plan, IReadOnlyList<VolumeStep> steps, IVolumeWorkspace workspace, Func<FinishedRun> gather,
        Func<FinishedRun, StageTimings, VolumeSegmentation> resultOf, Action dispose) =>
        (Plan, Steps, _workspace, _gather, _resultOf, _dispose) = (plan, steps, workspace, gather, resultOf, dispose);

    /// <summary>What the run does.</summary>
    public VolumePlan Plan { get; }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<VolumeStep> Steps { get; }

    /// <summary>Does everything that is not done yet in this process.</summary>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout; what is finished stays in the workspace.</param>
    /// <returns>Labels and quality; the volumes belong to the workspace.</returns>
    public VolumeSegmentation Run(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        double[] seconds = new double[Enum.GetValues<VolumeStage>().Length];
        float all = Steps.Sum(s => s.Share), done = 0;
        foreach (VolumeStep step in Steps)
        {
            var watch = Stopwatch.StartNew();
            step.Run(null, PartialProgress.Of(progress, done / all, Math.Min(1, (done + step.Share) / all)), cancellationToken);
            step.Complete();
            done += step.Share;
            seconds[(int)step.Stage] += watch.Elapsed.TotalSeconds;
        }
        VolumeSegmentation result = Result(new StageTimings(seconds[0], seconds[1], seconds[2]));
        progress?.Report(1);
        return result;
    }

    /// <summary>What came of the run, once every item of every step is done.</summary>
    /// <param name="timings">What is known of the time it took.</param>
    public VolumeSegmentation Result(StageTimings? timings = null)
    {
        if (FinishedRun.Load(_workspace) is not { } finished)
        {
            finished = _gather();
            finished.Save(_workspace);
        }
        return _resultOf(finished, timings ?? new StageTimings(0, 0, 0));
    }

    /// <summary>Lets go of what was held of the input; the workspace keeps what is finished.</summary>
    public void Dispose() => _dispose();
}
