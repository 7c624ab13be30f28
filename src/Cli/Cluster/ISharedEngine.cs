using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Sees to the tasks of runs.</summary>
internal interface ISharedEngine
{
    /// <summary>Refuses where the engine cannot work.</summary>
    /// <exception cref="CommandException">Something it needs is not there.</exception>
    public void Require();

    /// <summary>Whether everything that a run still needs is under way.</summary>
    public bool IsComplete(RunFolder folder, RunManifest manifest);

    /// <summary>Sets tasks going, or notes them down to be done by <see cref="Wait"/>.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="manifest">What there is to do.</param>
    /// <param name="tasks">The tasks of each step that have something to do.</param>
    public void Start(RunFolder folder, RunManifest manifest, IReadOnlyDictionary<string, int[]> tasks);

    /// <summary>Returns when the run is done.</summary>
    /// <exception cref="CommandException">It failed; the message names task and cause.</exception>
    public void Wait(RunFolder folder, RunManifest manifest, IProgress<float> progress, CancellationToken cancellationToken);

    /// <summary>Ends what is under way; what is finished stays.</summary>
    public void Cancel(RunFolder folder, RunManifest manifest);
}
