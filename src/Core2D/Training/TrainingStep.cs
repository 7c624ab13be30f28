using Cellpose3D.Core2D.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>One network under training: forward, loss, gradient, and the optimizer's step.</summary>
public sealed class TrainingStep : IDisposable
{
    private readonly CellposeNet _net;
    private readonly FlatWeights _weights;
    private readonly Optimizer _optimizer;
    private readonly Device _device;
    private readonly bool _mixedPrecision, _channelsLast;

    /// <summary>Prepares a network for training.</summary>
    /// <param name="net">Owned from now on.</param>
    /// <param name="options">Optimizer, its settings, and precision are used.</param>
    /// <param name="device">Where the network is trained.</param>
    public TrainingStep(CellposeNet net, TrainingOptions options, Device device)
    {
        _net = net;
        _device = device;
        _mixedPrecision = options.MixedPrecision;
        _channelsLast = options.ChannelsLast;
        net.to(device);
        net.train();
        _weights = new FlatWeights(net);
        _optimizer = Optimizer.Create(options, _weights.Vector);
    }

    /// <summary>The network; borrowed.</summary>
    public CellposeNet Net => _net;

    /// <summary>The number of steps taken.</summary>
    public long Steps => _optimizer.Steps;

    internal Optimizer Optimizer => _optimizer;

    internal FlatWeights Weights => _weights;

    /// <summary>Takes one step.</summary>
    /// <param name="images">float32 [N, C, Y, X], normalised; borrowed.</param>
    /// <param name="targets">float32 [N, 3, Y, X]: 1 inside cells else 0, flow y, flow x; borrowed.</param>
    /// <param name="learningRate">Of this step; 0 only moves the batch norms' statistics and the optimizer's state.</param>
    /// <returns>float32 scalar on the device: the loss before the step; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes do not belong together.</exception>
    public Tensor Run(NdArray<float> images, NdArray<float> targets, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = Loss(images, targets);
        _optimizer.Step(_weights.Gradient(loss), learningRate);
        return loss.detach().MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch in evaluation mode; nothing is changed.</summary>
    /// <param name="images">float32 [N, C, Y, X], normalised; borrowed.</param>
    /// <param name="targets">float32 [N, 3, Y, X]: 1 inside cells else 0, flow y, flow x; borrowed.</param>
    public double Evaluate(NdArray<float> images, NdArray<float> targets)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _net.eval();
        try
        {
            return Loss(images, targets).cpu().item<float>();
        }
        finally
        {
            _net.train();
        }
    }

    /// <summary>Frees the network and the optimizer's state.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _weights.Dispose();
        _net.Dispose();
    }

    private Tensor Loss(NdArray<float> images, NdArray<float> targets)
    {
        if (images.Rank != 4 || targets.Rank != 4 || targets.Shape[1] != 3 || images.Shape[0] != targets.Shape[0] || !images.Shape.AsSpan(2).SequenceEqual(targets.Shape.AsSpan(2)))
            throw new ArgumentException($"targets must be [N, 3, Y, X] for images [N, C, Y, X]; got {targets} for {images}.", nameof(targets));
        using DisposeScope scope = NewDisposeScope();
        Tensor input = TensorInterop.ToTensor(images, _device);
        if (_channelsLast)
            input = TensorInterop.ToChannelsLast(input);
        Tensor maps;
        using (_mixedPrecision ? new AutocastScope(_device.type) : null)
            maps = _net.forward(input).Maps;                                      // [N, 3, Y, X]
        return TrainingLoss.Compute(maps, TensorInterop.ToTensor(targets, _device)).MoveToOuterDisposeScope();
    }
}
