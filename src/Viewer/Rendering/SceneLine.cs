using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>A straight piece of a line in the volume, for example of a track's tail.</summary>
/// <param name="From">Its beginning, in micrometres.</param>
/// <param name="To">Its end, in micrometres.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Opacity">0 to 1.</param>
public readonly record struct SceneLine(PointUm From, PointUm To, Rgb Color, double Opacity);
