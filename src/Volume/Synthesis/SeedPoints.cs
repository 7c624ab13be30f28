using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Places for cells: apart from each other, in clumps or evenly, pushed apart where they are too close.</summary>
internal static class SeedPoints
{
    private const int MostNear = 512;

    /// <summary>Drops points with a least distance into a box.</summary>
    /// <param name="random">Source.</param>
    /// <param name="low">Lower corner of the box.</param>
    /// <param name="high">Upper corner.</param>
    /// <param name="count">Points to place; fewer when there is no room.</param>
    /// <param name="spacing">Least distance.</param>
    /// <param name="clumping">Probability that a point is put at touching distance of another.</param>
    /// <param name="isAllowed">Where points may lie.</param>
    public static List<Point3> Scatter(
        SynthesisRandom random, Point3 low, Point3 high, int count, double spacing, double clumping, Func<Point3, bool> isAllowed)
    {
        List<Point3> points = [];
        var cubes = new Dictionary<(int, int, int), List<int>>();
        for (long attempt = 0; attempt < count * 30L + 100 && points.Count < count; attempt++)
        {
            Point3 p = points.Count > 0 && random.Chance(clumping)
                ? points[random.Whole(0, points.Count - 1)] + Direction(random) * (spacing * random.Uniform(1.0, 1.2))
                : new Point3(random.Uniform(low.Z, high.Z), random.Uniform(low.Y, high.Y), random.Uniform(low.X, high.X));
            if (p.Z < low.Z || p.Y < low.Y || p.X < low.X || p.Z > high.Z || p.Y > high.Y || p.X > high.X || !isAllowed(p) || IsCrowded(p))
                continue;
            if (!cubes.TryGetValue(Cube(p), out List<int>? cube))
                cubes[Cube(p)] = cube = [];
            cube.Add(points.Count);
            points.Add(p);
        }
        return points;

        (int, int, int) Cube(Point3 p) => ((int)Math.Floor(p.Z / spacing), (int)Math.Floor(p.Y / spacing), (int)Math.Floor(p.X / spacing));

        bool IsCrowded(Point3 p)
        {
            (int z, int y, int x) = Cube(p);
            for (int k = 0; k < 27; k++)
            {
                if (!cubes.TryGetValue((z + k / 9 - 1, y + k / 3 % 3 - 1, x + k % 3 - 1), out List<int>? cube))
                    continue;
                foreach (int n in cube)
                {
                    if ((points[n] - p).SquaredLength < spacing * spacing)
                        return true;
                }
            }
            return false;
        }
    }

    /// <summary>Pushes balls apart until they overlap little.</summary>
    public static void Relax(Span<Point3> points, ReadOnlySpan<double> radii, int rounds)
    {
        double largest = 0.5;
        foreach (double radius in radii)
            largest = Math.Max(largest, radius);
        Span<int> near = stackalloc int[MostNear];
        for (int round = 0; round < rounds; round++)
        {
            var grid = new PointGrid(points, 2 * largest);
            for (int n = 0; n < points.Length; n++)
            {
                int count = grid.Near(grid.CubeOf(points[n]), near);
                foreach (int m in near[..count])
                {
                    if (m <= n)
                        continue;
                    Point3 apart = points[m] - points[n];
                    double distance = apart.Length, reach = radii[m] + radii[n];
                    if (distance >= reach || distance < 1e-6)
                        continue;
                    Point3 push = apart * (0.3 * (reach - distance) / distance);
                    points[n] -= push;
                    points[m] += push;
                }
            }
        }
    }

    /// <summary>A direction, all equally likely.</summary>
    public static Point3 Direction(SynthesisRandom random)
    {
        while (true)
        {
            var p = new Point3(random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-1, 1));
            double squared = p.SquaredLength;
            if (squared is > 0.01 and <= 1)
                return p * (1 / Math.Sqrt(squared));
        }
    }
}
