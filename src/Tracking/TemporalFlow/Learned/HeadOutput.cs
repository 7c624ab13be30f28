using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>What the head says of the pairs of a graph; tensors owned by the scope they were made in.</summary>
/// <param name="EdgeLogit">float32 [edges]: how alike the cells are and how well their places suit.</param>
/// <param name="ArcProbability">float32 [arcs]: probability of the arc among those of its slot.</param>
/// <param name="None">float32 [slots]: probability that no arc of the slot is right.</param>
/// <param name="Motion">float32 [entries, 2]: from the cell's centre to its partner's, drift taken off, in diameters.</param>
/// <param name="LogScale">float32 [entries, 2]: log of the Laplace scale of that.</param>
/// <param name="Events">float32 [slots, 2], log odds: no partner (appears, disappears); division (is a daughter, is a mother).</param>
internal sealed record HeadOutput(Tensor EdgeLogit, Tensor ArcProbability, Tensor None, Tensor Motion, Tensor LogScale, Tensor Events);
