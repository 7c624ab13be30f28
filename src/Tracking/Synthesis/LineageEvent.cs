namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Something that happens to a track of a synthetic movie.</summary>
/// <param name="Frame">The frame in which it shows first.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Track">The track.</param>
/// <param name="Others">Daughters of a division; the earlier track of one that returns; else empty.</param>
public sealed record LineageEvent(int Frame, LineageEventKind Kind, int Track, IReadOnlyList<int> Others);
