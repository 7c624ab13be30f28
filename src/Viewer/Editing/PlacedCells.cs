namespace Cellpose3D.Viewer.Editing;

/// <summary>What is known of cells that were put into labels, by which a later result of the same kind can take their place.</summary>
/// <param name="State">The labels' state with them; with another one, somebody edited since.</param>
/// <param name="Ids">Their ids at each time point.</param>
/// <param name="KeptOthers">Whether other cells were kept.</param>
/// <param name="IsStep">Whether they are a step of undo: not where nothing changed.</param>
public sealed record PlacedCells(long State, IReadOnlyDictionary<int, IReadOnlySet<uint>> Ids, bool KeptOthers, bool IsStep)
{
    /// <summary>How many cells.</summary>
    public int Count => Ids.Values.Sum(ids => ids.Count);
}
