namespace Cellpose3D.Core2D.Synthesis;

/// <summary>A synthetic image with its exact truth.</summary>
/// <param name="Image">float32 [C, Y, X], camera units (0..255 or 0..65535; quantitative phase: radians, may be negative); C is 1, or 2 as cytoplasm then nuclei, or 3 as red, green, blue; owned by the caller.</param>
/// <param name="Labels">int32 [Y, X], 0 = background; each label 4-connected, at least 10 pixels, numbered by first pixel in raster order; owned by the caller.</param>
/// <param name="Kind">The kind that was drawn, one of <see cref="Cells2D.Kinds"/>.</param>
/// <param name="MeanDiameter">Mean diameter of the circles with the labels' areas, pixels; 0 without labels.</param>
public sealed record SyntheticImage(NdArray<float> Image, NdArray<int> Labels, string Kind, double MeanDiameter);
