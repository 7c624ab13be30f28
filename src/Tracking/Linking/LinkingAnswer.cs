namespace Cellpose3D.Tracking.Linking;

/// <summary>The cheapest way to explain every cell.</summary>
/// <param name="ArcOfChild">For each child, the arc that leads to it, or -1 where it appears.</param>
/// <param name="Cost">What it costs in all.</param>
public sealed record LinkingAnswer(int[] ArcOfChild, long Cost);
