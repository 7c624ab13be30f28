namespace Cellpose3D.Core2D.Network;

/// <summary>The tensors of a checkpoint in file order, and the strings stored beside them.</summary>
/// <param name="Tensors">Named tensors, in the file's order; owned.</param>
/// <param name="Metadata">Free strings (safetensors' <c>__metadata__</c>); empty for PyTorch files.</param>
public sealed record StateDict(IReadOnlyList<WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The tensor of that name, or null.</summary>
    public WeightTensor? Find(string name) => Tensors.FirstOrDefault(t => t.Name == name);
}
