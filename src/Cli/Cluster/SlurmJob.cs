namespace Cellpose3D.Cli.Cluster;

/// <summary>A job in Slurm.</summary>
/// <param name="Step">The step it does.</param>
/// <param name="Id">Its number.</param>
internal sealed record SlurmJob(string Step, string Id);
