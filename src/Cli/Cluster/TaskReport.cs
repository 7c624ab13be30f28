namespace Cellpose3D.Cli.Cluster;

/// <summary>What a task says of itself, in a file of its own.</summary>
internal sealed record TaskReport
{
    /// <summary>Name of the step.</summary>
    public required string Step { get; init; }

    /// <summary>Number of the task.</summary>
    public required int Task { get; init; }

    /// <summary>How far it is.</summary>
    public TaskState State { get; init; }

    /// <summary>The machine, or the name it has in Slurm.</summary>
    public required string Host { get; init; }

    /// <summary>The process.</summary>
    public required int Process { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The device its network runs on, in words; null where it did not need to know.</summary>
    public string? Device { get; init; }

    /// <summary>The item it is at, or failed at.</summary>
    public int? Item { get; init; }

    /// <summary>Items it did itself, in all attempts, as far as they could say so.</summary>
    public int Computed { get; init; }

    /// <summary>Items that were done before the last attempt.</summary>
    public int Skipped { get; init; }

    /// <summary>Seconds of all attempts, without the start of their processes.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds of processors.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Most memory its process has had so far.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Why it failed: one line.</summary>
    public string? Cause { get; init; }

    /// <summary>What the program would answer to the shell.</summary>
    public int Code { get; init; }
}
