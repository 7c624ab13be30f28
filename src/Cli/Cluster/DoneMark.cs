namespace Cellpose3D.Cli.Cluster;

/// <summary><c>done.json</c>: a run came to its end.</summary>
/// <param name="Cells">Number of cells.</param>
/// <param name="Finished">When.</param>
internal sealed record DoneMark(int Cells, DateTimeOffset Finished);
