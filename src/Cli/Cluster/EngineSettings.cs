namespace Cellpose3D.Cli.Cluster;

/// <summary>How the work of a run is shared out.</summary>
internal sealed record EngineSettings
{
    /// <summary>The engine that starts processes on this machine.</summary>
    public const string Local = "local";

    /// <summary>The engine that submits jobs to Slurm.</summary>
    public const string Slurm = "slurm";

    /// <summary><see cref="Local"/> or <see cref="Slurm"/>.</summary>
    public required string Engine { get; init; }

    /// <summary>Processes at a time.</summary>
    public required int Workers { get; init; }

    /// <summary>Options of sbatch for every job, for example <c>--partition=gpu</c>.</summary>
    public IReadOnlyList<string> Sbatch { get; init; } = [];

    /// <summary>Options of sbatch for the jobs that run the network, for example <c>--gres=gpu:1</c>.</summary>
    public IReadOnlyList<string> NetworkSbatch { get; init; } = [];

    /// <summary>Go on with what an earlier submission has finished.</summary>
    public bool Resume { get; init; }

    /// <summary>Return once jobs are submitted.</summary>
    public bool Detach { get; init; }
}
