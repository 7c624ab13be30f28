namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Two planes that are related, by their places in a batch.</summary>
/// <param name="Earlier">Place of the earlier one.</param>
/// <param name="Later">Place of the later one.</param>
/// <param name="Steps">Frames from one to the other, 1 or more.</param>
/// <param name="DriftY">Drift from one to the other, in diameters.</param>
/// <param name="DriftX">The same along X.</param>
internal readonly record struct FramePair(int Earlier, int Later, int Steps, float DriftY, float DriftX);
