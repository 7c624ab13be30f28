namespace Cellpose3D.Viewer.Editing;

/// <summary>Exact squared distance to the nearest marked voxel, for voxels of any size, in time proportional to their number.</summary>
/// <remarks>One axis after the other by the lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012).</remarks>
internal static class SpacedDistance
{
    /// <summary>Measures.</summary>
    /// <param name="sites">bool [Z, Y, X], the marked voxels; borrowed.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="size">Sizes of a voxel.</param>
    /// <returns>float64 [Z, Y, X]; infinite where nothing is marked.</returns>
    public static double[] Squared(bool[] sites, (int Z, int Y, int X) shape, (double Z, double Y, double X) size)
    {
        double[] squared = new double[sites.Length];
        for (int i = 0; i < squared.Length; i++)
            squared[i] = sites[i] ? 0 : double.PositiveInfinity;
        int plane = shape.Y * shape.X;
        var line = new Envelope(Math.Max(shape.Z, Math.Max(shape.Y, shape.X)));
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
                line.Transform(squared, z * plane + y * shape.X, 1, shape.X, size.X);
            for (int x = 0; x < shape.X; x++)
                line.Transform(squared, z * plane + x, shape.X, shape.Y, size.Y);
        }
        for (int i = 0; i < plane && shape.Z > 1; i++)
            line.Transform(squared, i, plane, shape.Z, size.Z);
        return squared;
    }

    private sealed class Envelope(int longest)
    {
        private readonly double[] _heights = new double[longest], _begin = new double[longest];
        private readonly int[] _apex = new int[longest];

        public void Transform(double[] values, int start, int step, int length, double size)
        {
            int count = 0;
            for (int i = 0; i < length; i++)
            {
                double height = values[start + i * step];
                _heights[i] = height;
                if (double.IsPositiveInfinity(height))
                    continue;
                double begin = double.NegativeInfinity;
                while (count > 0)
                {
                    int last = _apex[count - 1];
                    // where the new parabola goes below the last one
                    begin = ((height - _heights[last]) / size + size * ((double)i * i - (double)last * last)) / (2 * size * (i - last));
                    if (begin > _begin[count - 1])
                        break;
                    count--;
                    begin = double.NegativeInfinity;
                }
                (_apex[count], _begin[count]) = (i, begin);
                count++;
            }
            if (count == 0)
                return;
            for (int i = 0, k = 0; i < length; i++)
            {
                while (k + 1 < count && _begin[k + 1] <= i)
                    k++;
                double away = size * (i - _apex[k]);
                values[start + i * step] = _heights[_apex[k]] + away * away;
            }
        }
    }
}
