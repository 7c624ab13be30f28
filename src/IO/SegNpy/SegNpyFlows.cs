using Cellpose3D.Core2D;

namespace Cellpose3D.IO.SegNpy;

/// <summary>The flows of a <c>_seg.npy</c> file: pictures that the Cellpose GUI shows, and the numbers it makes masks from.</summary>
/// <param name="Rgb">uint8 [(Z,) Y, X, 3], flows as colours.</param>
/// <param name="CellProbImage">uint8 [(Z,) Y, X], cell probability stretched to 0 to 255.</param>
/// <param name="ZImage">uint8 [(Z,) Y, X], flow along z as grey, 127 = none; null for zeros.</param>
/// <param name="FlowsAndCellProb">float32 [D + 1, (Z,) Y, X]: 5 * flow along each axis, then the probability logit; may have another size in Y and X.</param>
public sealed record SegNpyFlows(NdArray<byte> Rgb, NdArray<byte> CellProbImage, NdArray<byte>? ZImage, NdArray<float> FlowsAndCellProb);
