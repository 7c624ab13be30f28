using System.Collections.Concurrent;
using TorchSharp;

namespace Cellpose3D.Core2D.Native;

/// <summary>Numbers as libtorch takes them, each made once and kept for good.</summary>
/// <remarks>
/// TorchSharp turns a number into an object of libtorch's that its finalizer frees, and passes libtorch the bare address: a number made on the fly may be
/// collected, and freed, by another thread's garbage collection while libtorch still reads it. Adding two tensors has such a number too, the
/// factor 1. So whatever may run beside other threads takes its numbers from here.
/// </remarks>
internal static class Scalars
{
    private static readonly ConcurrentDictionary<double, Scalar> Known = new();

    /// <summary>A whole 1, which leaves tensors of whole numbers what they are: the factor of a plain sum.</summary>
    public static Scalar One { get; } = 1L.ToScalar();

    /// <summary>A number; for few different ones, as all are kept.</summary>
    /// <param name="value">The number.</param>
    public static Scalar Of(double value) => Known.GetOrAdd(value, v => v.ToScalar());

    /// <summary>The sum of two tensors, in <c>a + b</c>'s own words.</summary>
    /// <param name="a">Borrowed.</param>
    /// <param name="b">Of a shape that fits; borrowed.</param>
    public static torch.Tensor Plus(this torch.Tensor a, torch.Tensor b) => a.add(b, One);

    /// <summary>Adds a tensor in place.</summary>
    /// <param name="a">Changed.</param>
    /// <param name="b">Of a shape that fits; borrowed.</param>
    public static torch.Tensor PlusInPlace(this torch.Tensor a, torch.Tensor b) => a.add_(b, One);
}
