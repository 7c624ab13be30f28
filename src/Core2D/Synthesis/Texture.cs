namespace Cellpose3D.Core2D.Synthesis;

/// <summary>A seamless texture that every cell samples in a frame of its own.</summary>
internal sealed class Texture
{
    private const int Side = 256;
    private readonly float[] _data;

    private Texture(Plane plane) => _data = plane.Data;

    /// <summary>Cloudy: fractal noise, mean 0, deviation 1; <paramref name="cells"/> blobs across 256 texels.</summary>
    public static Texture Cloudy(SynthesisRandom random, int cells, int octaves, double persistence) =>
        new(NoiseField.Periodic(random, Side, cells, octaves, persistence));

    /// <summary>Thready: ridges where fractal noise crosses zero, a net of filaments; 0 between, about 1 on a thread.</summary>
    public static Texture Thready(SynthesisRandom random, int cells, double sharpness)
    {
        Plane plane = NoiseField.Periodic(random, Side, cells, 3, 0.6);
        Plane strength = NoiseField.Periodic(random, Side, Math.Max(2, cells / 2), 2, 0.5);
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
        int y0 = (int)fy & (Side - 1), x0 = (int)fx & (Side - 1);
        int y1 = (y0 + 1) & (Side - 1), x1 = (x0 + 1) & (Side - 1);
        v -= fy;
        u -= fx;
        float top = _data[y0 * Side + x0] + u * (_data[y0 * Side + x1] - _data[y0 * Side + x0]);
        float bottom = _data[y1 * Side + x0] + u * (_data[y1 * Side + x1] - _data[y1 * Side + x0]);
        return top + v * (bottom - top);
    }
}

/// <summary>Where one cell samples a texture: a random shift, a rotation, and texels per pixel along and across.</summary>
internal readonly struct TextureFrame
{
    private readonly float _shiftY, _shiftX, _alongX, _alongY, _acrossX, _acrossY;

    /// <param name="random">Source of the shift.</param>
    /// <param name="angle">Direction of the along axis, radians.</param>
    /// <param name="along">Texels per pixel along it.</param>
    /// <param name="across">Texels per pixel across it.</param>
    public TextureFrame(SynthesisRandom random, double angle, double along, double across)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        _shiftY = (float)random.Uniform(0, 256);
        _shiftX = (float)random.Uniform(0, 256);
        _alongX = (float)(cos * along);
        _alongY = (float)(sin * along);
        _acrossX = (float)(-sin * across);
        _acrossY = (float)(cos * across);
    }

    /// <summary>The texture's value under a pixel.</summary>
    public float Sample(Texture texture, int y, int x) =>
        texture.Sample(_shiftY + x * _acrossX + y * _acrossY, _shiftX + x * _alongX + y * _alongY);
}
