namespace Cellpose3D.Core2D.Synthesis;

/// <summary>The dyes of one slide as optical densities of red, green and blue, and the white behind them.</summary>
internal sealed class TissueColours
{
    private readonly double[] _nuclear, _second, _third, _white;

    private TissueColours(SynthesisRandom random, double[] nuclear, double[] second, double[] third, double warmth)
    {
        _nuclear = Jitter(random, nuclear, 0.06);
        _second = Jitter(random, second, 0.06);
        _third = Jitter(random, third, 0.05);
        double bright = random.Uniform(0.82, 1.0);
        _white = [bright * (1 - random.Uniform(0, 0.08) * warmth), bright * (1 - random.Uniform(0, 0.08) * warmth), bright * (1 - random.Uniform(0, 0.1) * warmth)];
    }

    /// <summary>Haematoxylin and eosin, from pale blue-and-pink to strong purple-and-red.</summary>
    public static TissueColours Eosin(SynthesisRandom random) => new(
        random, [random.Uniform(0.5, 0.72), random.Uniform(0.62, 0.82), random.Uniform(0.18, 0.42)], [random.Uniform(0.04, 0.25), 0.95, random.Uniform(0.15, 0.5)], [0.1, 0.9, 0.75], 1);

    /// <summary>Haematoxylin or a violet dye alone: the ground is paler dye of the same hue.</summary>
    public static TissueColours Violet(SynthesisRandom random) => new(
        random, [random.Uniform(0.4, 0.65), random.Uniform(0.7, 0.88), random.Uniform(0.12, 0.42)], [random.Uniform(0.4, 0.6), 0.78, random.Uniform(0.2, 0.4)], [0.3, 0.6, 0.6], 1.3);

    /// <summary>Haematoxylin with a brown enzyme stain as third dye.</summary>
    public static TissueColours Brown(SynthesisRandom random) => new(
        random, [random.Uniform(0.6, 0.78), random.Uniform(0.5, 0.65), random.Uniform(0.15, 0.35)], [0.3, 0.6, 0.7], [0.27, 0.57, 0.78], 1);

    /// <summary>Transmitted light, [R, G, B], in (0, 1].</summary>
    public Plane[] Shine(Plane nuclear, Plane second, Plane third)
    {
        Plane[] light = new Plane[3];
        for (int c = 0; c < 3; c++)
        {
            light[c] = new Plane(nuclear.Height, nuclear.Width);
            for (int n = 0; n < nuclear.Data.Length; n++)
            {
                double density = _nuclear[c] * nuclear.Data[n] + _second[c] * second.Data[n] + _third[c] * third.Data[n];
                light[c].Data[n] = (float)(_white[c] * (0.02 + 0.98 * PortableMath.Exp(-density)));
            }
        }
        return light;
    }

    private static double[] Jitter(SynthesisRandom random, double[] dye, double amount)
    {
        double[] result = new double[3];
        double squares = 0;
        for (int c = 0; c < 3; c++)
        {
            result[c] = Math.Max(0.01, dye[c] + amount * random.Normal());
            squares += result[c] * result[c];
        }
        for (int c = 0; c < 3; c++)
            result[c] /= Math.Sqrt(squares);
        return result;
    }
}
