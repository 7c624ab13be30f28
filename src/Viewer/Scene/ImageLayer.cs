namespace Cellpose3D.Viewer.Scene;

/// <summary>How one channel of the image is shown; channels are added, as light is.</summary>
public sealed record ImageLayer
{
    /// <summary>For people; the file's name of the channel where it has one.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it is shown.</summary>
    public bool IsVisible { get; init; } = true;

    /// <summary>One of <see cref="Coloring.ColorMap.Names"/>. Default grey.</summary>
    public string Lut { get; init; } = "gray";

    /// <summary>Intensity shown black.</summary>
    public double Low { get; init; }

    /// <summary>Intensity shown in full.</summary>
    public double High { get; init; } = 1;

    /// <summary>Exponent on the contrast; above 1 darkens the middle. Default 1.</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Share of the channel in the picture, 0 to 1.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>How the volume is shown. Default the brightest value.</summary>
    public ProjectionMode Mode { get; init; } = ProjectionMode.Mip;

    /// <summary>Level of the surface, 0 to 1 within the contrast, for <see cref="ProjectionMode.Iso"/>.</summary>
    public double IsoLevel { get; init; } = 0.5;

    /// <summary>How fast light is swallowed, for <see cref="ProjectionMode.Attenuated"/> and <see cref="ProjectionMode.Translucent"/>: e-folds over a tenth of the diagonal at full intensity.</summary>
    public double Density { get; init; } = 2;

    /// <summary>Refuses what cannot be shown.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Validate()
    {
        if (!double.IsFinite(Low) || !double.IsFinite(High) || Low >= High)
            throw new ArgumentOutOfRangeException(nameof(High), $"a channel's contrast must rise from low to high; got {Low} to {High}.");
        if (!(Gamma > 0) || !(Opacity is >= 0 and <= 1) || !(IsoLevel is >= 0 and <= 1) || !(Density >= 0))
            throw new ArgumentOutOfRangeException(nameof(Gamma), $"gamma must be above 0, opacity and iso level 0 to 1, density 0 or more; got {Gamma}, {Opacity}, {IsoLevel}, {Density}.");
    }
}
