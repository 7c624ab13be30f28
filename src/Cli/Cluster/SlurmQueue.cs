namespace Cellpose3D.Cli.Cluster;

/// <summary>What Slurm says of a run's jobs that wait or work.</summary>
/// <param name="Id">The job, for tasks of an array with its number behind.</param>
/// <param name="State">In Slurm's words, for example PENDING.</param>
/// <param name="Reason">Why it waits, or where it works.</param>
internal sealed record SlurmQueue(string Id, string State, string Reason)
{
    /// <summary>The name of all jobs of a run.</summary>
    public static string NameOf(RunManifest manifest) => $"cellpose3d-{manifest.Id}";

    /// <summary>Asks for the jobs of a run.</summary>
    /// <returns>Null where Slurm does not answer.</returns>
    public static IReadOnlyList<SlurmQueue>? Of(RunManifest manifest)
    {
        (int code, string output, _) = RunProgram.Run("squeue", "--noheader", $"--name={NameOf(manifest)}", "--format=%i|%T|%R");
        return code != 0 ? null
            : [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split('|')).Where(p => p.Length >= 3).Select(p => new SlurmQueue(p[0], p[1], p[2]))];
    }
}
