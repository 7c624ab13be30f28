namespace Cellpose3D.Tracking.Lineages;

/// <summary>A cell's life between two divisions, or between appearing and disappearing.</summary>
/// <param name="Id">Its number, above 0.</param>
/// <param name="Cells">Ids of its cells, by frame; owned by the set.</param>
/// <param name="Begin">First frame.</param>
/// <param name="End">Last frame, inclusive.</param>
/// <param name="ParentId">Number of the track it comes from, or 0.</param>
/// <param name="LineageId">Number of the track its family begins with.</param>
/// <param name="Generation">Divisions since then.</param>
public sealed record Track(int Id, IReadOnlyList<int> Cells, int Begin, int End, int ParentId, int LineageId, int Generation);
