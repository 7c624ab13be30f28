using Cellpose3D.Core2D.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Moves a vector of weights against its gradient, and carries the state that this needs from step to step.</summary>
internal abstract class Optimizer : IDisposable
{
    private readonly string[] _names;
    private readonly Tensor[] _state;

    /// <summary>Makes the state vectors, all zero.</summary>
    /// <param name="weights">float32 [P]; moved by <see cref="Step"/>; borrowed.</param>
    /// <param name="names">Names of the state vectors in a checkpoint.</param>
    protected Optimizer(Tensor weights, params string[] names)
    {
        Weights = weights;
        _names = names;
        _state = [.. names.Select(_ => zeros_like(weights).DetachFromDisposeScope())];
    }

    /// <summary>The number of steps taken.</summary>
    internal long Steps { get; private set; }

    protected Tensor Weights { get; }

    /// <summary>Makes the optimizer that the options ask for.</summary>
    internal static Optimizer Create(TrainingOptions options, Tensor weights) => options.Optimizer == OptimizerKind.Sgd
        ? new SgdMomentum(weights, options.Momentum, options.WeightDecay)
        : new AdamW(weights, options.WeightDecay);

    /// <summary>Takes one step.</summary>
    /// <param name="gradient">float32 [P]; borrowed.</param>
    /// <param name="learningRate">Of this step; may be 0, which still moves the state.</param>
    internal void Step(Tensor gradient, double learningRate)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Steps++;
        Move(gradient, learningRate);
    }

    /// <summary>The state vectors, copied to the host.</summary>
    internal IReadOnlyList<WeightTensor> Save() =>
        [.. _state.Select((s, i) => WeightTensor.FromFloats(_names[i], [checked((int)s.numel())], TensorInterop.ToArray(s).Span))];

    /// <summary>Takes up a stored state.</summary>
    /// <param name="stored">Holds what <see cref="Save"/> gave; borrowed.</param>
    /// <param name="steps">The number of steps taken by then.</param>
    /// <exception cref="InvalidDataException">A vector is missing or has another length.</exception>
    internal void Load(StateDict stored, long steps)
    {
        using IDisposable noGrad = no_grad();
        for (int i = 0; i < _state.Length; i++)
        {
            WeightTensor vector = stored.Find(_names[i]) ?? throw new InvalidDataException($"The checkpoint lacks the tensor '{_names[i]}'.");
            float[] values = vector.ToFloats();
            if (values.Length != _state[i].numel())
                throw new InvalidDataException($"Tensor '{_names[i]}' must hold {_state[i].numel()} values; the checkpoint has {values.Length}.");
            using Tensor host = tensor(values, dtype: ScalarType.Float32);
            _state[i].copy_(host);
        }
        Steps = steps;
    }

    public void Dispose()
    {
        foreach (Tensor vector in _state)
            vector.Dispose();
    }

    protected Tensor State(int index) => _state[index];

    protected abstract void Move(Tensor gradient, double learningRate);
}
