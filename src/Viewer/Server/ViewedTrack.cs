namespace Cellpose3D.Viewer.Server;

/// <summary>A track as a page shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Parent">Number of its mother, or 0.</param>
/// <param name="Begin">First time point.</param>
/// <param name="End">Last time point, inclusive.</param>
/// <param name="Points">Its cells, by time.</param>
public sealed record ViewedTrack(int Id, int Parent, int Begin, int End, IReadOnlyList<TrackPoint> Points);
