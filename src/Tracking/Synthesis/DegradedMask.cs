namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Where a degraded mask comes from.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Sources">The true cells it holds: none for a false mask, two or more for merged ones; both parts of a split cell name it.</param>
public sealed record DegradedMask(int Label, IReadOnlyList<int> Sources);
