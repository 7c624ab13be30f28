using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Draws a network's first weights from a seed.</summary>
/// <remarks>
/// PyTorch's rule, which the reference keeps: weights and biases of convolutions and linear layers uniform within 1 / sqrt(fan-in), batch
/// norms 1 and 0. The numbers come from our own streams, since libtorch's generator is one for the whole process.
/// </remarks>
internal static class NetInitializer
{
    /// <summary>Overwrites every trained parameter but the batch norms', which start right.</summary>
    /// <param name="net">Receives the values.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    internal static void Fill(nn.Module net, ulong seed)
    {
        using IDisposable noGrad = no_grad();
        ulong layer = 0;
        foreach ((_, nn.Module module) in net.named_modules())
        {
            (Parameter? weight, Parameter? bias) = module switch
            {
                Conv2d conv => (conv.weight, conv.bias),
                Linear linear => (linear.weight, linear.bias),
                _ => (null, null),
            };
            if (weight is null)
                continue;
            var random = new RandomStream(seed, 3, layer++);
            double bound = 1 / Math.Sqrt((double)weight.numel() / weight.shape[0]);
            Draw(weight, bound, ref random);
            if (bias is not null)
                Draw(bias, bound, ref random);
        }
    }

    private static void Draw(Parameter target, double bound, ref RandomStream random)
    {
        float[] values = new float[target.numel()];
        foreach (ref float value in values.AsSpan())
            value = (float)random.NextBetween(-bound, bound);
        using Tensor host = tensor(values, dtype: ScalarType.Float32);
        using Tensor shaped = host.view(target.shape);
        target.copy_(shaped);
    }
}
