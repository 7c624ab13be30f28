using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Editing;

/// <summary>An outline on one plane, closed from its last point to its first.</summary>
/// <param name="Points">At least 3, in voxels.</param>
public sealed record EditOutline(ImmutableArray<PointUm> Points);
