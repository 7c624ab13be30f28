using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Server;

/// <summary>A cell of a track.</summary>
/// <param name="Time">From 0.</param>
/// <param name="Label">Its number in that time point's labels.</param>
/// <param name="Voxel">Its middle, in voxels.</param>
public readonly record struct TrackPoint(int Time, uint Label, PointUm Voxel);
