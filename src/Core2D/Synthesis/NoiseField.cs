namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Smooth random fields: cubic B-spline interpolation of random lattices, summed over octaves.</summary>
internal static class NoiseField
{
    /// <summary>A fractal field of mean 0 and standard deviation 1.</summary>
    /// <param name="random">Source of the lattices.</param>
    /// <param name="height">Rows, pixels.</param>
    /// <param name="width">Columns, pixels.</param>
    /// <param name="scale">Lattice spacing of the coarsest octave, pixels.</param>
    /// <param name="octaves">Number of octaves, each half the scale of the one before.</param>
    /// <param name="persistence">Amplitude of an octave relative to the one before.</param>
    public static Plane Fractal(SynthesisRandom random, int height, int width, double scale, int octaves, double persistence)
    {
        Plane field = new(height, width);
        double amplitude = 1;
        for (int n = 0; n < octaves && scale >= 1.2; n++, scale /= 2, amplitude *= persistence)
            AddOctave(random, field, scale, (float)amplitude, 0);
        field.Standardise();
        return field;
    }

    /// <summary>A fractal field that repeats without seam; the side is a power of two.</summary>
    /// <param name="random">Source of the lattices.</param>
    /// <param name="side">Rows and columns, pixels.</param>
    /// <param name="cells">Lattice cells across, coarsest octave, a power of two.</param>
    /// <param name="octaves">Number of octaves.</param>
    /// <param name="persistence">Amplitude of an octave relative to the one before.</param>
    public static Plane Periodic(SynthesisRandom random, int side, int cells, int octaves, double persistence)
    {
        Plane field = new(side, side);
        double amplitude = 1;
        for (int n = 0; n < octaves && cells <= side; n++, cells *= 2, amplitude *= persistence)
            AddOctave(random, field, (double)side / cells, (float)amplitude, cells);
        field.Standardise();
        return field;
    }

    private static void AddOctave(SynthesisRandom random, Plane field, double scale, float amplitude, int period)
    {
        int rows = period > 0 ? period : (int)(field.Height / scale) + 5;
        int columns = period > 0 ? period : (int)(field.Width / scale) + 5;
        double offsetY = period > 0 ? 0 : random.Uniform(), offsetX = period > 0 ? 0 : random.Uniform();
        float[] lattice = new float[rows * columns];
        for (int n = 0; n < lattice.Length; n++)
            lattice[n] = (float)random.Normal() * amplitude;

        int[] column = new int[field.Width * 4];
        float[] weight = new float[field.Width * 4];
        for (int x = 0; x < field.Width; x++)
            Weights(x / scale + offsetX, columns, column.AsSpan(x * 4, 4), weight.AsSpan(x * 4, 4));
        Span<int> row = stackalloc int[4];
        Span<float> rowWeight = stackalloc float[4];
        float[] line = new float[columns];
        for (int y = 0; y < field.Height; y++)
        {
            Weights(y / scale + offsetY, rows, row, rowWeight);
            for (int x = 0; x < columns; x++)
            {
                line[x] = rowWeight[0] * lattice[row[0] * columns + x] + rowWeight[1] * lattice[row[1] * columns + x]
                    + rowWeight[2] * lattice[row[2] * columns + x] + rowWeight[3] * lattice[row[3] * columns + x];
            }
            Span<float> target = field.Data.AsSpan(y * field.Width, field.Width);
            for (int x = 0, k = 0; x < target.Length; x++, k += 4)
            {
                target[x] += weight[k] * line[column[k]] + weight[k + 1] * line[column[k + 1]]
                    + weight[k + 2] * line[column[k + 2]] + weight[k + 3] * line[column[k + 3]];
            }
        }
    }

    private static void Weights(double at, int count, Span<int> index, Span<float> weight)
    {
        int cell = (int)Math.Floor(at);
        float t = (float)(at - cell), s = 1 - t;
        weight[0] = s * s * s / 6;
        weight[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
        weight[2] = (3 * s * s * s - 6 * s * s + 4) / 6;
        weight[3] = t * t * t / 6;
        for (int k = 0; k < 4; k++)
            index[k] = (cell + k) % count;
    }
}
