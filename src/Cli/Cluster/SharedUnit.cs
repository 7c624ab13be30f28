namespace Cellpose3D.Cli.Cluster;

/// <summary>One run that an engine sees to, before it is begun: a volume, images, or a movie.</summary>
internal sealed record SharedUnit
{
    /// <summary>What it works on.</summary>
    public required SharedKind Kind { get; init; }

    /// <summary>The volume file, or what the images are called together.</summary>
    public required string Image { get; init; }

    /// <summary>The files of a run over images, by item; empty for others.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Folder and name that the results' names begin with.</summary>
    public required string Stem { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the report goes.</summary>
    public required string Report { get; init; }

    /// <summary>The words of the command line, from the verb on.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>What has a part in the results, by name.</summary>
    public required SortedDictionary<string, string> Facts { get; init; }

    /// <summary>Begins the run, or goes on with an earlier one that has the same facts (null: there is none); the number is that of the processes.</summary>
    public required Func<RunManifest?, int, CancellationToken, ISharedJob> Begin { get; init; }

    /// <summary>Whether results of a complete run are all there, and still those of its inputs.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="known">The run as it was.</param>
    public bool IsStillTrue(RunFolder folder, RunManifest known) => Kind == SharedKind.Images
        ? known.Images.SequenceEqual(Images) && folder.ReadImages() is var records && records.Count == Images.Count && records.All(r => r.IsStillTrue())
        : folder.ReadDone()!.Written.All(System.IO.Path.Exists);
}
