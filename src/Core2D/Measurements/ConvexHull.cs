namespace Cellpose3D.Core2D.Measurements;

/// <summary>The convex hull of pixel centres.</summary>
internal static class ConvexHull
{
    /// <summary>Measures the hull of points.</summary>
    /// <param name="points">By row, then by column; borrowed.</param>
    /// <returns>Area in square pixels and perimeter in pixels, between pixel centres; a segment has area 0 and twice its length.</returns>
    /// <remarks>Andrew's monotone chain (1979), in integers.</remarks>
    public static (double Area, double Perimeter) Measure(ReadOnlySpan<OutlinePoint> points)
    {
        var hull = new List<OutlinePoint>();
        Chain(points, hull, 0, 1);
        Chain(points, hull, hull.Count, -1);

        long twiceArea = 0;
        double perimeter = 0;
        for (int i = 0; i < hull.Count; i++)
        {
            OutlinePoint a = hull[i], b = hull[(i + 1) % hull.Count];
            twiceArea += (long)a.X * b.Y - (long)b.X * a.Y;
            perimeter += Math.Sqrt((double)(b.X - a.X) * (b.X - a.X) + (double)(b.Y - a.Y) * (b.Y - a.Y));
        }
        return (Math.Abs(twiceArea) / 2.0, perimeter);
    }

    /// <summary>Appends one half of the hull, without its last point, which begins the other half.</summary>
    private static void Chain(ReadOnlySpan<OutlinePoint> points, List<OutlinePoint> hull, int first, int direction)
    {
        for (int k = 0; k < points.Length; k++)
        {
            OutlinePoint point = points[direction > 0 ? k : points.Length - 1 - k];
            while (hull.Count >= first + 2 && Turn(hull[^2], hull[^1], point) <= 0)
                hull.RemoveAt(hull.Count - 1);
            hull.Add(point);
        }
        if (hull.Count > first + 1)
            hull.RemoveAt(hull.Count - 1);
    }

    private static long Turn(OutlinePoint a, OutlinePoint b, OutlinePoint c) =>
        (long)(b.Y - a.Y) * (c.X - a.X) - (long)(b.X - a.X) * (c.Y - a.Y);
}
