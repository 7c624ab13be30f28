namespace Cellpose3D.Core2D.Measurements;

/// <summary>Sizes of cells as Cellpose counts them.</summary>
public static class Diameters
{
    private const double RootToDiameter = 1.1283791670955126;            // 2 / sqrt(pi): a disc of area a has diameter sqrt(a) * this

    /// <summary>The median over the cells of the diameter of a disc with the cell's area.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>Pixels; 0 when there is no cell.</returns>
    /// <remarks>
    /// For a volume it is, as in the reference, the diameter of a disc with as many pixels as the cell has voxels, which is larger than
    /// the cell: the networks' diameters are defined in planes, so take <see cref="MedianOfSections(NdArray{int})"/> there.
    /// </remarks>
    public static double Median(NdArray<int> labels) => OfRoots(Roots(labels));

    /// <summary>The square root of each cell's number of pixels, without the factor that makes it a diameter.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>float64 [cells], by ascending label; owned by the caller.</returns>
    public static double[] Roots(NdArray<int> labels) => Array.ConvertAll(LabelRegions.Find(labels), Root);

    /// <summary>The median diameter of the cells' sections in planes: in an image that of the cells.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>Pixels; 0 when there is no cell.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    public static double MedianOfSections(NdArray<int> labels) => MedianOfSections(PlaneSources.Of(labels));

    /// <summary>The same, of labels that are read plane by plane.</summary>
    /// <param name="labels">0 = background.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>Pixels; 0 when there is no cell.</returns>
    /// <exception cref="ArgumentException">A label is negative.</exception>
    public static double MedianOfSections(PlaneSource<int> labels, CancellationToken cancellationToken = default)
    {
        var roots = new List<double>();
        int[] plane = new int[labels.Height * labels.Width];
        for (int z = 0; z < labels.Depth; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            labels.Read(z, plane);
            roots.AddRange(LabelRegions.FindInPlane(plane, 0, labels.Height, labels.Width).Select(Root));
        }
        return OfRoots([.. roots]);
    }

    /// <summary>The median diameter of cells of which <see cref="Roots"/> are known.</summary>
    /// <param name="roots">float64 [cells], of one image or several; sorted in place.</param>
    /// <returns>Pixels; 0 when there is no cell.</returns>
    public static double OfRoots(double[] roots)
    {
        if (roots.Length == 0)
            return 0;
        Array.Sort(roots);
        int middle = roots.Length / 2;
        double median = roots.Length % 2 == 1 ? roots[middle] : (roots[middle - 1] + roots[middle]) / 2;
        return median * RootToDiameter;
    }

    private static double Root(LabelRegion region) => Math.Sqrt(region.Count);
}
