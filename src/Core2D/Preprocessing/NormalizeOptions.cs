namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>How intensities are brought to the range the networks expect.</summary>
public sealed record NormalizeOptions
{
    /// <summary>Rescale intensities; default true. False leaves them as they are, but for filtering and non-finite pixels.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Percentile that becomes 0; default 1.</summary>
    public float LowPercentile { get; init; } = 1;

    /// <summary>Percentile that becomes 1; default 99.</summary>
    public float HighPercentile { get; init; } = 99;

    /// <summary>Intensities that become 0 and 1, in place of percentiles: one pair for all channels or one for each; filters and tiles are then not used.</summary>
    public IReadOnlyList<(float Low, float High)>? LowHigh { get; init; }

    /// <summary>Dark cells on a bright ground: every value x becomes 1 - x; default false.</summary>
    public bool Invert { get; init; }

    /// <summary>Standard deviation, in pixels, of the blurred image that is subtracted first; 0, the default, is none.</summary>
    public double SharpenRadius { get; init; }

    /// <summary>Standard deviation, in pixels, of the blur applied first; 0, the default, is none.</summary>
    public double SmoothRadius { get; init; }

    /// <summary>Side, in pixels, of the tiles whose own percentiles are used, interpolated between tiles; 0, the default, is the whole image.</summary>
    public int TileNormBlockSize { get; init; }

    /// <summary>Standard deviation, in planes, of the smoothing of tile percentiles along Z where each plane has its own; default 1.</summary>
    public double TileNormSmooth3D { get; init; } = 1;

    /// <summary>One pair of percentiles for a whole stack (true, the default) or one for each plane.</summary>
    public bool Norm3D { get; init; } = true;

    /// <summary>Do as Cellpose v3.1.1.3 does, oddities included; default false.</summary>
    /// <remarks>
    /// With true, and mended with false:
    /// <list type="bullet">
    /// <item><description>A constant channel keeps its constant; mended: it becomes 0 (a constant 500 is not what a network expects).</description></item>
    /// <item><description>A channel of tiny range (at most 1e-3) becomes 0, then 1 when inverted; mended: it stays 0.</description></item>
    /// <item><description>Above 224 x 224 x 224 values in a channel, percentiles come from every n-th row and column; mended: from every value, at no great cost.</description></item>
    /// <item><description>Inverting does nothing with tile percentiles; mended: it does.</description></item>
    /// <item><description>Maps of tile percentiles are smoothed along Z and Y, and with <see cref="Norm3D"/> once more along Y by
    /// <see cref="TileNormSmooth3D"/>; mended: along Y and X, and along Z by <see cref="TileNormSmooth3D"/> where planes have their own maps.</description></item>
    /// <item><description>Where no tile of a plane has any contrast, raw intensities are kept; mended: the channel's percentiles are used, and a channel without contrast becomes 0.</description></item>
    /// <item><description>Filters wrap around the image's borders, are centred about one pixel off, and their radius along X is stretched by
    /// (X - 1) / (Y + 1); mended: centred, round, mirrored at the borders.</description></item>
    /// <item><description>Sharpening alone leaves the centre of the blur in; mended: image minus blur.</description></item>
    /// </list>
    /// Not done either way: tile percentiles for each plane of a two-channel stack, which stop the reference with a division by zero, work;
    /// and the training path's use of only the first row of the maps is not copied.
    /// </remarks>
    public bool ReferenceOddities { get; init; }

    /// <summary>Number of threads; 0, the default, is one for each processor. It never changes a value.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ArgumentException">Two options contradict each other.</exception>
    public void Validate()
    {
        if (!(LowPercentile >= 0 && LowPercentile < HighPercentile && HighPercentile <= 100))
            throw new ArgumentOutOfRangeException(nameof(LowPercentile), $"percentiles must be 0 <= low < high <= 100; got {LowPercentile} and {HighPercentile}.");
        RequireRadius(SharpenRadius, nameof(SharpenRadius));
        RequireRadius(SmoothRadius, nameof(SmoothRadius));
        RequireRadius(TileNormSmooth3D, nameof(TileNormSmooth3D));
        if (TileNormBlockSize < 0)
            throw new ArgumentOutOfRangeException(nameof(TileNormBlockSize), $"TileNormBlockSize must be 0 (off) or a number of pixels; got {TileNormBlockSize}.");
        if (Threads < 0)
            throw new ArgumentOutOfRangeException(nameof(Threads), $"Threads must be 0 (one for each processor) or a number; got {Threads}.");
        foreach ((float low, float high) in LowHigh ?? [])
        {
            if (!float.IsFinite(low) || !float.IsFinite(high) || low == high)
                throw new ArgumentOutOfRangeException(nameof(LowHigh), $"LowHigh must be two different finite intensities; got {low} and {high}.");
        }
        if (!Normalize && (Invert || LowHigh is not null || TileNormBlockSize > 0))
            throw new ArgumentException("Invert, LowHigh and TileNormBlockSize need Normalize to be true; got false.");
    }

    private static void RequireRadius(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, $"{name} must be 0 (off) or positive; got {value}.");
    }
}
