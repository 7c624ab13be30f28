using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D;

/// <summary>What came of segmenting one image.</summary>
/// <param name="Labels">int32 [Y, X], 0 = background, numbered by first pixel in raster order; owned.</param>
/// <param name="Flows">float32 [2, Y, X], 5 * flow y, 5 * flow x, at the image's size (at the network's scale without resampling); null unless kept; owned.</param>
/// <param name="CellProb">float32 [Y, X], probability logit, same size; null unless kept; owned.</param>
/// <param name="Style">float32 [S], unit length; owned.</param>
/// <param name="Diameter">Pixels: the diameter the image was segmented at, given, estimated, or the model's.</param>
/// <param name="Niter">Euler steps that were made.</param>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="Cells">Quality of each cell, in label order.</param>
/// <param name="Timings">Seconds spent in each stage.</param>
/// <param name="NonFinitePixels">Number of NaN or infinite input values, which count as the channel's low value.</param>
public sealed record Segmentation2D(
    NdArray<int> Labels,
    NdArray<float>? Flows,
    NdArray<float>? CellProb,
    float[] Style,
    double Diameter,
    int Niter,
    FilterCounts Filtered,
    IReadOnlyList<CellQuality> Cells,
    StageTimings Timings,
    long NonFinitePixels);
