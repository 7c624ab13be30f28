namespace Cellpose3D.Core2D.Synthesis;

/// <summary>A seeded random source whose every number is the same on every machine and .NET version.</summary>
/// <remarks>
/// xoshiro256++ (Blackman and Vigna) seeded by splitmix64. <see cref="Fork"/> gives independent streams by purpose,
/// so that drawing one number more for the noise does not move a cell.
/// </remarks>
internal sealed class SynthesisRandom
{
    private readonly ulong _seed;
    private ulong _s0, _s1, _s2, _s3;
    private double _spareNormal = double.NaN;

    public SynthesisRandom(ulong seed)
    {
        _seed = seed;
        ulong state = seed;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>A stream that depends on this one's seed and a purpose, not on how many numbers were drawn.</summary>
    public SynthesisRandom Fork(int purpose)
    {
        ulong state = _seed ^ (0xD1B54A32D192ED03UL * (ulong)(uint)(purpose + 1));
        return new SynthesisRandom(SplitMix(ref state));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = ulong.RotateLeft(_s0 + _s3, 23) + _s0;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Log-uniform in [low, high): every octave equally likely.</summary>
    public double LogUniform(double low, double high) => low * PortableMath.Exp(Uniform() * PortableMath.Log(high / low));

    /// <summary>A whole number in [low, high].</summary>
    public int Whole(int low, int high) => low + (int)(Uniform() * (high - low + 1));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>An angle in [0, 2 pi).</summary>
    public double Angle() => Uniform() * (2 * Math.PI);

    /// <summary>A standard normal number (polar method).</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            double spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }
        double u, v, s;
        do
        {
            u = 2 * Uniform() - 1;
            v = 2 * Uniform() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        double scale = Math.Sqrt(-2 * PortableMath.Log(s) / s);
        _spareNormal = v * scale;
        return u * scale;
    }

    /// <summary>A log-normal number of median 1.</summary>
    public double LogNormal(double sigma) => PortableMath.Exp(sigma * Normal());

    /// <summary>A Poisson number: exact below a mean of 16, a skew-corrected normal above (its error is under the rounding).</summary>
    public double Poisson(double mean)
    {
        if (mean <= 0)
            return 0;
        if (mean >= 16)
        {
            double z = Normal();
            return Math.Max(0, Math.Floor(mean + Math.Sqrt(mean) * z + (z * z - 1) / 6 + 0.5));
        }
        double limit = PortableMath.Exp(-mean);
        double product = Uniform();
        int count = 0;
        while (product > limit)
        {
            product *= Uniform();
            count++;
        }
        return count;
    }

    /// <summary>An index drawn with the given weights.</summary>
    public int Pick(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (double weight in weights)
            total += weight;
        double at = Uniform() * total;
        for (int n = 0; n < weights.Length - 1; n++)
        {
            at -= weights[n];
            if (at < 0)
                return n;
        }
        return weights.Length - 1;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
