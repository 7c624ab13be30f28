using System.Numerics;

namespace Cellpose3D.Core2D.Synthesis;

/// <summary>One float plane of a scene, with the few filters an optical train needs.</summary>
internal sealed class Plane(int height, int width)
{
    public int Height { get; } = height;

    public int Width { get; } = width;

    /// <summary>float [Y, X], C order.</summary>
    public float[] Data { get; } = new float[height * width];

    public Plane Clone()
    {
        Plane copy = new(Height, Width);
        Data.CopyTo(copy.Data, 0);
        return copy;
    }

    public void Fill(float value) => Array.Fill(Data, value);

    /// <summary>Adds <paramref name="factor"/> times another plane.</summary>
    public void Add(Plane other, double factor)
    {
        float f = (float)factor;
        for (int n = 0; n < Data.Length; n++)
            Data[n] += f * other.Data[n];
    }

    /// <summary>Shifts and scales the values to mean 0 and standard deviation 1.</summary>
    public void Standardise()
    {
        double sum = 0, squares = 0;
        foreach (float value in Data)
        {
            sum += value;
            squares += (double)value * value;
        }
        double mean = sum / Math.Max(1, Data.Length);
        double deviation = Math.Sqrt(Math.Max(1e-20, squares / Math.Max(1, Data.Length) - mean * mean));
        float shift = (float)mean, scale = (float)(1 / deviation);
        for (int n = 0; n < Data.Length; n++)
            Data[n] = (Data[n] - shift) * scale;
    }

    /// <summary>A Gaussian-blurred copy; edges repeat. Wide blurs run on a shrunken copy.</summary>
    public Plane Blurred(double sigma)
    {
        if (sigma < 0.15)
            return Clone();
        if (sigma > 5)
        {
            int factor = (int)(sigma / 2.5);
            Plane small = Shrunk(factor).Blurred(Math.Sqrt(sigma * sigma / ((double)factor * factor) - 0.16));
            return small.Enlarged(Height, Width, factor);
        }
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        Plane across = new(Height, Width);
        float[] padded = new float[Width + 2 * radius];
        for (int y = 0; y < Height; y++)
        {
            Span<float> row = Data.AsSpan(y * Width, Width);
            padded.AsSpan(0, radius).Fill(row[0]);
            row.CopyTo(padded.AsSpan(radius));
            padded.AsSpan(radius + Width).Fill(row[^1]);
            Span<float> target = across.Data.AsSpan(y * Width, Width);
            for (int k = 0; k < kernel.Length; k++)
                MultiplyAdd(target, padded.AsSpan(k, Width), kernel[k]);
        }
        Plane result = new(Height, Width);
        for (int y = 0; y < Height; y++)
        {
            Span<float> target = result.Data.AsSpan(y * Width, Width);
            for (int k = 0; k < kernel.Length; k++)
            {
                int from = Math.Clamp(y + k - radius, 0, Height - 1);
                MultiplyAdd(target, across.Data.AsSpan(from * Width, Width), kernel[k]);
            }
        }
        return result;
    }

    /// <summary>Value at a fractional position, bilinear; edges repeat.</summary>
    public float Sample(double y, double x)
    {
        y = Math.Clamp(y, 0, Height - 1);
        x = Math.Clamp(x, 0, Width - 1);
        int y0 = Math.Min((int)y, Math.Max(0, Height - 2)), x0 = Math.Min((int)x, Math.Max(0, Width - 2));
        int y1 = Math.Min(y0 + 1, Height - 1), x1 = Math.Min(x0 + 1, Width - 1);
        float fy = (float)(y - y0), fx = (float)(x - x0);
        float top = Data[y0 * Width + x0] + fx * (Data[y0 * Width + x1] - Data[y0 * Width + x0]);
        float bottom = Data[y1 * Width + x0] + fx * (Data[y1 * Width + x1] - Data[y1 * Width + x0]);
        return top + fy * (bottom - top);
    }

    /// <summary>The part of the plane that starts at (margin, margin) and has the given size.</summary>
    public Plane Cropped(int margin, int height, int width)
    {
        Plane crop = new(height, width);
        for (int y = 0; y < height; y++)
            Data.AsSpan((y + margin) * Width + margin, width).CopyTo(crop.Data.AsSpan(y * width, width));
        return crop;
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int k = -radius; k <= radius; k++)
            sum += weights[k + radius] = PortableMath.Exp(-k * k / (2 * sigma * sigma));
        float[] kernel = new float[weights.Length];
        for (int k = 0; k < kernel.Length; k++)
            kernel[k] = (float)(weights[k] / sum);
        return kernel;
    }

    private static void MultiplyAdd(Span<float> target, ReadOnlySpan<float> source, float weight)
    {
        int x = 0;
        Vector<float> w = new(weight);
        for (; x <= target.Length - Vector<float>.Count; x += Vector<float>.Count)
            (new Vector<float>(target[x..]) + w * new Vector<float>(source[x..])).CopyTo(target[x..]);
        for (; x < target.Length; x++)
            target[x] += weight * source[x];
    }

    private Plane Shrunk(int factor)
    {
        Plane small = new((Height + factor - 1) / factor, (Width + factor - 1) / factor);
        for (int y = 0; y < small.Height; y++)
        {
            for (int x = 0; x < small.Width; x++)
            {
                float sum = 0;
                int count = 0;
                for (int v = y * factor; v < Math.Min(Height, (y + 1) * factor); v++)
                {
                    for (int u = x * factor; u < Math.Min(Width, (x + 1) * factor); u++, count++)
                        sum += Data[v * Width + u];
                }
                small.Data[y * small.Width + x] = sum / count;
            }
        }
        return small;
    }

    private Plane Enlarged(int height, int width, int factor)
    {
        Plane large = new(height, width);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                large.Data[y * width + x] = Sample((y + 0.5) / factor - 0.5, (x + 0.5) / factor - 0.5);
        }
        return large;
    }
}
