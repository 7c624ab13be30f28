namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Masks made from flows, and what was filtered on the way.</summary>
/// <param name="Labels">int32 <c>[(Z,) Y, X]</c>, 0 = background, labels 1, 2, ... by first voxel; owned by the caller.</param>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="FlowErrors">Flow error of label n at n - 1, measured before resizing and hole filling; empty when flow errors were not asked for.</param>
public sealed record MaskResult(NdArray<int> Labels, FilterCounts Filtered, IReadOnlyList<double> FlowErrors);
