namespace Cellpose3D.Cli.Cluster;

/// <summary><c>job.json</c>: everything a process needs to take part in a run.</summary>
internal sealed record RunManifest
{
    /// <summary>Letters and digits that no other run has.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the program that began it.</summary>
    public required string Version { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The words of the command line, from the verb on.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The folder that relative paths begin in.</summary>
    public required string Directory { get; init; }

    /// <summary>What it works on.</summary>
    public SharedKind Kind { get; init; }

    /// <summary>The volume file, or what the images are called together.</summary>
    public required string Image { get; init; }

    /// <summary>The files of a run over images, by item; empty for others.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>What has a part in the results, by name.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>Folder and name that the results' names begin with.</summary>
    public required string Stem { get; init; }

    /// <summary>Where the report of the run goes.</summary>
    public required string Report { get; init; }

    /// <summary>Cell diameter in pixels, as given or estimated; null for the model's own.</summary>
    public double? Diameter { get; init; }

    /// <summary>The frames a movie's diameter was estimated from; empty where it was given.</summary>
    public IReadOnlyList<int> DiameterFrames { get; init; } = [];

    /// <summary>Processes that the volume was cut for: the blocks of a run stay those of its first submission.</summary>
    public required int Cut { get; init; }

    /// <summary>How the work is shared out.</summary>
    public required EngineSettings Engine { get; init; }

    /// <summary>What there is to do, in order.</summary>
    public required IReadOnlyList<RunStep> Steps { get; init; }
}
