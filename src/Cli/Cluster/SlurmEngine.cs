using System.Globalization;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Has Slurm do the tasks: an array job for each step, each behind the success of the steps before it.</summary>
/// <remarks>
/// Nothing depends on the process that submits: the last job writes the results. A task whose node is lost is queued again by Slurm; one that
/// fails takes the jobs behind it off the queue, and a run that is gone on with submits what is missing.
/// </remarks>
internal sealed class SlurmEngine(EngineSettings settings, Reporter reporter) : ISharedEngine
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int LooksToBeSure = 3;          // a job that has ended is off the queue before its last file is seen

    /// <inheritdoc/>
    public void Require()
    {
        if (RunProgram.Run("sbatch", "--version") is { Code: not 0 } answer)
            throw new CommandException(ExitCode.Usage, $"--engine slurm needs Slurm's sbatch: {OneLine(answer.Error)}. Run on a machine that submits jobs, or give --engine local.");
    }

    /// <inheritdoc/>
    public bool IsComplete(RunFolder folder, RunManifest manifest) => folder.ReadJobs().Any(j => j.Step == RunStep.Finish);

    /// <inheritdoc/>
    public void Start(RunFolder folder, RunManifest manifest, IReadOnlyDictionary<string, int[]> tasks)
    {
        var jobs = new List<SlurmJob>();
        List<string> behind = [], wave = [];
        folder.WriteJobs(jobs);
        try
        {
            foreach (RunStep step in manifest.Steps)
            {
                if (!step.WithPrevious && wave.Count > 0)
                    (behind, wave) = (wave, []);
                if (tasks[step.Name].Length == 0)
                    continue;
                string id = Submit(folder, manifest, step, tasks[step.Name], behind);
                wave.Add(id);
                jobs.Add(new SlurmJob(step.Name, id));
                folder.WriteJobs(jobs);
            }
        }
        catch (CommandException)
        {
            Cancel(folder, manifest);
            throw;
        }
        reporter.Info(string.Create(CultureInfo.InvariantCulture, $"submitted {jobs.Count} jobs, {jobs[0].Id} to {jobs[^1].Id}, {tasks.Values.Sum(t => t.Length)} tasks; logs in '{folder.Logs}'."));
    }

    /// <inheritdoc/>
    public void Wait(RunFolder folder, RunManifest manifest, IProgress<float> progress, CancellationToken cancellationToken)
    {
        bool isSilent = false;
        for (int absent = 0; !folder.IsDone;)
        {
            if (cancellationToken.WaitHandle.WaitOne(Pause))
            {
                reporter.Info($"the jobs go on; 'cellpose3d status {folder.Path}' shows how, 'cellpose3d cancel' ends them.");
                cancellationToken.ThrowIfCancellationRequested();
            }
            progress.Report(RunStatus.Read(folder, isActive: true).Fraction);
            IReadOnlyList<SlurmQueue>? queue = SlurmQueue.Of(manifest);
            absent = queue is { Count: 0 } ? absent + 1 : 0;
            if (queue is null && !isSilent)
                reporter.Warn("Slurm does not answer (squeue failed); the run is waited for by what it leaves on disk.");
            isSilent = queue is null;
            if (absent == LooksToBeSure && !folder.IsDone)
                throw RunStatus.Read(folder).Failure();
        }
    }

    /// <inheritdoc/>
    public void Cancel(RunFolder folder, RunManifest manifest)
    {
        (int code, _, string error) = RunProgram.Run("scancel", $"--name={SlurmQueue.NameOf(manifest)}");
        if (code != 0)
            throw new CommandException(ExitCode.BadInput, $"the jobs of '{folder.Path}' cannot be cancelled: {OneLine(error)}.");
        folder.WriteJobs([]);
    }

    private string Submit(RunFolder folder, RunManifest manifest, RunStep step, int[] tasks, List<string> behind)
    {
        string[] words =
        [
            "--parsable", $"--job-name={SlurmQueue.NameOf(manifest)}", $"--array={Ranges(tasks)}%{settings.Workers.ToString(CultureInfo.InvariantCulture)}",
            .. behind.Count == 0 ? Array.Empty<string>() : [$"--dependency=afterok:{string.Join(':', behind)}", "--kill-on-invalid-dep=yes"],
            "--requeue", "--open-mode=append", $"--output={folder.Logs.Replace("%", "%%", StringComparison.Ordinal)}/{step.Name}-%a.log",
            .. settings.Sbatch, .. step.IsNetwork ? settings.NetworkSbatch : [],
            $"--wrap=exec {string.Join(' ', RunProgram.Own.Select(RunProgram.Quote))} segment-task {RunProgram.Quote(folder.Path)} {step.Name} \"$SLURM_ARRAY_TASK_ID\"",
        ];
        (int code, string output, string error) = RunProgram.Run("sbatch", words);
        string id = output.Trim().Split(';')[0];                         // a cluster's name may follow
        return code == 0 && id.Length > 0 ? id : throw new CommandException(ExitCode.Usage, $"Slurm refused the job of '{step.Name}': {OneLine(error)}. Change --partition, --gres, --time, --account or --sbatch.");
    }

    // 0,1,2,5 as 0-2,5
    private static string Ranges(int[] tasks)
    {
        var parts = new List<string>();
        for (int from = 0, end; from < tasks.Length; from = end)
        {
            for (end = from + 1; end < tasks.Length && tasks[end] == tasks[end - 1] + 1;)
                end++;
            parts.Add(end - from == 1 ? tasks[from].ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{tasks[from]}-{tasks[end - 1]}"));
        }
        return string.Join(',', parts);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');
}
