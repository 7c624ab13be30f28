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
    /// the cell: the networks' diameters are defined in planes, so take <see cref="MedianOfSections"/> there.
    /// </remarks>
    public static double Median(NdArray<int> labels) => Median(Roots(labels));

    /// <summary>The square root of each cell's number of pixels, without the factor that makes it a diameter.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>float64 [cells], by ascending label; owned by the caller.</returns>
    public static double[] Roots(NdArray<int> labels) => Array.ConvertAll(LabelRegions.Find(labels), Root);

    /// <summary>The median diameter of the cells' sections in planes: in an image that of the cells.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>Pixels; 0 when there is no cell.</returns>
    public static double MedianOfSections(NdArray<int> labels)
    {
        (int depth, int height, int width) = LabelRegions.Axes(labels);
        var roots = new List<double>();
        for (int z = 0; z < depth; z++)
            roots.AddRange(LabelRegions.FindInPlane(labels.Data, z, height, width).Select(Root));
        return Median([.. roots]);
    }

    private static double Root(LabelRegion region) => Math.Sqrt(region.Count);

    private static double Median(double[] roots)
    {
        if (roots.Length == 0)
            return 0;
        Array.Sort(roots);
        int middle = roots.Length / 2;
        double median = roots.Length % 2 == 1 ? roots[middle] : (roots[middle - 1] + roots[middle]) / 2;
        return median * RootToDiameter;
    }
}
