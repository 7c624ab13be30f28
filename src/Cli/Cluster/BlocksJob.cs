using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Cluster;

/// <summary>One volume in 3D, cut into slices, slabs and blocks.</summary>
internal sealed class BlocksJob : ISharedJob
{
    private readonly SharedVolume _volume;
    private readonly FolderWorkspace _workspace;
    private readonly VolumeJob _job;

    private BlocksJob(SharedVolume volume, FolderWorkspace workspace, VolumeJob job, int workers)
    {
        (_volume, _workspace, _job) = (volume, workspace, job);
        Steps = [.. job.Steps.Select(s => RunStep.Cut(s.Name, s.Items, s.Share, s.WithPrevious, workers))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunStep> Steps { get; }

    /// <inheritdoc/>
    public float FinishShare => 0.01f;

    /// <inheritdoc/>
    public double? Diameter => _volume.Options.Segmentation.Diameter;

    /// <inheritdoc/>
    public string? Device => _volume.Device;

    /// <inheritdoc/>
    public bool GoesOn { get; private init; }

    /// <inheritdoc/>
    public IEnumerable<string> Lines => PlanFacts.Of(_job.Plan).Select(f => $"  {f.Topic,-16} {f.Text}");

    /// <summary>Begins a run, or goes on with one.</summary>
    /// <param name="volume">The volume; owned.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="goesOn">Whether parts of the same run that lie there are kept.</param>
    /// <param name="workers">Processes that tasks are made for.</param>
    /// <param name="reporter">Is told where parts are dropped.</param>
    public static BlocksJob Begin(SharedVolume volume, string folder, bool goesOn, int workers, Reporter reporter)
    {
        var workspace = new FolderWorkspace(folder, isShared: true);
        WorkspaceContent content = volume.Segmenter.ContentOf(volume.Source, workspace, volume.Identity);
        if (!goesOn)
            workspace.Clear();
        else if (content == WorkspaceContent.AnotherRun)
            reporter.Warn($"'{folder}' holds parts of a run with another input, other options, model or blocks; they are dropped and the run begins anew.");
        return new BlocksJob(volume, workspace, volume.Segmenter.Begin(volume.Source, workspace, volume.Identity), workers) { GoesOn = goesOn && content == WorkspaceContent.ThisRun };
    }

    /// <summary>Takes part in a run.</summary>
    /// <param name="volume">The volume; owned.</param>
    /// <param name="folder">The run's folder.</param>
    public static BlocksJob Join(SharedVolume volume, string folder)
    {
        var workspace = new FolderWorkspace(folder, isShared: true);
        return new BlocksJob(volume, workspace, volume.Segmenter.Join(volume.Source, workspace, volume.Identity), 1);
    }

    /// <inheritdoc/>
    public bool IsDone(string step, int item) => StepOf(step).IsDone(item);

    /// <inheritdoc/>
    public bool Do(string step, int item, CancellationToken cancellationToken)
    {
        VolumeStep work = StepOf(step);
        if (work.Items == 1)                                             // every earlier step is done, and no later one has begun
            Release(step);
        return work.Run([item], null, cancellationToken) > 0;
    }

    /// <inheritdoc/>
    public DoneMark Finish(FinishContext context, CancellationToken cancellationToken)
    {
        Release(RunStep.Finish);
        RunManifest manifest = context.Manifest;
        SegmentationSettings settings = _volume.Settings;
        VolumeSegmentation result = _job.Result(Timings(context.Tasks));
        using var files = new VolumeFiles(manifest.Stem, settings, settings.Volume!, _volume.File.Description);
        files.RemoveLeftovers(0);
        files.Write(result, _volume.Source, 0, cancellationToken);
        VolumeResult[] results = [new VolumeResult(result.Filtered, result.Cells, result.Plan, result.Timings, result.NonFiniteVoxels)];
        IReadOnlyList<string> written = files.Complete(results, cancellationToken);
        var report = new RunReport("segment", _volume.Model.Info, context.Device, settings with { Options = settings.Options with { Threads = 0 } });
        var outcome = new VolumeOutcome(manifest.Image, _volume.File.Description.Image, results, written, _volume.Notes, context.Seconds);
        report.Add(outcome);
        report.Json["engine"] = context.EngineFacts();
        context.Folder.WriteReport(report.Json);
        report.Write(manifest.Report);
        return new DoneMark(result.Cells.Count, DateTimeOffset.Now)
        {
            Lines = [string.Create(CultureInfo.InvariantCulture, $"{result.Cells.Count} cells in '{manifest.Image}'; report: {manifest.Report}")],
            Warnings = [.. outcome.Warnings.Select(w => $"{Path.GetFileName(manifest.Image)}: {w}")],
            Written = [.. written.Select(w => Path.GetFullPath(w)), manifest.Report],
        };
    }

    /// <inheritdoc/>
    public void Clear() => _workspace.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _job.Dispose();
        _workspace.Dispose();
        _volume.Dispose();
    }

    private VolumeStep StepOf(string name) => _job.Steps.First(s => s.Name == name);

    private void Release(string before)
    {
        foreach (VolumeStep step in _job.Steps.TakeWhile(s => s.Name != before))
            step.Complete();
    }

    private StageTimings Timings(IReadOnlyList<TaskReport> tasks)
    {
        var stageOf = _job.Steps.ToDictionary(s => s.Name, s => (int)s.Stage);
        double[] seconds = new double[Enum.GetValues<VolumeStage>().Length];
        foreach (TaskReport task in tasks)
        {
            if (stageOf.TryGetValue(task.Step, out int stage))
                seconds[stage] += task.Seconds;
        }
        return new StageTimings(seconds[0], seconds[1], seconds[2]);
    }
}
