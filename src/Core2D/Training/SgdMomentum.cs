using Cellpose3D.Core2D.Native;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Gradient descent with momentum; the weight decay is added to the gradient.</summary>
/// <param name="weights">float32 [P]; borrowed.</param>
/// <param name="momentum">Share of the last step's direction that is kept.</param>
/// <param name="weightDecay">Pull of every weight towards 0.</param>
internal sealed class SgdMomentum(Tensor weights, double momentum, double weightDecay) : Optimizer(weights, "optimizer.momentum")
{
    protected override void Move(Tensor gradient, double learningRate)
    {
        Tensor direction = gradient.add(Weights, Scalars.Of(weightDecay));
        State(0).mul_(Scalars.Of(momentum)).PlusInPlace(direction);
        Weights.add_(State(0), Scalars.Of(-learningRate));
    }
}
