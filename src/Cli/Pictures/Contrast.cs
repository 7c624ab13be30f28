namespace Cellpose3D.Cli.Pictures;

/// <summary>How intensities become brightness: black at the 0.5th percentile, white at the 99.8th.</summary>
/// <param name="Low">Shown black.</param>
/// <param name="Scale">Brightness an intensity, of 255.</param>
internal readonly record struct Contrast(float Low, float Scale)
{
    private const int MostSorted = 1 << 20;

    /// <summary>Finds the contrast for values; those that are not finite do not count, and many values stand for all.</summary>
    public static Contrast For(IReadOnlyList<float[]> arrays)
    {
        long count = arrays.Sum(a => a.LongLength);
        int step = (int)(count / MostSorted) + 1;
        float[] sorted = [.. arrays.SelectMany(a => a).Where((v, i) => i % step == 0 && float.IsFinite(v)).Order()];
        if (sorted.Length == 0)
            return new Contrast(0, 0);
        float low = sorted[(int)(0.005 * (sorted.Length - 1))], high = sorted[(int)(0.998 * (sorted.Length - 1))];
        return new Contrast(low, high > low ? 255 / (high - low) : 0);
    }

    /// <summary>The brightness of an intensity; black where it is not finite.</summary>
    public byte Of(float value) => float.IsFinite(value) ? (byte)Math.Clamp((value - Low) * Scale, 0, 255) : (byte)0;
}
