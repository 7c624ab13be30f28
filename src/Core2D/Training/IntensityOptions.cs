namespace Cellpose3D.Core2D.Training;

/// <summary>Changes of a crop's intensities, so that a network meets more microscopes than its images come from.</summary>
/// <remarks>
/// The reference has none of these, and all are off by default. They are drawn anew for each crop, act on normalised intensities (0 and 1
/// are the percentiles) after the geometry, in the order of the properties, and leave an empty second channel empty.
/// </remarks>
public sealed record IntensityOptions
{
    /// <summary>Strongest change of the exponent: x becomes x^g with g between 1 / (1 + Gamma) and 1 + Gamma; 0 is none.</summary>
    public double Gamma { get; init; }

    /// <summary>Strongest change of contrast about 0.5: the factor lies in 1 - Contrast to 1 + Contrast; 0 is none, below 1.</summary>
    public double Contrast { get; init; }

    /// <summary>Largest offset added to a channel, up or down; 0 is none.</summary>
    public double Brightness { get; init; }

    /// <summary>Share of crops that are blurred.</summary>
    public double BlurShare { get; init; }

    /// <summary>Largest standard deviation of the blur, in pixels; default 1.5.</summary>
    public double BlurSigma { get; init; } = 1.5;

    /// <summary>Share of crops that get noise.</summary>
    public double NoiseShare { get; init; }

    /// <summary>Largest standard deviation of the noise; default 0.15. Half of its variance grows with the intensity, as photons' does.</summary>
    public double NoiseSigma { get; init; } = 0.15;

    /// <summary>Share of crops whose first channel is inverted, 1 - x: dark cells on a bright ground.</summary>
    public double InvertShare { get; init; }

    /// <summary>Share of crops that lose their second channel, so that a network for two channels also works with one.</summary>
    public double DropSecondShare { get; init; }

    /// <summary>Whether anything is changed at all.</summary>
    public bool IsOff => Gamma == 0 && Contrast == 0 && Brightness == 0 && BlurShare == 0 && NoiseShare == 0 && InvertShare == 0 && DropSecondShare == 0;

    /// <summary>A moderate setting of everything, for training sets of few microscopes.</summary>
    public static IntensityOptions Moderate { get; } = new()
    {
        Gamma = 0.4, Contrast = 0.25, Brightness = 0.1, BlurShare = 0.2, NoiseShare = 0.3, InvertShare = 0, DropSecondShare = 0.1,
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        RequirePositive(Gamma, nameof(Gamma));
        RequireShare(Contrast, nameof(Contrast));
        RequirePositive(Brightness, nameof(Brightness));
        RequireShare(BlurShare, nameof(BlurShare));
        RequirePositive(BlurSigma, nameof(BlurSigma));
        RequireShare(NoiseShare, nameof(NoiseShare));
        RequirePositive(NoiseSigma, nameof(NoiseSigma));
        RequireShare(InvertShare, nameof(InvertShare));
        RequireShare(DropSecondShare, nameof(DropSecondShare));
    }

    private static void RequireShare(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, $"{name} must be in [0, 1]; got {value}.");
    }

    private static void RequirePositive(double value, string name)
    {
        if (!(value is >= 0 and <= 100))
            throw new ArgumentOutOfRangeException(name, $"{name} must be in [0, 100]; got {value}.");
    }
}
