namespace Cellpose3D.Core2D.Flows;

/// <summary>Paints flows as colours: the hue is their direction, the brightness their length.</summary>
public static class FlowColors
{
    private const float ThirdOfTurn = (float)(2 * Math.PI / 3), TwoThirdsOfTurn = (float)(4 * Math.PI / 3);

    /// <summary>Paints flows.</summary>
    /// <param name="flows">float32 <c>[2, Y, X]</c> or <c>[3, Z, Y, X]</c>, any unit; borrowed.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>uint8 <c>[(Z,) Y, X, 3]</c>, red, green, blue; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    /// <remarks>
    /// As in the reference: lengths are stretched between their 1st and 99th percentile, and of a volume's flow the components along
    /// z and y make the hue. All in float32, so that values which are cut to whole numbers agree. A flow that is not finite is black.
    /// </remarks>
    public static NdArray<byte> Paint(NdArray<float> flows, int threads = 0)
    {
        if (flows.Rank is not (3 or 4) || flows.Shape[0] != flows.Rank - 1)
            throw new ArgumentException($"flows must be [2, Y, X] or [3, Z, Y, X]; got {flows}.", nameof(flows));
        int components = flows.Shape[0], count = flows.Length / components;
        var colors = new NdArray<byte>([.. flows.Shape.AsSpan(1), 3]);
        float[] lengths = new float[count];
        InPieces(count, threads, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                float sum = 0;
                for (int c = 0; c < components; c++)
                    sum += flows.Data[c * count + i] * flows.Data[c * count + i];
                lengths[i] = MathF.Sqrt(sum);
            }
        });

        (double low, double high) = LengthRange.Of(lengths);
        if (!(high - low > 1e-3))
            return colors;                                               // all of one length: nothing to show
        float shift = (float)low, range = (float)(high - low);
        InPieces(count, threads, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                if (!float.IsFinite(lengths[i]))
                    continue;
                float bright = Math.Clamp((lengths[i] - shift) / range, 0f, 1f) * 255f / 2f;
                float angle = MathF.Atan2(flows.Data[count + i], flows.Data[i]) + MathF.PI;
                colors.Data[3 * i] = Shade(bright, angle);
                colors.Data[3 * i + 1] = Shade(bright, angle + ThirdOfTurn);
                colors.Data[3 * i + 2] = Shade(bright, angle + TwoThirdsOfTurn);
            }
        });
        return colors;
    }

    private static byte Shade(float bright, float angle) => (byte)Math.Clamp(bright * (MathF.Cos(angle) + 1f), 0f, 255f);

    private static void InPieces(int count, int threads, Action<int, int> work)
    {
        const int piece = 1 << 16;
        Parallel.For(0, (int)(((long)count + piece - 1) / piece), ThreadCount.Options(threads),
            k => work(k * piece, (int)Math.Min(count, (k + 1L) * piece)));
    }
}
