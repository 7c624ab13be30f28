namespace Cellpose3D.Core2D.Measurements;

/// <summary>Outlines of cells, as polygons and as pixels.</summary>
/// <remarks>A cell's holes have no outline. Bit-identical for every thread count: cells never share a pixel.</remarks>
public static class Outlines
{
    /// <summary>Traces the outline of every cell.</summary>
    /// <param name="labels">int32 <c>[Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="minimumPoints">Shorter outlines are given without points; 5, as in the reference, leaves out cells too small for a polygon.</param>
    /// <param name="threads">Number of threads, 0 for all.</param>
    /// <returns>One per label that occurs, ascending; of a label in several parts, the longest outline. Owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array does not have two axes, or a label is negative.</exception>
    public static Outline[] Trace(NdArray<int> labels, int minimumPoints = 5, int threads = 0)
    {
        (int height, int width) = LabelRegions.PlaneAxes(labels);
        LabelRegion[] regions = LabelRegions.Find(labels);
        var outlines = new Outline[regions.Length];
        ForEach(regions, labels.Data, 0, height, width, threads, (tracer, i) =>
        {
            int longest = tracer.Count - 1;
            for (int c = longest - 1; c >= 0; c--)                       // at equal length the lowest part, as OpenCV lists it first
            {
                if (tracer.Contour(c).Length > tracer.Contour(longest).Length)
                    longest = c;
            }
            ReadOnlySpan<OutlinePoint> points = tracer.Contour(longest);
            outlines[i] = new Outline(regions[i].Label, points.Length >= minimumPoints ? points.ToArray() : []);
        });
        return outlines;
    }

    /// <summary>Marks the pixels of all outlines.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed. A volume is taken plane by plane.</param>
    /// <param name="threads">Number of threads, 0 for all.</param>
    /// <returns>bool, shaped like <paramref name="labels"/>; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    public static NdArray<bool> Mask(NdArray<int> labels, int threads = 0)
    {
        (int depth, int height, int width) = LabelRegions.Axes(labels);
        var mask = new NdArray<bool>(labels.Shape);
        for (int z = 0; z < depth; z++)
            MarkPlane(labels.Data, z, height, width, mask.Data, z * height * width, threads);
        return mask;
    }

    /// <summary>Marks the pixels whose squared distance to their cell's outline is below a threshold.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed. A volume is taken plane by plane.</param>
    /// <param name="threshold">Pixels squared; at 1 or below these are the outlines.</param>
    /// <param name="threads">Number of threads, 0 for all.</param>
    /// <returns>bool, shaped like <paramref name="labels"/>; owned by the caller.</returns>
    public static NdArray<bool> Edges(NdArray<int> labels, double threshold = 1, int threads = 0)
    {
        NdArray<int> distance = BoundaryDistance.Squared(labels, threads);
        var edges = new NdArray<bool>(labels.Shape);
        for (int i = 0; i < edges.Length; i++)
            edges.Data[i] = labels.Data[i] > 0 && distance.Data[i] < threshold;
        return edges;
    }

    /// <summary>Marks the outlines of one plane.</summary>
    internal static void MarkPlane(int[] labels, int plane, int height, int width, bool[] mask, int offset, int threads)
    {
        LabelRegion[] regions = LabelRegions.FindInPlane(labels, plane, height, width);
        ForEach(regions, labels, plane, height, width, threads, (tracer, _) =>
        {
            foreach (OutlinePoint point in tracer.Points)
                mask[offset + point.Y * width + point.X] = true;
        });
    }

    /// <summary>Traces each region's contours and hands them on; the regions run in parallel.</summary>
    internal static void ForEach(
        LabelRegion[] regions, int[] labels, int plane, int height, int width, int threads, Action<ContourTracer, int> use) =>
        Parallel.For(0, regions.Length, ThreadCount.Options(threads), () => new ContourTracer(labels, plane, height, width), (i, _, tracer) =>
        {
            tracer.Trace(regions[i]);
            use(tracer, i);
            return tracer;
        }, _ => { });
}
