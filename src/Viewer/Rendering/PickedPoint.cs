using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>What is under a pixel.</summary>
/// <param name="Id">The cell; 0 where there is a surface of the image, or a slice's background.</param>
/// <param name="PlaceUm">Where the line of sight meets it.</param>
/// <param name="Voxel">The same in voxels of the finest resolution; voxel (0, 0, 0) reaches from 0 to 1.</param>
/// <param name="DepthUm">Micrometres along the line of sight, from where it starts.</param>
public sealed record PickedPoint(uint Id, PointUm PlaceUm, PointUm Voxel, double DepthUm);
