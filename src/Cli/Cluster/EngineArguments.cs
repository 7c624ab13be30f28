using System.CommandLine;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>The options that say how the work of a run is shared out.</summary>
internal static class EngineArguments
{
    private const int DefaultSlurmWorkers = 16;

    private static readonly Option<string?> Engine = new("--engine") { Description = "Share the work (blocks of a volume, images, frames) among processes: local (on this machine) or slurm (jobs on a cluster); default: this process does all. The results are the same." };
    private static readonly Option<int?> Workers = new("--workers") { Description = $"Processes at a time; default: one for each 4 processors (local), {DefaultSlurmWorkers} (slurm)." };
    private static readonly Option<string?> Partition = new("--partition") { Description = "Slurm: the partition of all jobs." };
    private static readonly Option<string?> Gres = new("--gres") { Description = "Slurm: what the network's jobs need besides, for example gpu:1; the others run without." };
    private static readonly Option<string?> Time = new("--time") { Description = "Slurm: time limit of a task, for example 2:00:00." };
    private static readonly Option<string?> Account = new("--account") { Description = "Slurm: who pays." };
    private static readonly Option<string[]> Sbatch = new("--sbatch") { Description = "Slurm: any other option of sbatch as KEY=VALUE, for example --sbatch mem=16G --sbatch cpus-per-task=8." };
    private static readonly Option<bool> Detach = new("--detach") { Description = "Slurm: return once the jobs are submitted; 'cellpose3d status' shows how they go." };

    static EngineArguments() => Engine.AcceptOnlyFromAmong(EngineSettings.Local, EngineSettings.Slurm);

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Engine, Workers, Partition, Gres, Time, Account, Sbatch, Detach])
            command.Options.Add(option);
    }

    /// <summary>What the command line asks for; null where this process does all.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="CommandException">Options contradict each other or are out of range.</exception>
    public static EngineSettings? Parse(ParseResult parse)
    {
        string? engine = parse.GetValue(Engine);
        Option[] foreign = engine switch { null => [Workers, Partition, Gres, Time, Account, Sbatch, Detach], EngineSettings.Local => [Partition, Gres, Time, Account, Sbatch, Detach], _ => [] };
        foreach (Option option in foreign)
        {
            if (parse.GetResult(option) is { Implicit: false })
                throw new CommandException(ExitCode.Usage, $"{option.Name} is about {(option == Workers ? "an engine; give --engine local or slurm" : "Slurm; give --engine slurm")} besides.");
        }
        if (engine is null)
            return null;
        int workers = parse.GetValue(Workers) ?? (engine == EngineSettings.Slurm ? DefaultSlurmWorkers : Math.Max(1, Environment.ProcessorCount / 4));
        if (workers is < 1 or > 1000)
            throw new CommandException(ExitCode.Usage, $"--workers must be 1 to 1000; got {workers}.");
        string[] others = parse.GetValue(Sbatch) ?? [];
        if (others.FirstOrDefault(o => o.StartsWith('-') || o.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
            throw new CommandException(ExitCode.Usage, $"--sbatch must be KEY=VALUE without dashes, for example mem=16G; got '{wrong}'.");
        return new EngineSettings
        {
            Engine = engine,
            Workers = workers,
            Sbatch = [.. Named("partition", parse.GetValue(Partition)), .. Named("time", parse.GetValue(Time)), .. Named("account", parse.GetValue(Account)), .. others.Select(o => $"--{o}")],
            NetworkSbatch = [.. Named("gres", parse.GetValue(Gres))],
            Resume = VolumeArguments.IsResumed(parse),
            Detach = parse.GetValue(Detach),
        };
    }

    /// <summary>Whether the work is to be shared out.</summary>
    public static bool IsGiven(ParseResult parse) => parse.GetResult(Engine) is { Implicit: false };

    private static string[] Named(string option, string? value) => value is null ? [] : [$"--{option}={value}"];
}
