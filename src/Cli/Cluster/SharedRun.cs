using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Has an engine do runs by many processes: cuts each into steps and tasks, submits what is missing, and waits.</summary>
internal sealed class SharedRun(EngineSettings engine, Reporter reporter)
{
    /// <summary>Does the work.</summary>
    /// <param name="units">The runs; one that fails does not stop the others.</param>
    /// <param name="cancellationToken">Stops the waiting; with Slurm the jobs go on.</param>
    public ExitCode Run(IReadOnlyList<SharedUnit> units, CancellationToken cancellationToken)
    {
        ISharedEngine runs = engine.Engine == EngineSettings.Slurm ? new SlurmEngine(engine, reporter) : new LocalEngine(engine, reporter);
        runs.Require();
        var json = new JsonArray();
        ExitCode failure = ExitCode.Ok;
        reporter.WithProgress(units[0].Kind == SharedKind.Movie ? "track" : "segment", units.Count, display =>
        {
            RunFolder?[] begun = new RunFolder?[units.Count];
            for (int i = 0; i < units.Count; i++)
                Guard(i, () => begun[i] = Begin(units[i], runs, cancellationToken));
            for (int i = 0; i < units.Count; i++)
            {
                if (begun[i] is { } folder)
                    Guard(i, () => failure = Worse(failure, Wait(folder, i, runs, display, json, cancellationToken)));
            }

            void Guard(int i, Action work)
            {
                try
                {
                    work();
                }
                catch (Exception e) when (units.Count > 1 && e is not OperationCanceledException)
                {
                    failure = Failures.CodeOf(e);
                    Reporter.Error(Failures.LineOf(e));
                    display.Done(i, $"{Path.GetFileName(units[i].Image)}: failed");
                }
            }
        });
        reporter.ResultJson(json.Count == 1 ? json[0]!.DeepClone() : new JsonObject { ["runs"] = json });
        return units.Count == 1 || failure == ExitCode.Ok ? failure : ExitCode.SomeFailed;
    }

    private static ExitCode Worse(ExitCode one, ExitCode other) => one == ExitCode.Ok ? other : one;

    private RunFolder Begin(SharedUnit unit, ISharedEngine runs, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(unit.Report)!);
        var folder = new RunFolder(unit.Folder);
        RunManifest? known = folder.Exists ? folder.ReadManifest() : null;
        bool isActive = known is not null && !folder.IsDone && RunStatus.IsRunning(folder, known);
        if (isActive && !engine.Resume)
            throw new CommandException(ExitCode.Usage, $"a run of '{unit.Image}' is under way; give --resume to wait for it, or end it by 'cellpose3d cancel {folder.Path}'.");
        RunManifest? kept = engine.Resume && known is not null ? KeptOf(unit, folder, known, isActive) : null;
        if (kept is not null && folder.IsDone && unit.IsStillTrue(folder, kept))
            return folder;
        if (isActive && runs.IsComplete(folder, known!))
        {
            reporter.Info($"'{unit.Image}': the run is under way; waiting for it.");
            if (!known!.Images.SequenceEqual(unit.Images))
                reporter.Warn($"the run under way is over other images of '{unit.Image}'; give the same command again when it is done, which does the rest.");
            return folder;
        }
        if (isActive)
            runs.Cancel(folder, known!);

        using ISharedJob job = unit.Begin(kept, engine.Workers, cancellationToken);
        bool goesOn = job.GoesOn && kept is not null;
        var manifest = new RunManifest
        {
            Kind = unit.Kind,
            Id = goesOn ? kept!.Id : Guid.NewGuid().ToString("n")[..12],
            Version = ProgramVersion.Text,
            Started = DateTimeOffset.Now,
            Arguments = unit.Arguments,
            Directory = Environment.CurrentDirectory,
            Image = unit.Image,
            Images = unit.Images,
            Stem = unit.Stem,
            Report = unit.Report,
            Facts = unit.Facts,
            Diameter = job.Diameter,
            DiameterFrames = goesOn ? kept!.DiameterFrames : (job as FramesJob)?.DiameterFrames ?? [],
            Cut = kept?.Cut ?? engine.Workers,
            Engine = engine,
            Steps = [.. job.Steps, new RunStep(RunStep.Finish, 1, 1, job.FinishShare, false)],
        };
        foreach (string line in job.Lines)
            reporter.Info(line);
        if (goesOn && !folder.IsDone)
            folder.Update(manifest);
        else
            folder.Begin(manifest);
        runs.Start(folder, manifest, Missing(folder, manifest, job));
        return folder;
    }

    // the run to go on with: one that differs in what has a part in results is another
    private RunManifest? KeptOf(SharedUnit unit, RunFolder folder, RunManifest known, bool isActive)
    {
        string differences = RunFacts.Differences(known.Facts, unit.Facts);
        if (differences.Length == 0)
            return known;
        if (isActive)
            throw new CommandException(ExitCode.Usage, $"another run of '{unit.Image}' is under way ({differences}); end it by 'cellpose3d cancel {folder.Path}', or give its options.");
        reporter.Warn($"'{folder.Path}' holds {(folder.IsDone ? "a complete run" : "parts of a run")} that is not this one ({differences}); the run begins anew.");
        return null;
    }

    // the tasks of each step that have something to do
    private Dictionary<string, int[]> Missing(RunFolder folder, RunManifest manifest, ISharedJob job)
    {
        var missing = new Dictionary<string, int[]>(StringComparer.Ordinal) { [RunStep.Finish] = [0] };
        int done = 0, all = 0;
        foreach (RunStep step in job.Steps)
        {
            bool[] isDone = [.. Enumerable.Range(0, step.Items).Select(item => job.IsDone(step.Name, item))];
            missing[step.Name] = [.. Enumerable.Range(0, step.Tasks).Where(t => isDone.AsSpan(step.ItemsOf(t).First..step.ItemsOf(t).End).Contains(false))];
            all += step.Items;
            done += isDone.Count(d => d);
        }
        if (done > 0)
            reporter.Info(string.Create(CultureInfo.InvariantCulture, $"goes on with what an earlier run left in '{folder.Path}': {done} of {all} items are done."));
        return missing;
    }

    private ExitCode Wait(RunFolder folder, int unit, ISharedEngine runs, IProgressDisplay display, JsonArray json, CancellationToken cancellationToken)
    {
        RunManifest manifest = folder.ReadManifest();
        string name = Path.GetFileName(manifest.Image);
        display.Begin(unit, name);
        if (engine.Detach && !folder.IsDone)
        {
            display.Done(unit, $"{name}: submitted; 'cellpose3d status {folder.Path}' shows how it goes");
            json.Add(RunStatus.Read(folder).ToJson());
            return ExitCode.Ok;
        }
        if (!folder.IsDone)
            runs.Wait(folder, manifest, display, cancellationToken);
        json.Add(folder.ReadReport());
        DoneMark done = folder.ReadDone()!;
        foreach (string warning in done.Warnings)
            reporter.Warn(warning);
        foreach (string error in done.Errors)
            Reporter.Error(error);
        display.Done(unit, string.Create(CultureInfo.InvariantCulture, $"{name}: {done.Cells} cells"));
        foreach (string line in done.Lines)
            reporter.Result(line);
        return done.Code;
    }
}
