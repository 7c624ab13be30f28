using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>How far the head is from the truth.</summary>
/// <remarks>
/// Matching: minus the log of the probability given to the right partner (any of two daughters), or to none. Flow: the negative log likelihood
/// of a Laplace distribution, mean over each cell's pixels, so that large cells count no more than small ones. Events: binary cross-entropy.
/// </remarks>
internal static class TemporalLoss
{
    private const double FlowWeight = 0.5, DivisionWeight = 1;

    /// <summary>Computes the loss.</summary>
    /// <param name="graph">The pairs.</param>
    /// <param name="output">What the head says; borrowed.</param>
    /// <param name="truth">What it should say.</param>
    /// <returns>float32 scalar with its graph, and float32 [4] without: matching, flow, events, share of slots whose likeliest answer is right. Owned by the caller.</returns>
    public static (Tensor Loss, Tensor Parts) Compute(PairGraph graph, HeadOutput output, PairTruth truth)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = output.None.device;
        long slots = graph.SlotCell.Length;
        Tensor arcSlot = tensor(graph.ArcSlot, device: device), right = tensor(truth.ArcIsTrue, device: device);
        Tensor has = tensor(truth.HasPartner, device: device), seen = tensor(Present(graph), device: device), reached = tensor(truth.Reached, device: device) * seen;
        Tensor given = RowSums.Add(output.None * (Scalars.One - has), arcSlot, output.ArcProbability * right);              // [slots]
        Tensor matching = (-given.add(Scalars.Of(1e-7), Scalars.One).log() * reached).sum() / reached.sum().clamp(Scalars.One);

        Tensor entrySlot = tensor(graph.EntrySlot, device: device), share = tensor(graph.EntryShare, device: device);
        Tensor off = (output.Motion - tensor(truth.EntryMotion, device: device).view(-1, 2)).abs();
        Tensor likelihood = (off * (-output.LogScale).exp()).Plus(output.LogScale).sum(1) * share * has.index_select(0, entrySlot);
        Tensor flow = likelihood.sum() / (has * seen).sum().clamp(Scalars.One);

        Tensor truthEvents = stack([Scalars.One - has, tensor(truth.Divides, device: device)], 1);                          // [slots, 2]
        Tensor cross = functional.binary_cross_entropy_with_logits(output.Events, truthEvents, reduction: Reduction.None);
        Tensor events = (cross.select(1, 0).Plus(Scalars.Of(DivisionWeight) * cross.select(1, 1)) * seen).sum() / seen.sum().clamp(Scalars.One);

        Tensor loss = matching.Plus(Scalars.Of(FlowWeight) * flow).Plus(events);
        using IDisposable noGrad = no_grad();
        Tensor accuracy = ((given > Scalars.Of(0.5)).to(ScalarType.Float32) * reached).sum() / reached.sum().clamp(Scalars.One);
        Tensor parts = stack([matching.detach(), flow.detach(), events.detach(), accuracy], 0);
        return (loss.MoveToOuterDisposeScope(), parts.MoveToOuterDisposeScope());
    }

    private static float[] Present(PairGraph graph)
    {
        float[] present = new float[graph.SlotCell.Length];
        foreach (long slot in graph.EntrySlot)
            present[slot] = 1;
        return present;
    }
}
