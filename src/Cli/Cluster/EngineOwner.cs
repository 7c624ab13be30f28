namespace Cellpose3D.Cli.Cluster;

/// <summary>The process that drives a local run.</summary>
/// <param name="Host">Its machine.</param>
/// <param name="Process">Its number there.</param>
internal sealed record EngineOwner(string Host, int Process);
