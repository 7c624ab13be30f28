using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>A seamless random texture in three dimensions: cubic B-splines over random lattices, summed over octaves; mean 0, deviation 1.</summary>
internal sealed class SolidTexture
{
    private const int Side = 64, Mask = Side - 1;

    private readonly float[] _data;

    private SolidTexture(float[] data) => _data = data;

    /// <summary>Fractal noise.</summary>
    /// <param name="random">Source of the lattices.</param>
    /// <param name="cells">Lattice cells across, coarsest octave, a power of two up to 64.</param>
    /// <param name="octaves">Number of octaves, each half the scale of the one before.</param>
    /// <param name="persistence">Amplitude of an octave relative to the one before.</param>
    public static SolidTexture Cloudy(SynthesisRandom random, int cells, int octaves, double persistence)
    {
        float[] sum = new float[Side * Side * Side];
        double amplitude = 1;
        for (int n = 0; n < octaves && cells <= Side; n++, cells *= 2, amplitude *= persistence)
        {
            float[] octave = new float[cells * cells * cells];
            for (int k = 0; k < octave.Length; k++)
                octave[k] = (float)(random.Normal() * amplitude);
            octave = Stretch(octave, cells * cells, cells, 1);           // [z, y, x] -> [z, y, Side]
            octave = Stretch(octave, cells, cells, Side);                // -> [z, Side, Side]
            octave = Stretch(octave, 1, cells, Side * Side);             // -> [Side, Side, Side]
            for (int k = 0; k < sum.Length; k++)
                sum[k] += octave[k];
        }
        double total = 0, squares = 0;
        foreach (float value in sum)
        {
            total += value;
            squares += (double)value * value;
        }
        double mean = total / sum.Length, scale = 1 / Math.Sqrt(Math.Max(1e-12, squares / sum.Length - mean * mean));
        for (int k = 0; k < sum.Length; k++)
            sum[k] = (float)((sum[k] - mean) * scale);
        return new SolidTexture(sum);
    }

    /// <summary>Texels across.</summary>
    public static int Texels => Side;

    /// <summary>Value at a place in texels, trilinear, wrapping.</summary>
    public float Sample(double z, double y, double x)
    {
        double fz = Math.Floor(z), fy = Math.Floor(y), fx = Math.Floor(x);
        float tz = (float)(z - fz), ty = (float)(y - fy), tx = (float)(x - fx);
        int z0 = (int)fz & Mask, y0 = (int)fy & Mask, x0 = (int)fx & Mask;
        int x1 = (x0 + 1) & Mask, back = ((z0 + 1) & Mask) * Side, down = (y0 + 1) & Mask;
        int a = (z0 * Side + y0) * Side, b = (z0 * Side + down) * Side, c = (back + y0) * Side, d = (back + down) * Side;
        float near = Mix(Mix(_data[a + x0], _data[a + x1], tx), Mix(_data[b + x0], _data[b + x1], tx), ty);
        float far = Mix(Mix(_data[c + x0], _data[c + x1], tx), Mix(_data[d + x0], _data[d + x1], tx), ty);
        return Mix(near, far, tz);
    }

    private static float Mix(float from, float to, float share) => from + share * (to - from);

    /// <summary>Interpolates one axis of a periodic lattice to <see cref="Side"/> places.</summary>
    private static float[] Stretch(float[] lattice, int outer, int count, int inner)
    {
        float[] result = new float[outer * Side * inner];
        for (int k = 0; k < Side; k++)
        {
            double at = (double)k * count / Side;
            int cell = (int)at;
            float t = (float)(at - cell), s = 1 - t;
            float w0 = s * s * s / 6, w1 = (3 * t * t * t - 6 * t * t + 4) / 6, w2 = (3 * s * s * s - 6 * s * s + 4) / 6, w3 = t * t * t / 6;
            for (int o = 0; o < outer; o++)
            {
                int p0 = (o * count + cell % count) * inner, p1 = (o * count + (cell + 1) % count) * inner;
                int p2 = (o * count + (cell + 2) % count) * inner, p3 = (o * count + (cell + 3) % count) * inner;
                int to = (o * Side + k) * inner;
                for (int i = 0; i < inner; i++)
                    result[to + i] = w0 * lattice[p0 + i] + w1 * lattice[p1 + i] + w2 * lattice[p2 + i] + w3 * lattice[p3 + i];
            }
        }
        return result;
    }
}
