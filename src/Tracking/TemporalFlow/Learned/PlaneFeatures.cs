using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>One plane of a frame once it went through encoder and stem.</summary>
/// <param name="Index">Place of the plane along its axis, in voxels.</param>
/// <param name="Cells">Its cells.</param>
/// <param name="Stem">float32 [1, width, h, w]; owned.</param>
/// <param name="Embedding">float32 [cells, embedding]; owned.</param>
internal sealed record PlaneFeatures(int Index, CellPlane Cells, Tensor Stem, Tensor Embedding);
