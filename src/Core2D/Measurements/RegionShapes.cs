namespace Cellpose3D.Core2D.Measurements;

/// <summary>Measures the shapes of cells in a plane.</summary>
public static class RegionShapes
{
    private const int SmallestOutline = 5, SmallestArea = 16;

    /// <summary>Measures every cell.</summary>
    /// <param name="labels">int32 <c>[Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>One per label that occurs, ascending; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array does not have two axes, or a label is negative.</exception>
    public static RegionShape[] Measure(NdArray<int> labels, int threads = 0)
    {
        (int height, int width) = LabelRegions.PlaneAxes(labels);
        LabelRegion[] regions = LabelRegions.Find(labels);
        double[] discRadii = DiscRadii(regions.Length == 0 ? 0 : regions.Max(region => region.Count));
        var shapes = new RegionShape[regions.Length];
        Outlines.ForEach(regions, labels.Data, 0, height, width, threads,
            (tracer, i) => shapes[i] = Measure(regions[i], tracer, labels.Data, width, discRadii));
        return shapes;
    }

    private static RegionShape Measure(in LabelRegion region, ContourTracer tracer, int[] labels, int width, double[] discRadii)
    {
        double perimeter = 0;
        for (int c = 0; c < tracer.Count; c++)
            perimeter += Length(tracer.Contour(c));
        if (region.Count < SmallestArea || perimeter == 0)
            return new RegionShape(region.Label, region.Count, perimeter, 0, 0, 0);

        OutlinePoint[] pixels = Pixels(region, labels, width);
        (double hullArea, double hullPerimeter) = ConvexHull.Measure(pixels);
        double inside = region.Count - perimeter / 2 - 1;                // area within the polygon through the border pixels' centres
        return new RegionShape(region.Label, region.Count, perimeter,
            Math.Clamp(hullPerimeter / perimeter, 0, 1),
            hullArea > 0 ? Math.Clamp(inside / hullArea, 0, 1) : 0,
            Math.Clamp(Compactness(pixels, discRadii), 0, 1));
    }

    private static double Length(ReadOnlySpan<OutlinePoint> outline)
    {
        if (outline.Length < SmallestOutline)
            return 0;
        double length = 0;
        OutlinePoint last = outline[^1];
        foreach (OutlinePoint point in outline)
        {
            length += point.Y != last.Y && point.X != last.X ? Math.Sqrt(2) : 1;
            last = point;
        }
        return length;
    }

    private static OutlinePoint[] Pixels(in LabelRegion region, int[] labels, int width)
    {
        var pixels = new OutlinePoint[region.Count];
        int n = 0;
        for (int y = region.Y0; y < region.Y1; y++)
        {
            for (int x = region.X0; x < region.X1; x++)
            {
                if (labels[y * width + x] == region.Label)
                    pixels[n++] = new OutlinePoint(y, x);
            }
        }
        return pixels;
    }

    private static double Compactness(OutlinePoint[] pixels, double[] discRadii)
    {
        double middleY = Median(Array.ConvertAll(pixels, p => p.Y)), middleX = Median(Array.ConvertAll(pixels, p => p.X));
        double disc = 0, cell = 0;
        for (int n = 0; n < pixels.Length; n++)
        {
            disc += discRadii[n];
            double dy = pixels[n].Y - middleY, dx = pixels[n].X - middleX;
            cell += Math.Sqrt(dy * dy + dx * dx);
        }
        return disc / cell;
    }

    private static double Median(int[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2.0;
    }

    /// <summary>Distances of a disc's pixels to its middle pixel, ascending; at least <paramref name="count"/> of them.</summary>
    private static double[] DiscRadii(long count)
    {
        int radius = (int)Math.Ceiling(Math.Sqrt(count / Math.PI)) + 2;
        var squared = new List<int>();
        for (int y = -radius; y <= radius; y++)
        {
            for (int x = -radius; x <= radius; x++)
            {
                if (y * y + x * x <= radius * radius)
                    squared.Add(y * y + x * x);
            }
        }
        squared.Sort();
        return [.. squared.Select(value => Math.Sqrt(value))];
    }
}
