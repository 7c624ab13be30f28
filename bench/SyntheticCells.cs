using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Bench;

/// <summary>Ellipses on a jittered grid, and what a good network would say about them.</summary>
internal static class SyntheticCells
{
    public static NdArray<int> Image(int size, int perSide, double radius, int seed)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(size, size);
        double pitch = (double)size / perSide;
        for (int n = 0; n < perSide * perSide; n++)
        {
            double cy = (n / perSide + 0.5 + 0.2 * (random.NextDouble() - 0.5)) * pitch, cx = (n % perSide + 0.5 + 0.2 * (random.NextDouble() - 0.5)) * pitch;
            double ry = radius * (0.8 + 0.4 * random.NextDouble()), rx = radius * (0.8 + 0.4 * random.NextDouble());
            Paint(labels.Span, size, n + 1, (0, cy, cx), (1, ry, rx), 0);
        }
        return labels;
    }

    public static NdArray<int> Volume(int depth, int size, int perDepth, int perSide, double radiusZ, double radius, int seed)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(depth, size, size);
        double pitch = (double)size / perSide, pitchZ = (double)depth / perDepth;
        for (int n = 0; n < perDepth * perSide * perSide; n++)
        {
            double cz = (n / (perSide * perSide) + 0.5) * pitchZ, cy = (n / perSide % perSide + 0.5 + 0.2 * (random.NextDouble() - 0.5)) * pitch;
            double cx = (n % perSide + 0.5 + 0.2 * (random.NextDouble() - 0.5)) * pitch, scale = 0.85 + 0.3 * random.NextDouble();
            for (int z = 0; z < depth; z++)
                Paint(labels.Plane(z), size, n + 1, (cz, cy, cx), (radiusZ * scale, radius * scale, radius * scale), z);
        }
        return labels;
    }

    /// <summary>Flows of the labels times 5 with Gaussian noise, and a logit of about +-6 with noise.</summary>
    public static (NdArray<float> Flows, NdArray<float> CellProb) Network(NdArray<int> labels, double noise, int seed)
    {
        var random = new Random(seed);
        NdArray<float> flows = MasksToFlows.Compute(labels);
        foreach (ref float v in flows.Span)
            v = (float)(5 * v + noise * Gaussian(random));
        var cellProb = new NdArray<float>(labels.Shape);
        for (int i = 0; i < labels.Length; i++)
            cellProb.Data[i] = (float)((labels.Data[i] > 0 ? 6 : -6) + Gaussian(random));
        return (flows, cellProb);
    }

    private static void Paint(Span<int> plane, int size, int label, (double Z, double Y, double X) centre, (double Z, double Y, double X) radius, int z)
    {
        double dz = (z - centre.Z) / radius.Z;
        for (int y = Math.Max(0, (int)(centre.Y - radius.Y)); y < Math.Min(size, centre.Y + radius.Y + 1); y++)
        {
            for (int x = Math.Max(0, (int)(centre.X - radius.X)); x < Math.Min(size, centre.X + radius.X + 1); x++)
            {
                double dy = (y - centre.Y) / radius.Y, dx = (x - centre.X) / radius.X;
                if (dz * dz + dy * dy + dx * dx <= 1 && plane[y * size + x] == 0)
                    plane[y * size + x] = label;
            }
        }
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
