using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>One frame of a synthetic movie, with its truth.</summary>
/// <param name="Index">Counted from 0.</param>
/// <param name="Image">float32 <c>[(Z,) Y, X]</c>, counts of a camera, 0 to 65,535; null where no images were asked for; owned by the caller.</param>
/// <param name="Labels">int32 <c>[(Z,) Y, X]</c>, track numbers, 0 = background; each mask hangs together by faces and has at least 10 voxels; owned by the caller.</param>
/// <param name="Cells">Its cells, by label.</param>
public sealed record SyntheticFrame(int Index, NdArray<float>? Image, NdArray<int> Labels, IReadOnlyList<SyntheticCell> Cells);
