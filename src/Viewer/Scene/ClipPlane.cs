using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>A plane before which nothing is shown: places with normal · place + offset at least 0 stay.</summary>
/// <param name="Normal">Points to the side that stays.</param>
/// <param name="OffsetUm">In micrometres where the normal has length 1.</param>
public sealed record ClipPlane(PointUm Normal, double OffsetUm);
