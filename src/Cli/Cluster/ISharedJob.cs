namespace Cellpose3D.Cli.Cluster;

/// <summary>What several processes do together, as one of them sees it: steps of items, and an end that writes results.</summary>
internal interface ISharedJob : IDisposable
{
    /// <summary>The steps in order, without the last one, which writes results; cut for a number of processes.</summary>
    public IReadOnlyList<RunStep> Steps { get; }

    /// <summary>Share of the last step in the run's work, 0..1.</summary>
    public float FinishShare { get; }

    /// <summary>Cell diameter in pixels that all processes take; null where each item has its own, or the model's.</summary>
    public double? Diameter { get; }

    /// <summary>The device in words; null where nothing has run on it yet.</summary>
    public string? Device { get; }

    /// <summary>Whether parts of this very run lay there before.</summary>
    public bool GoesOn { get; }

    /// <summary>What is to be said of the run when it begins.</summary>
    public IEnumerable<string> Lines { get; }

    /// <summary>Whether an item is done.</summary>
    public bool IsDone(string step, int item);

    /// <summary>Does an item.</summary>
    /// <param name="step">Name of the step.</param>
    /// <param name="item">Its number in the step.</param>
    /// <param name="cancellationToken">Checked throughout; nothing is left half-written.</param>
    /// <returns>Whether it was not done before.</returns>
    public bool Do(string step, int item, CancellationToken cancellationToken);

    /// <summary>Writes results and report, once every item is done.</summary>
    /// <param name="context">What is known of the run.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public DoneMark Finish(FinishContext context, CancellationToken cancellationToken);

    /// <summary>Gives the room of scratch back.</summary>
    public void Clear();
}
