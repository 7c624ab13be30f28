using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Segments volumes by many processes: cuts each into steps and tasks, and has an engine see to them.</summary>
internal sealed class SharedRun(SegmentationSettings settings, EngineSettings engine, Reporter reporter)
{
    private const int MostTasks = 1000;           // Slurm's usual limit on an array is 1001
    private const float Heavy = 0.05f;            // share of the work from which a step gets two tasks a process, so that none waits long for the last

    /// <summary>Does the work.</summary>
    /// <param name="images">The volume files.</param>
    /// <param name="stems">Folder and name that the results' names begin with, for each.</param>
    /// <param name="report">The report of a run over one volume; those of several have their volumes' names before.</param>
    /// <param name="cancellationToken">Stops the waiting; with Slurm the jobs go on.</param>
    public ExitCode Run(IReadOnlyList<string> images, IReadOnlyList<string> stems, string report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(report))!);
        ISharedEngine runs = engine.Engine == EngineSettings.Slurm ? new SlurmEngine(engine, reporter) : new LocalEngine(engine, reporter);
        runs.Require();
        var json = new JsonArray();
        ExitCode failure = ExitCode.Ok;
        reporter.WithProgress("segment", images.Count, display =>
        {
            RunFolder?[] begun = new RunFolder?[images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                string ownReport = images.Count == 1 ? report : Path.Combine(Path.GetDirectoryName(report)!, $"{Path.GetFileName(stems[i])}_run.json");
                Guard(images[i], i, () => begun[i] = Begin(images[i], stems[i], ownReport, runs, cancellationToken));
            }
            for (int i = 0; i < images.Count; i++)
            {
                if (begun[i] is { } folder)
                    Guard(images[i], i, () => Wait(folder, i, runs, display, json, cancellationToken));
            }

            void Guard(string image, int i, Action work)
            {
                try
                {
                    work();
                }
                catch (Exception e) when (images.Count > 1 && e is not OperationCanceledException)
                {
                    failure = Failures.CodeOf(e);
                    Reporter.Error(Failures.LineOf(e));
                    display.Done(i, $"{Path.GetFileName(image)}: failed");
                }
            }
        });
        reporter.ResultJson(json.Count == 1 ? json[0]!.DeepClone() : new JsonObject { ["runs"] = json });
        return failure == ExitCode.Ok ? ExitCode.Ok : ExitCode.SomeFailed;
    }

    private RunFolder Begin(string image, string stem, string report, ISharedEngine runs, CancellationToken cancellationToken)
    {
        var folder = new RunFolder(Path.GetFullPath(stem + VolumeRun.WorkSuffix));
        RunManifest? known = folder.Exists ? folder.ReadManifest() : null;
        bool isActive = known is not null && !folder.IsDone && RunStatus.IsRunning(folder, known);
        if (isActive && !settings.Volume!.Resume)
            throw new CommandException(ExitCode.Usage, $"a run of '{image}' is under way; give --resume to wait for it, or end it by 'cellpose3d cancel {folder.Path}'.");
        if (settings.Volume!.Resume && folder.IsDone)
            return folder;
        if (isActive && runs.IsComplete(folder, known!))
        {
            reporter.Info($"'{image}': the run is under way; waiting for it.");
            return folder;
        }
        if (isActive)
            runs.Cancel(folder, known!);

        // what an earlier submission cut and estimated stays, else its blocks would not be this run's
        SegmentationSettings own = settings.Volume.Resume && known is { Diameter: { } diameter } ? settings.WithDiameter(diameter) : settings;
        int cut = settings.Volume.Resume && known is not null ? known.Cut : engine.Workers;
        using var volume = new SharedVolume(own, image, settings.Device, cut, reporter, cancellationToken);
        using var workspace = new FolderWorkspace(folder.Path, isShared: true);
        WorkspaceContent content = volume.Segmenter.ContentOf(volume.Source, workspace, volume.Identity);
        if (!settings.Volume.Resume)
            workspace.Clear();
        else if (content == WorkspaceContent.AnotherRun)
            reporter.Warn($"'{folder.Path}' holds parts of a run with another input, other options, model or blocks; they are dropped and the run begins anew.");
        using VolumeJob job = volume.Segmenter.Begin(volume.Source, workspace, volume.Identity);
        var manifest = new RunManifest
        {
            Id = known is not null && content == WorkspaceContent.ThisRun && settings.Volume.Resume ? known.Id : Guid.NewGuid().ToString("n")[..12],
            Version = ProgramVersion.Text,
            Started = DateTimeOffset.Now,
            Arguments = settings.Arguments,
            Directory = Environment.CurrentDirectory,
            Image = image,
            Stem = Path.GetFullPath(stem),
            Report = Path.GetFullPath(report),
            Diameter = volume.Options.Segmentation.Diameter,
            Cut = cut,
            Engine = engine,
            Steps = [.. job.Steps.Select(s => new RunStep(s.Name, s.Items, TasksOf(s), s.Share, s.WithPrevious)), new RunStep(RunStep.Finish, 1, 1, 0.01f, false)],
        };
        foreach ((string topic, string text) in PlanFacts.Of(job.Plan))
            reporter.Info($"  {topic,-16} {text}");
        if (known is not null && manifest.Id == known.Id)
            folder.Update(manifest);
        else
            folder.Begin(manifest);
        runs.Start(folder, manifest, Missing(manifest, job));
        return folder;
    }

    private int TasksOf(VolumeStep step) => Math.Min(Math.Min(step.Items, MostTasks), engine.Workers * (step.Share > Heavy ? 2 : 1));

    // the tasks of each step that have something to do
    private Dictionary<string, int[]> Missing(RunManifest manifest, VolumeJob job)
    {
        var missing = new Dictionary<string, int[]>(StringComparer.Ordinal) { [RunStep.Finish] = [0] };
        int done = 0, all = 0;
        foreach ((VolumeStep step, RunStep tasks) in job.Steps.Zip(manifest.Steps))
        {
            bool[] isDone = [.. Enumerable.Range(0, step.Items).Select(step.IsDone)];
            missing[step.Name] = [.. Enumerable.Range(0, tasks.Tasks).Where(t => isDone.AsSpan(tasks.ItemsOf(t).First..tasks.ItemsOf(t).End).Contains(false))];
            all += step.Items;
            done += isDone.Count(d => d);
        }
        if (done > 0)
            reporter.Info(string.Create(CultureInfo.InvariantCulture, $"goes on with what an earlier run left in '{manifest.Stem}{VolumeRun.WorkSuffix}': {done} of {all} items are done."));
        return missing;
    }

    private void Wait(RunFolder folder, int unit, ISharedEngine runs, IProgressDisplay display, JsonArray json, CancellationToken cancellationToken)
    {
        RunManifest manifest = folder.ReadManifest();
        string name = Path.GetFileName(manifest.Image);
        display.Begin(unit, name);
        if (engine.Detach && !folder.IsDone)
        {
            display.Done(unit, $"{name}: submitted; 'cellpose3d status {folder.Path}' shows how it goes");
            json.Add(RunStatus.Read(folder).ToJson());
            return;
        }
        if (!folder.IsDone)
            runs.Wait(folder, manifest, display, cancellationToken);
        json.Add(JsonNode.Parse(File.ReadAllBytes(manifest.Report)));
        int cells = folder.ReadDone()!.Cells;
        display.Done(unit, string.Create(CultureInfo.InvariantCulture, $"{name}: {cells} cells"));
        reporter.Result(string.Create(CultureInfo.InvariantCulture, $"{cells} cells in '{manifest.Image}'; report: {manifest.Report}"));
    }
}
