using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>A few frames of a movie as the head is trained on them.</summary>
/// <param name="Images">float32 [K, 4 h, 4 w].</param>
/// <param name="Graph">Its planes and pairs.</param>
/// <param name="Truth">What the head should say.</param>
internal sealed record Clip(NdArray<float> Images, PairGraph Graph, PairTruth Truth);
