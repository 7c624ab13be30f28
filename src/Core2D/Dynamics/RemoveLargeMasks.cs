using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Removes masks that cover too much of the image to be a cell.</summary>
public static class RemoveLargeMasks
{
    /// <summary>Removes masks of more than a fraction of all voxels and numbers the rest by first voxel.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; rewritten in place.</param>
    /// <param name="maxSizeFraction">Largest size that stays, as a fraction of all voxels.</param>
    /// <param name="threads">Number of threads, which never changes a label; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The number of masks removed.</returns>
    public static int Apply(NdArray<int> labels, double maxSizeFraction, int threads = 0, CancellationToken cancellationToken = default)
    {
        CellBox[] boxes = CellBoxes.Find(labels, threads, cancellationToken);
        double largest = labels.Length * maxSizeFraction;
        LabelMap.ByFirstVoxel(boxes, b => b.Count <= largest, out int[] kept).Apply(labels, threads, cancellationToken);
        return boxes.Length - kept.Length;
    }
}
