using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Does tasks of a run in this process.</summary>
/// <remarks>
/// A task looks at each of its items and does those that have no record. Nothing is taken from others and nothing is promised to them: a
/// task that is done twice, or begun again elsewhere after its machine was lost, writes what it would have written.
/// </remarks>
internal sealed class TaskRunner : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);    // between two words of a task about itself

    private readonly RunFolder _folder;
    private readonly RunManifest _manifest;
    private readonly Reporter _reporter;
    private SharedVolume? _volume;
    private FolderWorkspace? _workspace;
    private VolumeJob? _job;

    public TaskRunner(RunFolder folder, Reporter reporter)
    {
        (_folder, _reporter, _manifest) = (folder, reporter, folder.ReadManifest());
        Environment.CurrentDirectory = _manifest.Directory;
    }

    /// <summary>Does a task and says in the run's folder how it went.</summary>
    /// <param name="stepName">Name of the step.</param>
    /// <param name="task">Number of the task.</param>
    /// <param name="cancellationToken">Checked between items and within long ones; what is finished stays.</param>
    /// <returns>What came of it.</returns>
    public TaskReport Run(string stepName, int task, CancellationToken cancellationToken)
    {
        RunStep step = _manifest.Steps.FirstOrDefault(s => s.Name == stepName)
            ?? throw new CommandException(ExitCode.Usage, $"the run has no step '{stepName}'; it has {string.Join(", ", _manifest.Steps.Select(s => s.Name))}.");
        if (task < 0 || task >= step.Tasks)
            throw new CommandException(ExitCode.Usage, $"task must be 0 to {step.Tasks - 1}; got {task}.");
        using var process = Process.GetCurrentProcess();
        var watch = Stopwatch.StartNew();
        TimeSpan before = process.TotalProcessorTime;
        TaskReport? last = _folder.ReadTask(stepName, task);             // what it did before counts too
        var report = new TaskReport
        {
            Step = stepName, Task = task, Process = Environment.ProcessId, Started = DateTimeOffset.Now, Attempt = 1 + (last?.Attempt ?? 0),
            Computed = last?.Computed ?? 0, Seconds = last?.Seconds ?? 0, ProcessorSeconds = last?.ProcessorSeconds ?? 0, PeakBytes = last?.PeakBytes ?? 0,
            Host = Environment.GetEnvironmentVariable("SLURMD_NODENAME") ?? Environment.MachineName,
        };
        _folder.WriteTask(report);
        try
        {
            if (stepName == RunStep.Finish)
                Finish(cancellationToken);
            else
                DoItems(step, task);
            report = report with { State = TaskState.Done };
        }
        catch (Exception e)
        {
            ExitCode code = Failures.CodeOf(e);
            string where = report.Item is { } item ? string.Create(CultureInfo.InvariantCulture, $"{(step.IsNetwork ? "slab" : "block")} {item} of '{stepName}': ") : $"'{stepName}': ";
            report = report with { State = code == ExitCode.Interrupted ? TaskState.Stopped : TaskState.Failed, Cause = where + Failures.LineOf(e), Code = (int)code };
            if (Environment.GetEnvironmentVariable("CELLPOSE3D_TRACE") is { Length: > 0 })
                Console.Error.WriteLine(e);
        }
        _folder.WriteTask(Measured());
        string summary = string.Create(
            CultureInfo.InvariantCulture, $"{stepName} {task}: {report.Computed - (last?.Computed ?? 0)} computed, {report.Skipped} done before, {watch.Elapsed.TotalSeconds:f1} s on {report.Host}");
        _reporter.Info(report.State == TaskState.Done ? summary : $"{summary}; {report.Cause}");
        return report;

        TaskReport Measured()
        {
            process.Refresh();
            return report = report with
            {
                Seconds = Math.Round((last?.Seconds ?? 0) + watch.Elapsed.TotalSeconds, 3),
                ProcessorSeconds = Math.Round((last?.ProcessorSeconds ?? 0) + (process.TotalProcessorTime - before).TotalSeconds, 3),
                PeakBytes = Math.Max(last?.PeakBytes ?? 0, process.PeakWorkingSet64),
            };
        }

        void DoItems(RunStep step, int task)
        {
            VolumeJob job = Job(step, cancellationToken);
            VolumeStep work = job.Steps.First(s => s.Name == step.Name);
            if (step.Items == 1)                                         // every earlier step is done, and no later one has begun
                Release(job, step.Name);
            TimeSpan said = watch.Elapsed;
            (int first, int end) = step.ItemsOf(task);
            for (int item = first; item < end; item++)
            {
                report = report with { Item = item };
                bool isNew = work.Run([item], null, cancellationToken) > 0;
                report = report with { Computed = report.Computed + (isNew ? 1 : 0), Skipped = report.Skipped + (isNew ? 0 : 1) };
                if (watch.Elapsed - said > Pause)
                {
                    _folder.WriteTask(Measured());
                    said = watch.Elapsed;
                }
            }
        }
    }

    /// <summary>Lets go of file, model and workspace.</summary>
    public void Dispose()
    {
        _job?.Dispose();
        _workspace?.Dispose();
        _volume?.Dispose();
    }

    private static void Release(VolumeJob job, string before)
    {
        foreach (VolumeStep step in job.Steps.TakeWhile(s => s.Name != before))
            step.Complete();
    }

    private VolumeJob Job(RunStep step, CancellationToken cancellationToken)
    {
        if (_job is not null)
            return _job;
        SegmentationSettings settings = SegmentCommand.Parse(_manifest.Arguments).WithDiameter(_manifest.Diameter);
        int threads = settings.Options.Threads > 0 ? settings.Options.Threads : Threads();
        // on a cluster only the network's tasks have a graphics card
        string device = step.IsNetwork || _manifest.Engine.Engine == EngineSettings.Local ? settings.Device : "cpu";
        settings = settings with { Options = settings.Options with { Threads = threads } };
        _volume = new SharedVolume(settings, _manifest.Image, device, _manifest.Cut, _reporter, cancellationToken);
        _reporter.Info($"device: {_volume.Device}");
        _workspace = new FolderWorkspace(_folder.Path, isShared: true);
        return _job = _volume.Segmenter.Join(_volume.Source, _workspace, _volume.Identity);
    }

    private int Threads()
    {
        if (_manifest.Engine.Engine == EngineSettings.Local)
            return Math.Max(1, Environment.ProcessorCount / _manifest.Engine.Workers);
        return int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 1;
    }

    // the labels and tables under their names, the report, and no scratch any more
    private void Finish(CancellationToken cancellationToken)
    {
        if (_folder.IsDone)
            return;
        VolumeJob job = Job(_manifest.Steps[^1], cancellationToken);
        Release(job, RunStep.Finish);
        SegmentationSettings settings = _volume!.Settings;
        VolumeSegmentation result = job.Result(Timings(job));
        using var files = new VolumeFiles(_manifest.Stem, settings, settings.Volume!, _volume.File.Description);
        files.RemoveLeftovers(0);
        files.Write(result, _volume.Source, 0, cancellationToken);
        VolumeResult[] results = [new VolumeResult(result.Filtered, result.Cells, result.Plan, result.Timings, result.NonFiniteVoxels)];
        IReadOnlyList<string> written = files.Complete(results, cancellationToken);
        double seconds = (DateTimeOffset.Now - _manifest.Started).TotalSeconds;
        var report = new RunReport("segment", _volume.Model.Info, _volume.Device, settings with { Options = settings.Options with { Threads = 0 } });
        report.Add(new VolumeOutcome(_manifest.Image, _volume.File.Description.Image, results, written, _volume.Notes, seconds));
        report.Json["engine"] = EngineFacts();
        report.Write(_manifest.Report);
        _folder.MarkDone(result.Cells.Count);
        _workspace!.Clear();
    }

    private StageTimings Timings(VolumeJob job)
    {
        var stageOf = job.Steps.ToDictionary(s => s.Name, s => (int)s.Stage);
        double[] seconds = new double[Enum.GetValues<VolumeStage>().Length];
        foreach (TaskReport task in _folder.ReadTasks())
        {
            if (stageOf.TryGetValue(task.Step, out int stage))
                seconds[stage] += task.Seconds;
        }
        return new StageTimings(seconds[0], seconds[1], seconds[2]);
    }

    private JsonObject EngineFacts()
    {
        IReadOnlyList<TaskReport> tasks = _folder.ReadTasks();
        return new JsonObject
        {
            ["name"] = _manifest.Engine.Engine,
            ["workers"] = _manifest.Engine.Workers,
            ["tasks"] = tasks.Count,
            ["hosts"] = new JsonArray([.. tasks.Select(t => t.Host).Distinct().Order(StringComparer.Ordinal).Select(h => (JsonNode)h)]),
            ["processor_seconds"] = Math.Round(tasks.Sum(t => t.ProcessorSeconds), 1),
        };
    }
}
