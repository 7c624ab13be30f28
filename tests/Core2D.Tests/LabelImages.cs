namespace Cellpose3D.Core2D.Tests;

/// <summary>Label images for tests, from a seed.</summary>
internal static class LabelImages
{
    /// <summary>A grid of touching squares whose corners are jittered, with some left out: like confluent tissue.</summary>
    /// <param name="side">Mean side of a square in pixels.</param>
    public static NdArray<int> Squares(int height, int width, int side, int seed, double missing = 0.1)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(height, width);
        int label = 0;
        for (int y = 0; y < height; y += side)
        {
            for (int x = 0; x < width; x += side)
            {
                label++;
                int y0 = y + random.Next(-side / 3, side / 3 + 1), x0 = x + random.Next(-side / 3, side / 3 + 1);
                if (random.NextDouble() < missing)
                    continue;
                for (int py = Math.Max(0, y0); py < Math.Min(height, y0 + side); py++)
                {
                    for (int px = Math.Max(0, x0); px < Math.Min(width, x0 + side); px++)
                        labels.Data[py * width + px] = label;
                }
            }
        }
        return labels;
    }

    /// <summary>Independent random labels at every pixel: parts, holes, spurs and islands of every kind.</summary>
    /// <param name="share">Share of pixels that are not background.</param>
    public static NdArray<int> Noise(int height, int width, int labelCount, double share, int seed)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(height, width);
        foreach (ref int label in labels.Span)
            label = random.NextDouble() < share ? random.Next(1, labelCount + 1) : 0;
        return labels;
    }
}
