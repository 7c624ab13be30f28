using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.IO.Rois;

/// <summary>A polygon of ImageJ's ROI Manager.</summary>
/// <param name="Name">What the ROI Manager lists it as.</param>
/// <param name="Points">Corners in order, the last joined to the first; pixels.</param>
/// <param name="Slice">1-based plane of a stack it belongs to; 0 for every plane.</param>
public sealed record Roi(string Name, IReadOnlyList<OutlinePoint> Points, int Slice = 0);
