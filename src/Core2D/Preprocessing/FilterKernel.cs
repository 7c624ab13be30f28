namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>A Gaussian along one axis of an image, and what it finds beyond the axis's ends.</summary>
internal sealed class FilterKernel
{
    private const double Truncate = 4;             // standard deviations to each side
    private const double NegligibleWeight = 1e-12; // of the largest: where the whole-axis kernel is cut

    private readonly int _length;
    private readonly bool _wraps;

    private FilterKernel(double[] weights, int firstOffset, int length, bool wraps)
    {
        (Weights, FirstOffset, _length, _wraps) = (weights, firstOffset, length, wraps);
    }

    /// <summary>float64 [n], weights of neighbouring values; they add up to 1.</summary>
    public double[] Weights { get; }

    /// <summary>Offset of the first weight from the value itself.</summary>
    public int FirstOffset { get; }

    /// <summary>The weight of the value itself.</summary>
    public double Centre => (uint)-FirstOffset < (uint)Weights.Length ? Weights[-FirstOffset] : 0;

    /// <summary>A centred Gaussian cut at four standard deviations, mirrored at the ends (the end value twice).</summary>
    /// <param name="sigma">Standard deviation in pixels; 0 leaves values as they are.</param>
    /// <param name="length">Length of the axis.</param>
    public static FilterKernel Mirrored(double sigma, int length)
    {
        int radius = (int)(Truncate * sigma + 0.5);
        double[] weights = new double[2 * radius + 1];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = sigma > 0 ? Math.Exp(-0.5 * (i - radius) * (i - radius) / (sigma * sigma)) : 1;
        return new FilterKernel(Normalized(weights), -radius, length, wraps: false);
    }

    /// <summary>The reference's Gaussian: sampled over the whole axis from -range / 2 to range / 2 + 1, wrapping around at the ends.</summary>
    /// <param name="sigma">Standard deviation in pixels, positive.</param>
    /// <param name="length">Length of the axis.</param>
    /// <param name="range">Length of the Y axis, whichever axis this is.</param>
    public static FilterKernel Wrapped(double sigma, int length, int range)
    {
        double step = length > 1 ? (range + 1.0) / (length - 1) : 0;
        double[] squares = [.. Enumerable.Range(0, length).Select(i => -range / 2.0 + i * step).Select(t => t * t)];
        double smallest = squares.Min(); // keeps the largest weight 1, however far off the axis's samples are
        double[] weights = Normalized([.. squares.Select(s => Math.Exp((smallest - s) / (2 * sigma * sigma)))]);
        double negligible = weights.Max() * NegligibleWeight;
        int first = Array.FindIndex(weights, w => w > negligible), last = Array.FindLastIndex(weights, w => w > negligible);
        return new FilterKernel(weights[first..(last + 1)], first - length / 2, length, wraps: true);
    }

    /// <summary>The position whose value stands for a position that may lie beyond the ends.</summary>
    public int Position(int position)
    {
        int period = _wraps ? _length : 2 * _length;
        int within = (position % period + period) % period;
        return within < _length ? within : period - 1 - within;
    }

    private static double[] Normalized(double[] weights)
    {
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
