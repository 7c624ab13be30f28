namespace Cellpose3D.Core2D.Measurements;

/// <summary>Surface areas from how often a surface is crossed along 13 directions of the voxel lattice.</summary>
/// <remarks>
/// Crofton's formula: the area is twice the crossings a length of line, averaged over all directions (Legland, Kiêu and Devaux 2007).
/// A direction stands for the part of the sphere that lies nearest to it, which depends on the voxel's shape. Smooth bodies come out
/// within a few per cent of the truth, where counting voxel faces is half too much.
/// </remarks>
internal sealed class SurfaceDirections
{
    private const int Turns = 360, Heights = 180;

    // steps along z, y, x, in the order in which the pairs of voxels are counted
    private static readonly (int Z, int Y, int X)[] Steps =
    [
        (0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 1), (0, 1, -1), (1, 0, 1), (1, 0, -1), (1, 1, 0), (1, -1, 0),
        (1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1),
    ];

    private readonly double[] _areas = new double[RegionSums.Directions];

    /// <param name="z">Distance of planes.</param>
    /// <param name="y">Height of a pixel.</param>
    /// <param name="x">Width of a pixel.</param>
    public SurfaceDirections(double z, double y, double x)
    {
        double[][] unit = [.. Steps.Select(s => Normalized(s.Z * z, s.Y * y, s.X * x))];
        long[] nearest = new long[unit.Length];
        for (int h = 0; h < Heights; h++)
        {
            double up = (h + 0.5) / Heights, across = Math.Sqrt(1 - up * up);    // equal steps of height are equal areas
            for (int t = 0; t < Turns; t++)
            {
                (double sin, double cos) = Math.SinCos(2 * Math.PI * (t + 0.5) / Turns);
                int best = 0;
                double most = -1;
                for (int k = 0; k < unit.Length; k++)
                {
                    double along = Math.Abs(unit[k][0] * up + unit[k][1] * across * sin + unit[k][2] * across * cos);
                    if (along > most + 1e-12)
                        (best, most) = (k, along);
                }
                nearest[best]++;
            }
        }
        for (int k = 0; k < unit.Length; k++)
        {
            (int sz, int sy, int sx) = Steps[k];
            double step = Math.Sqrt(sz * z * sz * z + sy * y * sy * y + sx * x * sx * x);
            _areas[k] = 2 * z * y * x / step * nearest[k] / (Turns * Heights);
        }
    }

    /// <summary>The area of a surface.</summary>
    /// <param name="crossings">Crossings along each of the 13 directions.</param>
    public double Area(ReadOnlySpan<long> crossings)
    {
        double area = 0;
        for (int k = 0; k < _areas.Length; k++)
            area += _areas[k] * crossings[k];
        return area;
    }

    private static double[] Normalized(double z, double y, double x)
    {
        double length = Math.Sqrt(z * z + y * y + x * x);
        return [z / length, y / length, x / length];
    }
}
