namespace Cellpose3D.Core2D.Training;

/// <summary>A stream of random numbers that is known from its key alone.</summary>
/// <remarks>
/// SplitMix64 (Steele, Lea and Flood 2014). Every image of every batch has its own stream, keyed by seed, epoch and place, so that neither
/// the number of loader threads nor an interruption changes what is drawn, and nothing of it needs to be stored.
/// </remarks>
internal struct RandomStream
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Starts a stream.</summary>
    /// <param name="key">Any values; the order matters.</param>
    internal RandomStream(params ReadOnlySpan<ulong> key)
    {
        _state = Increment;
        foreach (ulong part in key)
            _state = Mix(_state ^ part) + Increment;
    }

    /// <summary>64 random bits.</summary>
    internal ulong NextBits() => Mix(_state += Increment);

    /// <summary>A number of [0, 1) with 53 random bits.</summary>
    internal double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number of [low, high).</summary>
    internal double NextBetween(double low, double high) => low + (high - low) * NextUnit();

    /// <summary>A whole number of [0, count).</summary>
    internal int NextBelow(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>Two independent normal numbers of mean 0 and deviation 1 (Box and Muller).</summary>
    internal (double First, double Second) NextNormals()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextUnit()));
        (double sin, double cos) = Math.SinCos(2 * Math.PI * NextUnit());
        return (radius * cos, radius * sin);
    }

    /// <summary>Puts values in random order (Fisher and Yates).</summary>
    internal void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextBelow(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
