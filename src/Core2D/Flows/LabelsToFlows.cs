using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Flows;

/// <summary>Training targets from labels.</summary>
public static class LabelsToFlows
{
    /// <summary>Computes the target image a network is trained on.</summary>
    /// <param name="labels">int32 <c>[Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes the result; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>
    /// float32 <c>[4, Y, X]</c>: label numbered by first voxel, 1 inside cells, flow along y, flow along x; owned by the caller.
    /// </returns>
    /// <remarks>Labels above 2^24 = 16,777,216 are rounded by float32.</remarks>
    /// <exception cref="ArgumentException">The array has not two axes, or a label is negative.</exception>
    public static NdArray<float> Compute(NdArray<int> labels, int threads = 0, CancellationToken cancellationToken = default)
    {
        if (labels.Rank != 2)
            throw new ArgumentException($"labels must be [Y, X]; got {labels}.", nameof(labels));
        NdArray<int> renumbered = labels.Clone();
        Renumber.ByFirstVoxel(renumbered, threads, cancellationToken);
        NdArray<float> flows = MasksToFlows.Compute(renumbered, null, threads, null, cancellationToken);
        var target = new NdArray<float>(4, labels.Shape[0], labels.Shape[1]);
        Span<float> label = target.Plane(0), inside = target.Plane(1);
        for (int i = 0; i < renumbered.Length; i++)
        {
            label[i] = renumbered.Data[i];
            inside[i] = renumbered.Data[i] > 0 ? 1 : 0;
        }
        flows.Span.CopyTo(target.Span[(2 * labels.Length)..]);
        return target;
    }
}
