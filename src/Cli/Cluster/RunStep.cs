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

    /// <summary>The step whose items are files.</summary>
    public const string Images = "images";

    /// <summary>The step whose items are the frames of a movie.</summary>
    public const string Frames = "frames";

    private const int MostTasks = 1000;           // Slurm's usual limit on an array is 1001
    private const float Heavy = 0.05f;            // share of the work from which a step gets two tasks a process, so that none waits long for the last

    /// <summary>Whether the network runs in it.</summary>
    public bool IsNetwork => Name is Images or Frames || Name.StartsWith("network-", StringComparison.Ordinal);

    /// <summary>What an item is called.</summary>
    public string ItemName => Name switch { Images => "image", Frames => "frame", _ => IsNetwork ? "slab" : "block" };

    /// <summary>Cuts a step into tasks.</summary>
    /// <param name="name">The step.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="share">Estimated share of the run's work, 0..1.</param>
    /// <param name="withPrevious">Whether it may run beside the step before it.</param>
    /// <param name="workers">Processes at a time.</param>
    public static RunStep Cut(string name, int items, float share, bool withPrevious, int workers) =>
        new(name, items, Math.Min(Math.Min(items, MostTasks), workers * (share > Heavy ? 2 : 1)), share, withPrevious);

    /// <summary>The items of a task.</summary>
    public (int First, int End) ItemsOf(int task) => ((int)((long)Items * task / Tasks), (int)((long)Items * (task + 1) / Tasks));
}
