using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), betas 0.9 and 0.999, epsilon 1e-8.</summary>
/// <param name="weights">float32 [P]; borrowed.</param>
/// <param name="weightDecay">Pull of every weight towards 0, times the learning rate.</param>
internal sealed class AdamW(Tensor weights, double weightDecay) : Optimizer(weights, "optimizer.mean", "optimizer.square")
{
    private const double MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;

    protected override void Move(Tensor gradient, double learningRate)
    {
        Tensor mean = State(0), square = State(1);
        Weights.mul_(Scalars.Of(1 - learningRate * weightDecay));
        mean.mul_(Scalars.Of(MeanDecay)).add_(gradient, Scalars.Of(1 - MeanDecay));
        square.mul_(Scalars.Of(SquareDecay)).addcmul_(gradient, gradient, Scalars.Of(1 - SquareDecay));
        double meanBias = 1 - Math.Pow(MeanDecay, Steps), squareBias = 1 - Math.Pow(SquareDecay, Steps);
        using Scalar root = Math.Sqrt(squareBias).ToScalar(), rate = (-learningRate / meanBias).ToScalar();   // others in every step
        Tensor width = square.sqrt().div_(root).add_(Scalars.Of(Epsilon), Scalars.One);
        Weights.addcdiv_(mean, width, rate);
    }
}
