using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary><c>done.json</c>: a run came to its end.</summary>
/// <param name="Cells">Number of cells.</param>
/// <param name="Finished">When.</param>
internal sealed record DoneMark(int Cells, DateTimeOffset Finished)
{
    /// <summary>What the program answers to the shell: other than Ok where some of several inputs failed.</summary>
    public ExitCode Code { get; init; }

    /// <summary>The result in words.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>What the user should know of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What failed, a line each.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Paths of the results.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];
}
