namespace Cellpose3D.Core2D.Training;

/// <summary>What steers the fit of a size model; defaults are the reference's, but for the crops.</summary>
public sealed record SizeModelOptions
{
    /// <summary>How often every image is looked at, each time at another scale; 10, as in the reference.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Looks in all, shared out among the images as training shares out its crops, so that balanced sets stay balanced; null, the default,
    /// looks at every image <see cref="Epochs"/> times.
    /// </summary>
    public int? Looks { get; init; }

    /// <summary>Width of the range of scales about the image's own: 1 is 0.5 to 1.5.</summary>
    public double ScaleRange { get; init; } = 1;

    /// <summary>Strength of the ridge regression's pull towards 0; null, the default, chooses it by cross-validation. The reference has 1.</summary>
    /// <remarks>Styles have unit length, so that what 1 does depends on the number of images and of style values.</remarks>
    public double? Ridge { get; init; }

    /// <summary>Longest side looked at, in pixels after scaling; a larger image is cut to it at a random place. 512, as in the reference.</summary>
    public int Crop { get; init; } = 512;

    /// <summary>Decides scales, flips and places.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Looks ?? 1, 1, nameof(Looks));
        ArgumentOutOfRangeException.ThrowIfLessThan(Crop, 16);
        if (!(ScaleRange is >= 0 and < 2))
            throw new ArgumentOutOfRangeException(nameof(ScaleRange), $"ScaleRange must be in [0, 2); got {ScaleRange}.");
        if (Ridge is { } ridge && !(ridge > 0 && double.IsFinite(ridge)))
            throw new ArgumentOutOfRangeException(nameof(Ridge), $"Ridge must be positive; got {Ridge}.");
    }
}
