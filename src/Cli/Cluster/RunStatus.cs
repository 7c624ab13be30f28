using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>How a run goes.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Manifest">What there is to do.</param>
/// <param name="Done">Items that are done, for each step.</param>
/// <param name="Tasks">What tasks have said last.</param>
/// <param name="Queue">What waits or works in Slurm; null where that was not asked, or Slurm did not answer.</param>
/// <param name="IsActive">Whether anything is under way; null where Slurm did not answer.</param>
internal sealed record RunStatus(
    RunFolder Folder, RunManifest Manifest, IReadOnlyList<int> Done, IReadOnlyList<TaskReport> Tasks, IReadOnlyList<SlurmQueue>? Queue, bool? IsActive)
{
    /// <summary>Reads the state of a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="isActive">Whether anything is under way, where the caller knows; null looks.</param>
    public static RunStatus Read(RunFolder folder, bool? isActive = null)
    {
        RunManifest manifest = folder.ReadManifest();
        IReadOnlyList<SlurmQueue>? queue = isActive is null && manifest.Engine.Engine == EngineSettings.Slurm && !folder.IsDone ? SlurmQueue.Of(manifest) : null;
        int[] done = [.. manifest.Steps.Select(folder.CountDone)];
        done[^1] = folder.IsDone ? 1 : 0;
        bool? active = folder.IsDone ? false : isActive ?? IsUnderWay(folder, manifest, queue);
        return new RunStatus(folder, manifest, done, folder.ReadTasks(), queue, active);
    }

    /// <summary>Whether anything of a run is under way.</summary>
    /// <exception cref="CommandException">Slurm does not answer.</exception>
    public static bool IsRunning(RunFolder folder, RunManifest manifest) =>
        IsUnderWay(folder, manifest, manifest.Engine.Engine == EngineSettings.Slurm ? SlurmQueue.Of(manifest) : null)
        ?? throw new CommandException(ExitCode.BadInput, $"Slurm does not answer (squeue failed), so whether the run in '{folder.Path}' is under way is not known; try again when it does, on a machine that submits jobs.");

    /// <summary>Share of the work that is done, 0..1.</summary>
    public float Fraction => Folder.IsDone ? 1 : Math.Min(1, Manifest.Steps.Zip(Done).Sum(s => s.First.Share * s.Second / s.First.Items) / Manifest.Steps.Sum(s => s.Share));

    /// <summary>Tasks that failed, and those whose process is gone without a word.</summary>
    public IEnumerable<TaskReport> Failed => Folder.IsDone ? [] : Tasks.Where(t => t.State is TaskState.Failed or TaskState.Stopped || (t.State == TaskState.Running && IsActive == false));

    /// <summary>Images that failed, which did not stop the others.</summary>
    public IReadOnlyList<ImageRecord> FailedImages => Manifest.Kind == SharedKind.Images ? Folder.ReadFailedImages() : [];


    /// <summary>In words: running, complete, failed, stopped, or unknown where Slurm does not answer.</summary>
    public string State => Folder.IsDone ? "complete" : IsActive is null ? "unknown" : IsActive == true ? "running" : Tasks.Any(t => t.State == TaskState.Failed) ? "failed" : "stopped";

    /// <summary>About how long it will take still, from what this submission has done so far; null where that says too little.</summary>
    public TimeSpan? Left => IsActive == true && Fraction is > 0.02f and < 1 ? (DateTimeOffset.Now - Manifest.Started) * ((1 - Fraction) / Fraction) : null;

    /// <summary>Why a task failed, in one line.</summary>
    public string CauseOf(TaskReport task)
    {
        string log = Path.Combine(Folder.Logs, string.Create(CultureInfo.InvariantCulture, $"{task.Step}-{task.Task}.log"));
        string cause = task.Cause ?? string.Create(
            CultureInfo.InvariantCulture, $"'{task.Step}': ended without a word at item {task.Item ?? Manifest.Steps.First(s => s.Name == task.Step).ItemsOf(task.Task).First}: killed, out of memory or time, or its machine was lost.");
        return string.Create(CultureInfo.InvariantCulture, $"task {task.Task} on {task.Host}, {cause} Log: '{log}'.");
    }

    /// <summary>The error of a run that did not come to its end.</summary>
    public CommandException Failure()
    {
        TaskReport? first = Failed.OrderBy(t => t.State).FirstOrDefault(t => t.State == TaskState.Failed) ?? Failed.FirstOrDefault();
        var code = first is { State: TaskState.Failed } ? (ExitCode)first.Code : first is null ? ExitCode.Interrupted : ExitCode.DeviceOrMemory;
        string cause = first is null ? "its jobs are gone from the queue: cancelled, or refused by Slurm." : CauseOf(first);
        return new CommandException(code, $"'{Manifest.Image}' is not finished: {cause} What is finished is kept; the same command with --resume goes on from there.");
    }

    /// <summary>Topic by topic, as text.</summary>
    public IEnumerable<(string Topic, string Text)> Facts()
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        yield return ("run", $"{Manifest.Image}, {Manifest.Engine.Engine}, begun {Manifest.Started.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", c)}");
        yield return ("state", string.Create(c, $"{State}, {100 * Fraction:f0} %{(Left is { } left ? $", about {Reporter.Duration(left)} left" : "")}{(Folder.ReadDone() is { } end ? $", {end.Cells} cells" : "")}"));
        if (IsActive is null)
            yield return ("in Slurm", "Slurm does not answer (squeue failed), so what waits and works is not known; what follows is what tasks have left on disk");
        for (int i = 0; i < Manifest.Steps.Count; i++)
        {
            RunStep step = Manifest.Steps[i];
            TaskReport[] own = [.. Tasks.Where(t => t.Step == step.Name)];
            string working = IsActive != false && own.Count(t => t.State == TaskState.Running) is > 0 and int count ? string.Create(c, $", {count} tasks at work") : "";
            yield return (step.Name, string.Create(c, $"{Done[i]} of {step.Items} done{working}, {own.Sum(t => t.ProcessorSeconds):f1} s of processors"));
        }
        foreach (IGrouping<(string, string), SlurmQueue> group in (Queue ?? []).GroupBy(q => (q.State, q.Reason)))
            yield return ("in Slurm", string.Create(c, $"{group.Count()} {group.Key.Item1.ToLowerInvariant()} {group.Key.Item2}"));
        foreach (TaskReport task in Failed)
            yield return (task.State.ToString().ToLowerInvariant(), CauseOf(task));
        foreach (ImageRecord image in FailedImages)
            yield return ("failed", image.Error!);
    }

    /// <summary>The same as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["run"] = Folder.Path,
        ["image"] = Manifest.Image,
        ["engine"] = Manifest.Engine.Engine,
        ["state"] = State,
        ["fraction"] = Math.Round(Fraction, 4),
        ["seconds_left"] = Left is { } left ? Math.Round(left.TotalSeconds) : null,
        ["steps"] = new JsonArray([.. Manifest.Steps.Select((s, i) => (JsonNode)new JsonObject
        {
            ["name"] = s.Name, ["items"] = s.Items, ["done"] = Done[i], ["tasks"] = s.Tasks,
            ["computed"] = Tasks.Where(t => t.Step == s.Name).Sum(t => t.Computed),
            ["processor_seconds"] = Math.Round(Tasks.Where(t => t.Step == s.Name).Sum(t => t.ProcessorSeconds), 3),
            ["seconds"] = Math.Round(Tasks.Where(t => t.Step == s.Name).Sum(t => t.Seconds), 3),
            ["peak_bytes"] = Tasks.Where(t => t.Step == s.Name).Select(t => t.PeakBytes).DefaultIfEmpty().Max(),
        })]),
        ["jobs"] = new JsonArray([.. Folder.ReadJobs().Select(j => (JsonNode)new JsonObject { ["step"] = j.Step, ["id"] = j.Id })]),
        ["failures"] = new JsonArray([.. Failed.Select(t => (JsonNode)new JsonObject
        {
            ["step"] = t.Step, ["task"] = t.Task, ["item"] = t.Item, ["host"] = t.Host, ["state"] = t.State.ToString().ToLowerInvariant(), ["cause"] = CauseOf(t),
        })]),
        ["failed_images"] = new JsonArray([.. FailedImages.Select(r => (JsonNode)new JsonObject { ["path"] = r.Path, ["cause"] = r.Error })]),
    };

    private static bool? IsUnderWay(RunFolder folder, RunManifest manifest, IReadOnlyList<SlurmQueue>? queue) => manifest.Engine.Engine == EngineSettings.Slurm
        ? queue is null ? null : queue.Count > 0
        : folder.ReadOwner() is { } owner && owner.Host == Environment.MachineName && Signals.IsOwn(owner.Process);
}
