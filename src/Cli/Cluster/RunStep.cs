namespace Cellpose3D.Cli.Cluster;

/// <summary>A step of a run: items, shared out among tasks.</summary>
/// <param name="Name">The step; the folder of the items' records.</param>
/// <param name="Items">Number of items.</param>
/// <param name="Tasks">Number of tasks, each of which does a run of items.</param>
/// <param name="Share">Estimated share of the run's work, 0..1.</param>
/// <param name="WithPrevious">Whether it may run beside the step before it.</param>
internal sealed record RunStep(string Name, int Items, int Tasks, float Share, bool WithPrevious)
{
    /// <summary>The step that writes results and cleans up, when all others are done.</summary>
    public const string Finish = "finish";

    /// <summary>Whether the network runs in it.</summary>
    public bool IsNetwork => Name.StartsWith("network-", StringComparison.Ordinal);

    /// <summary>The items of a task.</summary>
    public (int First, int End) ItemsOf(int task) => ((int)((long)Items * task / Tasks), (int)((long)Items * (task + 1) / Tasks));
}
