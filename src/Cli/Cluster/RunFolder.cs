using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Cluster;

/// <summary>The folder of a run that several processes share: its workspace, and beside that what is known of the run itself.</summary>
/// <remarks>
/// <c>job/job.json</c> says what there is to do, <c>job/tasks</c> what tasks say of themselves, <c>job/logs</c> holds their output,
/// <c>job/slurm.json</c> the jobs, <c>job/done.json</c> the end, with <c>job/report.json</c> and, of many images, <c>job/images.json</c>. Every file is written whole or not at all, by one process at a time.
/// </remarks>
internal sealed class RunFolder
{
    private const string Job = "job", ManifestFile = "job.json", DoneFile = "done.json", SlurmFile = "slurm.json", OwnerFile = "engine.json", ReportFile = "report.json", ImagesFile = "images.json";

    /// <summary>How values are named and printed.</summary>
    internal static readonly JsonSerializerOptions Style = new(RunReport.Style) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    public RunFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>The folder, which is that of the workspace.</summary>
    public string Path { get; }

    /// <summary>Where tasks' output goes.</summary>
    public string Logs => At("logs");

    /// <summary>Whether results are written.</summary>
    public bool IsDone => File.Exists(At(DoneFile));

    /// <summary>Whether a run was begun here.</summary>
    public bool Exists => File.Exists(At(ManifestFile));

    /// <summary>Finds the run that a user names: its folder, or the folder of its results if that holds one run.</summary>
    /// <exception cref="CommandException">There is none, or several.</exception>
    public static RunFolder Find(string path)
    {
        var folder = new RunFolder(path);
        if (folder.Exists)
            return folder;
        RunFolder[] below = Directory.Exists(path) ? [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal).Select(d => new RunFolder(d)).Where(f => f.Exists)] : [];
        return below switch
        {
            [RunFolder only] => only,
            [] => throw new CommandException(ExitCode.BadInput, $"'{path}' holds no run of --engine; name the folder of its results, or the one ending in '_work' there."),
            _ => throw new CommandException(ExitCode.Usage, $"'{path}' holds {below.Length} runs; name one: {string.Join(", ", below.Take(5).Select(f => $"'{f.Path}'"))}{(below.Length > 5 ? ", ..." : "")}."),
        };
    }

    /// <summary>Reads what there is to do.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public RunManifest ReadManifest() => Read<RunManifest>(ManifestFile)
        ?? throw new CommandException(ExitCode.BadInput, $"'{Path}' holds no run of --engine.");

    /// <summary>Begins a run: what an earlier one has left here of itself is dropped.</summary>
    public void Begin(RunManifest manifest)
    {
        if (Directory.Exists(At("")))
            Directory.Delete(At(""), recursive: true);
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(At("tasks"));
        Write(ManifestFile, manifest);
    }

    /// <summary>Changes how a run that is gone on with is shared out; what tasks have said before is kept.</summary>
    public void Update(RunManifest manifest) => Write(ManifestFile, manifest);

    /// <summary>Notes that results are written.</summary>
    public void MarkDone(DoneMark mark) => Write(DoneFile, mark);

    /// <summary>Keeps the report, which the user may move from where it was written.</summary>
    public void WriteReport(JsonObject report) => RunReport.Write(At(ReportFile), report);

    /// <summary>The report of a run that is done.</summary>
    public JsonNode? ReadReport() => Read<JsonNode>(ReportFile);

    /// <summary>Keeps what came of each of many images.</summary>
    public void WriteImages(IReadOnlyList<ImageRecord> records) => Write(ImagesFile, records);

    /// <summary>What came of each of many images, once the run was done.</summary>
    public IReadOnlyList<ImageRecord> ReadImages() => Read<List<ImageRecord>>(ImagesFile) ?? [];

    /// <summary>The images that failed so far.</summary>
    public IReadOnlyList<ImageRecord> ReadFailedImages()
    {
        if (IsDone)
            return [.. ReadImages().Where(r => r.Code != ExitCode.Ok)];
        string failed = System.IO.Path.Combine(Path, "records", ImageRecord.Failed);
        return !Directory.Exists(failed) ? [] : [.. Directory.EnumerateFiles(failed).Where(f => !System.IO.Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)
            .Select(f => Read<ImageRecord>(System.IO.Path.Combine("..", "records", ImageRecord.Failed, System.IO.Path.GetFileName(f)))).OfType<ImageRecord>()];
    }

    /// <summary>The end of a run that is done.</summary>
    public DoneMark? ReadDone() => Read<DoneMark>(DoneFile);

    /// <summary>The jobs of each step in Slurm, first those of the first submission.</summary>
    public IReadOnlyList<SlurmJob> ReadJobs() => Read<List<SlurmJob>>(SlurmFile) ?? [];

    /// <summary>Notes the jobs.</summary>
    public void WriteJobs(IReadOnlyList<SlurmJob> jobs) => Write(SlurmFile, jobs);

    /// <summary>The process that drives a local run.</summary>
    public EngineOwner? ReadOwner() => Read<EngineOwner>(OwnerFile);

    /// <summary>Notes the process that drives a local run.</summary>
    public void WriteOwner(EngineOwner owner) => Write(OwnerFile, owner);

    /// <summary>What a task has said last; null where it never began.</summary>
    public TaskReport? ReadTask(string step, int task) => Read<TaskReport>(TaskFile(step, task));

    /// <summary>What all tasks have said last, by step and number.</summary>
    public IReadOnlyList<TaskReport> ReadTasks() => !Directory.Exists(At("tasks")) ? []
        : [.. Directory.EnumerateFiles(At("tasks"), "*.json").Where(f => !System.IO.Path.GetFileName(f).StartsWith('.'))
            .Select(f => Read<TaskReport>($"tasks/{System.IO.Path.GetFileName(f)}")).OfType<TaskReport>().OrderBy(t => t.Step, StringComparer.Ordinal).ThenBy(t => t.Task)];

    /// <summary>Says how far a task is.</summary>
    public void WriteTask(TaskReport report) => Write(TaskFile(report.Step, report.Task), report);

    /// <summary>Items of a step that are done.</summary>
    public int CountDone(RunStep step)
    {
        if (IsDone)
            return step.Items;
        string records = System.IO.Path.Combine(Path, "records", step.Name);
        try
        {
            return Directory.Exists(records) ? Math.Min(step.Items, Directory.EnumerateFiles(records).Count(f => !System.IO.Path.GetFileName(f).StartsWith('.'))) : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return step.Items;                                           // removed this moment: the run is at its end
        }
    }

    private static string TaskFile(string step, int task) => string.Create(CultureInfo.InvariantCulture, $"tasks/{step}-{task}.json");

    private string At(string file) => System.IO.Path.Combine(Path, Job, file);

    private T? Read<T>(string file)
        where T : class
    {
        string path = At(file);
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Style);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not readable as JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private void Write<T>(string file, T value) =>
        AtomicFile.Write(At(file), stream => JsonSerializer.Serialize(stream, value, Style));
}
