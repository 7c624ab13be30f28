using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Lays a network's trained parameters into one vector, so that an optimizer is a few operations instead of hundreds.</summary>
/// <remarks>
/// The parameters become views of the vector: changing it changes the network. Their order is that of the checkpoint's keys.
/// </remarks>
internal sealed class FlatWeights : IDisposable
{
    private readonly Parameter[] _parameters;

    /// <summary>Takes over the storage of a network's parameters.</summary>
    /// <param name="net">Already on its device, which it must not leave from now on; borrowed.</param>
    internal FlatWeights(nn.Module net)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _parameters = [.. net.parameters().Where(p => p.requires_grad)];
        Vector = cat([.. _parameters.Select(p => p.detach().reshape(-1))]).DetachFromDisposeScope();   // [P]
        long start = 0;
        foreach (Parameter parameter in _parameters)
        {
            parameter.set_(Vector.narrow(0, start, parameter.numel()).view(parameter.shape));
            start += parameter.numel();
        }
    }

    /// <summary>float32 [P]: every trained parameter, one after the other.</summary>
    internal Tensor Vector { get; }

    /// <summary>The gradient of a loss with respect to <see cref="Vector"/>.</summary>
    /// <param name="loss">Scalar with its graph; borrowed.</param>
    /// <returns>float32 [P]; owned by the caller.</returns>
    internal Tensor Gradient(Tensor loss)
    {
        using DisposeScope scope = NewDisposeScope();
        IList<Tensor> gradients = autograd.grad([loss], _parameters);
        return cat([.. gradients.Select(g => g.reshape(-1))]).MoveToOuterDisposeScope();
    }

    public void Dispose() => Vector.Dispose();
}
