using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Numbers labels without gaps.</summary>
public static class Renumber
{
    /// <summary>Numbers labels 1, 2, ... by their first voxel in raster order.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; rewritten in place.</param>
    /// <param name="threads">Number of threads, which never changes a label; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The old label of each new one; label n at n - 1; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A label is negative.</exception>
    public static int[] ByFirstVoxel(NdArray<int> labels, int threads = 0, CancellationToken cancellationToken = default)
    {
        CellBox[] boxes = CellBoxes.Find(labels, threads, cancellationToken);
        LabelMap map = LabelMap.ByFirstVoxel(boxes, _ => true, out int[] sources);
        map.Apply(labels, threads, cancellationToken);
        return sources;
    }
}
