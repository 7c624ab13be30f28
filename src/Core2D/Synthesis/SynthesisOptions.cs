namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What one synthetic image should show; what is left null is drawn from the seed.</summary>
public sealed record SynthesisOptions
{
    /// <summary>One of <see cref="Cells2D.Kinds"/>; null draws one.</summary>
    public string? Kind { get; init; }

    /// <summary>Decides everything that is drawn; default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Rows, pixels; default 512.</summary>
    public int Height { get; init; } = 512;

    /// <summary>Columns, pixels; default 512.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Mean diameter of the circles with the cells' areas, pixels, in [5, 400]; null draws from the kind's range, wide enough for several objectives.</summary>
    public double? Diameter { get; init; }

    /// <summary>From 0 (a few cells, far apart) to 1 (as packed as the kind gets); null draws, with a chance of nearly empty images.</summary>
    public double? Crowding { get; init; }

    /// <summary>Factor on the noise the camera would have; default 1, 0 for none.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>Factor on the blur of the optics; default 1, 0 for none.</summary>
    public double Blur { get; init; } = 1;

    /// <summary>Factor on debris, dust and out-of-focus things that are not cells; default 1, 0 for none.</summary>
    public double Debris { get; init; } = 1;

    /// <summary>At most this many cells are placed on a canvas slightly larger than the image; 0 makes an image without cells; default no limit.</summary>
    public int MaxCells { get; init; } = int.MaxValue;

    /// <summary>For the histology kinds: true returns red, green and blue, false (the default) the grey a reader would make of them.</summary>
    public bool Rgb { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public void Validate()
    {
        if (Kind is not null && !Cells2D.Kinds.Contains(Kind))
            throw new ArgumentException($"Kind must be one of {string.Join(", ", Cells2D.Kinds)}; got '{Kind}'.", nameof(Kind));
        CheckSize(Height, nameof(Height));
        CheckSize(Width, nameof(Width));
        CheckRange(Diameter ?? 30, 5, 400, nameof(Diameter));
        CheckRange(Crowding ?? 0, 0, 1, nameof(Crowding));
        CheckRange(Noise, 0, 100, nameof(Noise));
        CheckRange(Blur, 0, 100, nameof(Blur));
        CheckRange(Debris, 0, 100, nameof(Debris));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxCells);
    }

    private static void CheckSize(int value, string name)
    {
        if (value is < 1 or > 16384)
            throw new ArgumentOutOfRangeException(name, $"{name} must be 1 to 16384 pixels; got {value}.");
    }

    private static void CheckRange(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, $"{name} must be {low} to {high}; got {value}.");
    }
}
