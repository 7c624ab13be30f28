namespace Cellpose3D.Core2D.Measurements;

/// <summary>Where one label lies: its pixel count and bounding box.</summary>
/// <param name="Label">The label, above 0.</param>
/// <param name="Count">Number of its pixels or voxels.</param>
/// <param name="Z0">First plane; 0 in an image.</param>
/// <param name="Z1">One past the last plane; 1 in an image.</param>
/// <param name="Y0">First row.</param>
/// <param name="Y1">One past the last row.</param>
/// <param name="X0">First column.</param>
/// <param name="X1">One past the last column.</param>
public readonly record struct LabelRegion(int Label, long Count, int Z0, int Z1, int Y0, int Y1, int X0, int X1);
