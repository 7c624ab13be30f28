namespace Cellpose3D.Tracking.Metrics;

/// <summary>An edge of a <see cref="TrackGraph"/>, forward in time.</summary>
/// <param name="Source">Earlier node.</param>
/// <param name="Target">Later node.</param>
/// <param name="IsParentLink">Whether it joins two tracks; false within one.</param>
public readonly record struct GraphEdge(int Source, int Target, bool IsParentLink);
