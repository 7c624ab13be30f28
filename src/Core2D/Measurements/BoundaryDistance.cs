namespace Cellpose3D.Core2D.Measurements;

/// <summary>How far inside its cell a pixel lies.</summary>
public static class BoundaryDistance
{
    /// <summary>Squared distance from each pixel of a cell to the nearest pixel of that cell's outline.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed. A volume is taken plane by plane.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>int32, shaped like <paramref name="labels"/>, pixels squared, 0 on outlines and background; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    /// <remarks>
    /// The reference's <c>distance_to_boundary</c> is this square, whatever its name says; take the root for pixels. The outline is the
    /// outer one: the rim of a hole does not count.
    /// </remarks>
    public static NdArray<int> Squared(NdArray<int> labels, int threads = 0)
    {
        (int depth, int height, int width) = LabelRegions.Axes(labels);
        var distance = new NdArray<int>(labels.Shape);
        for (int z = 0; z < depth; z++)
        {
            int offset = z * height * width;
            LabelRegion[] regions = LabelRegions.FindInPlane(labels.Data, z, height, width);
            Outlines.ForEach(regions, labels.Data, z, height, width, threads,
                (tracer, i) => Measure(regions[i], tracer.Points, labels.Data.AsSpan(offset), distance.Data.AsSpan(offset), width));
        }
        return distance;
    }

    private static void Measure(in LabelRegion region, ReadOnlySpan<OutlinePoint> outline, ReadOnlySpan<int> labels, Span<int> distance, int width)
    {
        int boxHeight = region.Y1 - region.Y0, boxWidth = region.X1 - region.X0;
        bool[] sites = new bool[boxHeight * boxWidth];
        foreach (OutlinePoint point in outline)
            sites[(point.Y - region.Y0) * boxWidth + point.X - region.X0] = true;
        int[] columns = new int[sites.Length];
        long[] squared = new long[boxWidth];
        SquaredDistance.AlongColumns(sites, columns, boxHeight, boxWidth);
        for (int y = 0; y < boxHeight; y++)
        {
            SquaredDistance.AlongRow(columns.AsSpan(y * boxWidth, boxWidth), squared);
            int row = (region.Y0 + y) * width + region.X0;
            for (int x = 0; x < boxWidth; x++)
            {
                if (labels[row + x] == region.Label)
                    distance[row + x] = (int)Math.Min(int.MaxValue, squared[x]);
            }
        }
    }
}
