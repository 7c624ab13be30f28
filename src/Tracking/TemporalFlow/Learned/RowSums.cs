using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Adds rows to places.</summary>
internal static class RowSums
{
    /// <summary>A tensor with rows added at their places.</summary>
    /// <param name="target">float32 [places, ...]; borrowed.</param>
    /// <param name="place">int64 [rows]; borrowed.</param>
    /// <param name="rows">float32 [rows, ...]; borrowed.</param>
    /// <returns>float32, shaped like <paramref name="target"/>; owned by the caller.</returns>
    /// <remarks>The factor is held until the call is over: one made on the fly may be collected, and freed, while libtorch still reads it.</remarks>
    public static Tensor Add(Tensor target, Tensor place, Tensor rows)
    {
        using Scalar one = 1.ToScalar();
        return target.index_add(0, place, rows, one);
    }
}
