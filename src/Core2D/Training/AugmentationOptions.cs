namespace Cellpose3D.Core2D.Training;

/// <summary>How training crops are made from images; defaults are the reference's.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Side of a crop in pixels, a multiple of 8; the paper has 224. Half of it costs a quarter of the time.</summary>
    public int Crop { get; init; } = 224;

    /// <summary>Width of the range of scales around the one that brings cells to the common diameter: 0.5 is 0.75 to 1.25.</summary>
    public double ScaleRange { get; init; } = 0.5;

    /// <summary>Mirror every other crop.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Turn crops by any angle.</summary>
    public bool Rotate { get; init; } = true;

    /// <summary>Changes of intensities; the reference has none.</summary>
    public IntensityOptions Intensity { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (Crop < 1)
            throw new ArgumentOutOfRangeException(nameof(Crop), $"Crop must be at least 1 pixel; got {Crop}.");
        if (!(ScaleRange is >= 0 and < 2))
            throw new ArgumentOutOfRangeException(nameof(ScaleRange), $"ScaleRange must be in [0, 2); got {ScaleRange}.");
        Intensity.Validate();
    }
}
