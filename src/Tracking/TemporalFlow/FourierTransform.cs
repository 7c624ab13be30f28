using System.Numerics;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Fast Fourier transform of small volumes whose edges are powers of two.</summary>
internal static class FourierTransform
{
    /// <summary>Transforms in place along every axis.</summary>
    /// <param name="values">complex <c>[Z, Y, X]</c>.</param>
    /// <param name="shape">Lengths, powers of two.</param>
    /// <param name="inverse">Back from frequencies; the result is then divided by the number of values.</param>
    public static void Run(Complex[] values, (int Z, int Y, int X) shape, bool inverse)
    {
        (int depth, int height, int width) = shape;
        var line = new Complex[Math.Max(depth, Math.Max(height, width))];
        Complex[] turns = Turns(width, inverse);
        for (int row = 0; row < depth * height; row++)
            Line(values.AsSpan(row * width, width), turns);
        turns = Turns(height, inverse);
        for (int z = 0; z < depth; z++)
        {
            for (int x = 0; x < width; x++)
                Strided(values, z * height * width + x, width, line.AsSpan(0, height), turns);
        }
        turns = Turns(depth, inverse);
        for (int at = 0; depth > 1 && at < height * width; at++)
            Strided(values, at, height * width, line.AsSpan(0, depth), turns);
        if (!inverse)
            return;
        for (int i = 0; i < values.Length; i++)
            values[i] /= values.Length;
    }

    /// <summary>The factors of a line's butterflies in the order they are used: one for length 2, two for length 4, and so on.</summary>
    private static Complex[] Turns(int n, bool inverse)
    {
        var turns = new Complex[Math.Max(0, n - 1)];
        for (int length = 2, at = 0; length <= n; length <<= 1)
        {
            double angle = (inverse ? 2 : -2) * Math.PI / length;
            for (int k = 0; k < length / 2; k++, at++)
                turns[at] = new Complex(Math.Cos(angle * k), Math.Sin(angle * k));
        }
        return turns;
    }

    private static void Strided(Complex[] values, int first, int step, Span<Complex> line, Complex[] turns)
    {
        for (int i = 0; i < line.Length; i++)
            line[i] = values[first + i * step];
        Line(line, turns);
        for (int i = 0; i < line.Length; i++)
            values[first + i * step] = line[i];
    }

    private static void Line(Span<Complex> line, Complex[] turns)
    {
        int n = line.Length;
        for (int i = 1, j = 0; i < n; i++)                               // bit reversal
        {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (line[i], line[j]) = (line[j], line[i]);
        }
        for (int length = 2, at = 0; length <= n; length <<= 1)
        {
            for (int k = 0; k < length / 2; k++)
            {
                Complex turn = turns[at++];
                for (int start = k; start < n; start += length)
                {
                    Complex even = line[start], odd = line[start + length / 2] * turn;
                    line[start] = even + odd;
                    line[start + length / 2] = even - odd;
                }
            }
        }
    }
}
