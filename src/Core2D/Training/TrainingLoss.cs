using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>What training makes small: squared error of the flows plus cross-entropy of the cell probability.</summary>
public static class TrainingLoss
{
    /// <summary>The network learns flows this many times as long as unit vectors.</summary>
    public const double FlowScale = 5;

    /// <summary>Compares the network's maps with their targets.</summary>
    /// <param name="maps">float [N, 3, Y, X]: 5 * flow y, 5 * flow x, cell probability logit; borrowed.</param>
    /// <param name="targets">float [N, 3, Y, X]: 1 inside cells else 0, flow y, flow x (unit length or shorter); borrowed.</param>
    /// <returns>float32 scalar: mean squared error of both flows / 2, plus mean cross-entropy; owned by the caller.</returns>
    /// <remarks>Paper: "Training"; NUMERICS section 14. Inside is what lies above 0.5.</remarks>
    public static Tensor Compute(Tensor maps, Tensor targets)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wholeMaps = maps.to(ScalarType.Float32);                           // no copy unless training in mixed precision
        Tensor flows = nn.functional.mse_loss(wholeMaps.narrow(1, 0, 2), targets.narrow(1, 1, 2) * Scalars.Of(FlowScale));
        Tensor inside = targets.narrow(1, 0, 1).gt(Scalars.Of(0.5)).to(ScalarType.Float32);   // [N, 1, Y, X]
        Tensor probability = nn.functional.binary_cross_entropy_with_logits(wholeMaps.narrow(1, 2, 1), inside);
        return (flows / Scalars.Of(2)).Plus(probability).MoveToOuterDisposeScope();
    }
}
