namespace Cellpose3D.Core2D.Synthesis;

/// <summary>A seamless texture that every cell samples in a frame of its own.</summary>
internal sealed class Texture
{
    private readonly float[] _data;
    private readonly int _side;

    private Texture(Plane plane)
    {
        _data = plane.Data;
        _side = plane.Width;
    }

    /// <summary>Cloudy: fractal noise, mean 0, deviation 1.</summary>
    /// <param name="random">Source.</param>
    /// <param name="cells">Blobs across.</param>
    /// <param name="octaves">Octaves of detail.</param>
    /// <param name="persistence">Amplitude of an octave relative to the one before.</param>
    /// <param name="side">Texels across, a power of two.</param>
    public static Texture Cloudy(SynthesisRandom random, int cells, int octaves, double persistence, int side = 128) =>
        new(NoiseField.Periodic(random, side, cells, octaves, persistence));

    /// <summary>Thready: ridges where fractal noise crosses zero, a net of filaments; 0 between, about 1 on a thread.</summary>
    public static Texture Thready(SynthesisRandom random, int cells, double sharpness)
    {
        Plane plane = NoiseField.Periodic(random, 128, cells, 3, 0.6);
        Plane strength = NoiseField.Periodic(random, 128, Math.Max(2, cells / 2), 2, 0.5);
        for (int n = 0; n < plane.Data.Length; n++)
        {
            double ridge = Math.Max(0, 1 - Math.Abs(plane.Data[n]) * sharpness);
            plane.Data[n] = (float)(ridge * ridge * Math.Max(0, 1 + 0.6 * strength.Data[n]));
        }
        return new Texture(plane);
    }

    /// <summary>Spotty: soft dots of random size and strength on 0; strengths about 1.</summary>
    public static Texture Spotty(SynthesisRandom random, int dots, double smallest, double largest)
    {
        const int Side = 128;
        Plane plane = new(Side, Side);
        for (int n = 0; n < dots; n++)
        {
            double cy = random.Uniform(0, Side), cx = random.Uniform(0, Side);
            double radius = random.LogUniform(smallest, largest), strength = random.LogNormal(0.5);
            int reach = (int)(radius * 2.5) + 1;
            for (int y = (int)cy - reach; y <= (int)cy + reach; y++)
            {
                for (int x = (int)cx - reach; x <= (int)cx + reach; x++)
                {
                    double r2 = ((y - cy) * (y - cy) + (x - cx) * (x - cx)) / (radius * radius);
                    if (r2 < 6)
                        plane.Data[(y & (Side - 1)) * Side + (x & (Side - 1))] += (float)(strength * PortableMath.Exp(-r2));
                }
            }
        }
        return new Texture(plane);
    }

    /// <summary>Value at a texel position, bilinear, wrapping.</summary>
    public float Sample(float v, float u)
    {
        float fy = MathF.Floor(v), fx = MathF.Floor(u);
        int y0 = (int)fy & (_side - 1), x0 = (int)fx & (_side - 1);
        int y1 = (y0 + 1) & (_side - 1), x1 = (x0 + 1) & (_side - 1);
        v -= fy;
        u -= fx;
        float top = _data[y0 * _side + x0] + u * (_data[y0 * _side + x1] - _data[y0 * _side + x0]);
        float bottom = _data[y1 * _side + x0] + u * (_data[y1 * _side + x1] - _data[y1 * _side + x0]);
        return top + v * (bottom - top);
    }
}
