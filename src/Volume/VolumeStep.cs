using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>A step of a run, done in items that do not depend on each other: by one process in turn, or by any number of them at once.</summary>
/// <remarks>
/// An item reads what earlier steps have left in the workspace, writes its own part of volumes, and saves a record under its own name.
/// Done twice, even at the same time, it writes the same; a process that comes late sees the record and leaves volumes alone,
/// which may be gone by then.
/// </remarks>
public sealed class VolumeStep
{
    private readonly IVolumeWorkspace _workspace;
    private readonly Func<int, string> _recordOf;

    internal VolumeStep(string name, VolumeStage stage, int items, IVolumeWorkspace workspace, Func<int, string>? recordOf = null)
    {
        (Name, Stage, Items, _workspace) = (name, stage, items, workspace);
        _recordOf = recordOf ?? (item => FormattableString.Invariant($"{name}/{item}"));
    }

    /// <summary>Letters, digits and hyphens; the folder of the items' records.</summary>
    public string Name { get; }

    /// <summary>What it is part of.</summary>
    public VolumeStage Stage { get; }

    /// <summary>Number of items, at least 1.</summary>
    public int Items { get; }

    /// <summary>Estimated share of the run's work, 0..1.</summary>
    public float Share { get; internal set; }

    /// <summary>Whether it may run at the same time as the step before it; else every item of all earlier steps must be done.</summary>
    public bool WithPrevious { get; internal init; }

    /// <summary>Computes one item.</summary>
    internal Func<int, CancellationToken, StepResult>? Compute { get; init; }

    /// <summary>Computes several items in a way of its own, instead of <see cref="Compute"/>; returns how many were not done before.</summary>
    internal Func<IReadOnlyList<int>, IProgress<float>?, CancellationToken, int>? ComputeMany { get; init; }

    /// <summary>Gives the room back that no later step needs.</summary>
    internal Action? Release { get; init; }

    /// <summary>The order in which one process does the items; null for that of their numbers. It never changes a result.</summary>
    internal IReadOnlyList<int>? Order { get; init; }

    /// <summary>Whether an item is done.</summary>
    /// <param name="item">0 to <see cref="Items"/> - 1.</param>
    public bool IsDone(int item) => _workspace.Has(_recordOf(item));

    /// <summary>Does the items that are not done yet.</summary>
    /// <param name="items">Their numbers; null for all.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between items, and within long ones.</param>
    /// <returns>How many were not done before.</returns>
    public int Run(IReadOnlyList<int>? items = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        items ??= Order ?? [.. Enumerable.Range(0, Items)];
        if (ComputeMany is not null)
            return ComputeMany(items, progress, cancellationToken);
        var dropped = new DroppedArrays();
        int computed = 0;
        for (int i = 0; i < items.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            computed += RunOne(items[i], cancellationToken) ? 1 : 0;
            dropped.Collect();
            progress?.Report((i + 1f) / items.Count);
        }
        return computed;
    }

    /// <summary>Does steps one after the other in this process.</summary>
    internal static void RunAll(IReadOnlyList<VolumeStep> steps, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        float all = steps.Sum(s => s.Share), done = 0;
        foreach (VolumeStep step in steps)
        {
            float next = done + step.Share;
            step.Run(null, PartialProgress.Of(progress, done / all, step == steps[^1] ? 1 : next / all), cancellationToken);
            step.Complete();
            done = next;
        }
    }

    /// <summary>Gives the room back that no later step needs; to be called once every item of the step is done.</summary>
    public void Complete() => Release?.Invoke();

    private bool RunOne(int item, CancellationToken cancellationToken)
    {
        string record = _recordOf(item);
        if (_workspace.Has(record))
            return false;
        StepResult result = Compute!(item, cancellationToken);
        if (_workspace.Has(record))                                      // another process was faster, and what this one read may have been given back
            return false;
        result.Write?.Invoke();
        _workspace.Save(record, result.Record);
        return true;
    }
}
