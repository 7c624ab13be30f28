using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A frame of masks with mistakes, and what they are.</summary>
/// <param name="Labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; owned by the caller.</param>
/// <param name="Masks">Where each mask comes from, by label.</param>
public sealed record DegradedFrame(NdArray<int> Labels, IReadOnlyList<DegradedMask> Masks);
