using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D;

/// <summary>The one place where values cross between host arrays and torch tensors.</summary>
/// <remarks>Goes through the tensor's bytes in chunks: element accessors are some 50 times slower.</remarks>
public static class TensorInterop
{
    private const int Chunk = 1 << 24;    // values a copy; a span of bytes cannot be longer than 2 GB

    /// <summary>Copies a host array into a fresh tensor.</summary>
    /// <param name="array">float32 [any]; borrowed.</param>
    /// <param name="device">Where the tensor shall live.</param>
    /// <returns>float32 with the array's shape; owned by the caller.</returns>
    public static Tensor ToTensor(NdArray<float> array, Device device)
    {
        LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        Tensor host = empty([.. array.Shape.Select(l => (long)l)], dtype: ScalarType.Float32);
        CopyTo(array.Span, host);
        return host.to(device).MoveToOuterDisposeScope();
    }

    /// <summary>The same values with channels running fastest in memory, which spares convolutions two reorderings each.</summary>
    /// <remarks>On 2 cores the forward pass at base 32 takes 12 % less time so, at base 16 19 %.</remarks>
    /// <param name="images">Any type [N, C, Y, X]; borrowed.</param>
    /// <returns>The same shape; the layout stays through the layers behind it; owned by the caller.</returns>
    public static Tensor ToChannelsLast(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Copies values into a tensor on the CPU.</summary>
    /// <param name="values">float32 [product of the tensor's shape]; borrowed.</param>
    /// <param name="target">float32, contiguous, on the CPU; overwritten.</param>
    public static void CopyTo(ReadOnlySpan<float> values, Tensor target)
    {
        if (target.numel() != values.Length)
            throw new ArgumentException($"target must hold {values.Length} values; got {target.numel()}.", nameof(target));
        using Tensor flat = target.view(-1);
        for (int i = 0; i < values.Length; i += Chunk)
        {
            int count = Math.Min(Chunk, values.Length - i);
            using Tensor part = flat.narrow(0, i, count);
            MemoryMarshal.AsBytes(values.Slice(i, count)).CopyTo(part.bytes);
        }
    }

    /// <summary>Copies a tensor's values to the host.</summary>
    /// <param name="tensor">Any device, layout and float type; borrowed.</param>
    /// <returns>float32 with the tensor's shape; owned by the caller.</returns>
    public static NdArray<float> ToArray(Tensor tensor)
    {
        var array = new NdArray<float>([.. tensor.shape.Select(l => checked((int)l))]);
        CopyTo(tensor, array.Span);
        return array;
    }

    /// <summary>Copies a tensor's values to the host.</summary>
    /// <param name="tensor">Any device, layout and float type; borrowed.</param>
    /// <param name="target">float32 [product of the tensor's shape]; overwritten.</param>
    public static void CopyTo(Tensor tensor, Span<float> target)
    {
        if (tensor.numel() != target.Length)
            throw new ArgumentException($"target must hold {tensor.numel()} values; got {target.Length}.", nameof(target));
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = tensor.detach().to(ScalarType.Float32).cpu().contiguous().view(-1);
        for (int i = 0; i < target.Length; i += Chunk)
        {
            int count = Math.Min(Chunk, target.Length - i);
            using Tensor part = flat.narrow(0, i, count);
            part.bytes.CopyTo(MemoryMarshal.AsBytes(target.Slice(i, count)));
        }
    }
}
