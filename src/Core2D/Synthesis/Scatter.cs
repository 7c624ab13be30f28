namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Positions of cells on a canvas.</summary>
internal static class Scatter
{
    /// <summary>Drops points with a least spacing, denser where a low-frequency field is high, some next to others.</summary>
    /// <param name="scene">The canvas.</param>
    /// <param name="random">Source.</param>
    /// <param name="count">Points to place, fewer when there is no room.</param>
    /// <param name="spacing">Least distance, pixels.</param>
    /// <param name="clumping">Probability that a point is put at touching distance of another.</param>
    /// <param name="patchiness">0 for even, 1 for dense patches and empty areas.</param>
    public static List<(double X, double Y)> Points(
        Scene scene, SynthesisRandom random, int count, double spacing, double clumping, double patchiness)
    {
        count = Math.Min(count, scene.Options.MaxCells);
        List<(double X, double Y)> points = [];
        int rows = (int)(scene.Height / spacing) + 3, columns = (int)(scene.Width / spacing) + 3;
        List<int>?[] grid = new List<int>?[rows * columns];
        Plane density = NoiseField.Fractal(random, scene.Height / 4 + 2, scene.Width / 4 + 2, Math.Max(8, Math.Max(scene.Height, scene.Width) / 14.0), 2, 0.5);
        double edge = random.Uniform(-0.5, 0.7);
        for (int attempt = 0; attempt < count * 25 + 20 && points.Count < count; attempt++)
        {
            double x, y;
            if (points.Count > 0 && random.Chance(clumping))
            {
                (double ox, double oy) = points[random.Whole(0, points.Count - 1)];
                (double sin, double cos) = PortableMath.SinCos(random.Angle());
                double reach = spacing * random.Uniform(1.0, 1.2);
                (x, y) = (ox + cos * reach, oy + sin * reach);
            }
            else
            {
                (x, y) = (random.Uniform(0, scene.Width), random.Uniform(0, scene.Height));
                double open = PortableMath.SmoothStep(edge - 0.3, edge + 0.3, density.Sample(y / 4, x / 4));
                if (random.Uniform() > 1 - patchiness * (1 - open))
                    continue;
            }
            if (x < 0 || y < 0 || x >= scene.Width || y >= scene.Height || Crowded(x, y))
                continue;
            (grid[Cell(x, y)] ??= []).Add(points.Count);
            points.Add((x, y));
        }
        return points;

        int Cell(double x, double y) => ((int)(y / spacing) + 1) * columns + (int)(x / spacing) + 1;

        bool Crowded(double x, double y)
        {
            int home = Cell(x, y);
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    foreach (int n in grid[home + dy * columns + dx] ?? [])
                    {
                        double ux = points[n].X - x, uy = points[n].Y - y;
                        if (ux * ux + uy * uy < spacing * spacing)
                            return true;
                    }
                }
            }
            return false;
        }
    }

    /// <summary>Pushes circles apart until they overlap little: crowds of unequal sizes.</summary>
    public static void Relax(Scene scene, Span<double> xs, Span<double> ys, ReadOnlySpan<double> radii, int rounds)
    {
        double largest = 1;
        foreach (double radius in radii)
            largest = Math.Max(largest, radius);
        double cell = 2 * largest;
        int columns = (int)(scene.Width / cell) + 5, rows = (int)(scene.Height / cell) + 5;
        for (int round = 0; round < rounds; round++)
        {
            List<int>?[] grid = new List<int>?[rows * columns];
            for (int n = 0; n < xs.Length; n++)
                (grid[At(xs[n], ys[n])] ??= []).Add(n);
            for (int n = 0; n < xs.Length; n++)
            {
                int home = At(xs[n], ys[n]);
                for (int k = 0; k < 9; k++)
                {
                    int near = home + (k / 3 - 1) * columns + k % 3 - 1;
                    foreach (int m in near >= 0 && near < grid.Length ? grid[near] ?? [] : [])
                    {
                        if (m <= n)
                            continue;
                        double dx = xs[m] - xs[n], dy = ys[m] - ys[n], reach = radii[m] + radii[n];
                        double distance = Math.Sqrt(dx * dx + dy * dy);
                        if (distance >= reach || distance < 1e-6)
                            continue;
                        double push = 0.25 * (reach - distance) / distance;
                        xs[n] -= dx * push;
                        ys[n] -= dy * push;
                        xs[m] += dx * push;
                        ys[m] += dy * push;
                    }
                }
            }
        }

        int At(double x, double y) =>
            (Math.Clamp((int)(y / cell) + 2, 0, rows - 1) * columns) + Math.Clamp((int)(x / cell) + 2, 0, columns - 1);
    }
}
