namespace Cellpose3D.Tracking.Lineages;

/// <summary>A track as the Cell Tracking Challenge writes it.</summary>
/// <param name="Label">Its number, above 0: the label of its masks.</param>
/// <param name="Begin">First frame.</param>
/// <param name="End">Last frame, inclusive.</param>
/// <param name="Parent">Number of the track it comes from, or 0.</param>
public readonly record struct TrackRow(int Label, int Begin, int End, int Parent);
