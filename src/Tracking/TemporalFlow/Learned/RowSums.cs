using Cellpose3D.Core2D.Native;
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
    public static Tensor Add(Tensor target, Tensor place, Tensor rows) => target.index_add(0, place, rows, Scalars.One);
}
