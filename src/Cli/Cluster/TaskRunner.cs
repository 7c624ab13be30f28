using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Cli.Tracking;

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
    private ISharedJob? _job;

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
            string where = report.Item is { } item ? string.Create(CultureInfo.InvariantCulture, $"{step.ItemName} {item} of '{stepName}': ") : $"'{stepName}': ";
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
                Device = _job?.Device,
                PeakBytes = Math.Max(last?.PeakBytes ?? 0, process.PeakWorkingSet64),
            };
        }

        void DoItems(RunStep step, int task)
        {
            ISharedJob job = Job(step, cancellationToken);
            TimeSpan said = watch.Elapsed;
            (int first, int end) = step.ItemsOf(task);
            for (int item = first; item < end; item++)
            {
                report = report with { Item = item };
                bool isNew = job.Do(step.Name, item, cancellationToken);
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
    public void Dispose() => _job?.Dispose();

    private ISharedJob Job(RunStep step, CancellationToken cancellationToken)
    {
        if (_job is not null)
            return _job;
        bool isLocal = _manifest.Engine.Engine == EngineSettings.Local;
        switch (_manifest.Kind)
        {
            case SharedKind.Movie:
                TrackSettings track = TrackCommand.Parse(_manifest.Arguments);
                SegmentationSettings frames = WithThreads(track.Segmentation.WithDiameter(_manifest.Diameter));
                frames = frames with { Device = DeviceOf(frames) };
                return _job = new FramesJob(
                    track with { Segmentation = frames, Tracker = track.Tracker with { Threads = frames.Options.Threads } }, _folder.Path, MovieFolderUse.Join, _manifest.Engine.Workers, _reporter);
            case SharedKind.Images:
                SegmentationSettings images = SegmentCommand.Parse(_manifest.Arguments);
                return _job = new ImagesJob(images, _manifest.Images, _folder.Path, DeviceOf(images), WithThreads(images).Options.Threads, _manifest.Engine.Workers, _reporter);
            default:
                SegmentationSettings volume = WithThreads(SegmentCommand.Parse(_manifest.Arguments).WithDiameter(_manifest.Diameter));
                return _job = BlocksJob.Join(new SharedVolume(volume, _manifest.Image, DeviceOf(volume), _manifest.Cut, _reporter, cancellationToken), _folder.Path);
        }

        // on a cluster only the network's tasks have a graphics card
        string DeviceOf(SegmentationSettings settings) => step.IsNetwork || isLocal ? settings.Device : "cpu";

        SegmentationSettings WithThreads(SegmentationSettings settings) =>
            settings with { Options = settings.Options with { Threads = settings.Options.Threads > 0 ? settings.Options.Threads : Threads() } };
    }

    private int Threads()
    {
        if (_manifest.Engine.Engine == EngineSettings.Local)
            return Math.Max(1, Environment.ProcessorCount / _manifest.Engine.Workers);
        return int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 1;
    }

    // results under their names, the report, and no scratch any more
    private void Finish(CancellationToken cancellationToken)
    {
        if (_folder.IsDone)
            return;
        ISharedJob job = Job(_manifest.Steps[^1], cancellationToken);
        _folder.MarkDone(job.Finish(new FinishContext(_folder, _manifest, _folder.ReadTasks()), cancellationToken));
        job.Clear();
    }
}
