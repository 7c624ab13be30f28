using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Network;

/// <summary>Carries weights between a <see cref="StateDict"/> and a <see cref="CellposeNet"/>.</summary>
public static class NetWeights
{
    /// <summary>Reads the sizes of a network from its tensors' shapes.</summary>
    /// <param name="weights">A checkpoint with Cellpose's keys; borrowed.</param>
    /// <exception cref="InvalidDataException">The keys are not those of a Cellpose v1 to v3 network.</exception>
    public static NetArchitecture ReadArchitecture(StateDict weights)
    {
        var widths = new List<int>();
        for (int n = 0; weights.Find(string.Create(CultureInfo.InvariantCulture, $"downsample.down.res_down_{n}.conv.conv_0.2.weight")) is { Shape.Length: 4 } t; n++)
        {
            if (n == 0)
                widths.Add(t.Shape[1]);
            widths.Add(t.Shape[0]);
        }
        WeightTensor? output = weights.Find("output.2.weight");
        if (widths.Count < 3 || output is not { Shape.Length: 4 })
            throw new InvalidDataException("The file holds no Cellpose network: the keys downsample.down.res_down_*.conv.conv_0.2.weight and output.2.weight are needed.");
        return new NetArchitecture(widths[0], [.. widths.Skip(1)], output.Shape[0]);
    }

    /// <summary>Makes a network of the checkpoint's sizes and fills it.</summary>
    /// <param name="weights">A checkpoint with Cellpose's keys; borrowed.</param>
    /// <returns>The network in evaluation mode, float32, on the CPU; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape; the message names it.</exception>
    public static CellposeNet ToNet(StateDict weights)
    {
        var net = new CellposeNet(ReadArchitecture(weights));
        try
        {
            Fill(net, weights);
        }
        catch
        {
            net.Dispose();
            throw;
        }
        net.eval();
        return net;
    }

    /// <summary>Copies every tensor of a checkpoint into the network of the same sizes.</summary>
    /// <param name="net">Receives the values.</param>
    /// <param name="weights">A checkpoint with Cellpose's keys; borrowed.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape; the message names it.</exception>
    public static void Fill(CellposeNet net, StateDict weights)
    {
        using var noGrad = no_grad();
        var byName = weights.Tensors.ToDictionary(t => t.Name);
        foreach ((string name, Tensor target) in net.state_dict())
        {
            if (!byName.TryGetValue(name, out WeightTensor? stored))
            {
                // files written before v2 lack the diameters; the number of batches seen steers nothing
                if (name is "diam_mean" or "diam_labels" || name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                    continue;
                throw new InvalidDataException($"The model lacks the tensor '{name}'.");
            }
            if (stored.Shape.Aggregate(1L, (a, b) => a * b) != target.numel() || (stored.Shape.Length > 0 && !stored.Shape.Select(l => (long)l).SequenceEqual(target.shape)))
                throw new InvalidDataException($"Tensor '{name}' must be [{string.Join(", ", target.shape)}]; the model has [{string.Join(", ", stored.Shape)}].");

            using DisposeScope scope = NewDisposeScope();
            Tensor values = tensor(stored.ToFloats(), dtype: ScalarType.Float32).view(target.shape);
            target.copy_(values);
        }
    }

    /// <summary>Copies a network's tensors out, float32 and int64 as they are.</summary>
    /// <param name="net">Borrowed.</param>
    /// <param name="metadata">Strings to store beside them.</param>
    /// <returns>Tensors in the checkpoint's order; owned by the caller.</returns>
    public static StateDict FromNet(CellposeNet net, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var tensors = new List<WeightTensor>();
        foreach ((string name, Tensor source) in InCheckpointOrder("", net))
        {
            using DisposeScope scope = NewDisposeScope();
            bool whole = source.dtype == ScalarType.Int64;
            Tensor host = source.detach().to(whole ? ScalarType.Int64 : ScalarType.Float32).cpu().contiguous();
            int[] shape = [.. host.shape.Select(l => (int)l)];
            tensors.Add(new WeightTensor(name, whole ? WeightType.Int64 : WeightType.Float32, shape, host.bytes.ToArray()));
        }
        return new StateDict(tensors, metadata ?? new Dictionary<string, string>());
    }

    // PyTorch's order: a module's parameters, its buffers, then its children; TorchSharp's state_dict lists all parameters first.
    private static IEnumerable<(string Name, Tensor Value)> InCheckpointOrder(string prefix, nn.Module module)
    {
        foreach ((string name, TorchSharp.Modules.Parameter value) in module.named_parameters(recurse: false))
            yield return (prefix + name, value);
        foreach ((string name, Tensor value) in module.named_buffers(recurse: false))
            yield return (prefix + name, value);
        foreach ((string name, nn.Module child) in module.named_children())
        {
            foreach ((string, Tensor) inner in InCheckpointOrder($"{prefix}{name}.", child))
                yield return inner;
        }
    }
}
