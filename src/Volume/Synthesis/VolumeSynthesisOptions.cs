namespace Cellpose3D.Volume.Synthesis;

/// <summary>What one synthetic volume should show; what is left null is drawn from the seed.</summary>
public sealed record VolumeSynthesisOptions
{
    /// <summary>One of <see cref="Cells3D.Kinds"/>; null draws one.</summary>
    public string? Kind { get; init; }

    /// <summary>Decides everything that is drawn; default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Planes; default 32.</summary>
    public int Depth { get; init; } = 32;

    /// <summary>Rows, voxels; default 256.</summary>
    public int Height { get; init; } = 256;

    /// <summary>Columns, voxels; default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Mean diameter of the balls with the cells' volumes, in pixels of a plane, in [5, 400]; null draws.</summary>
    public double? Diameter { get; init; }

    /// <summary>Distance of planes over the width of a pixel, in [1, 20]; null draws 1, 2, 3 or 4.</summary>
    public double? Anisotropy { get; init; }

    /// <summary>From 0 (a few cells, far apart) to 1 (as packed as the kind gets), for kinds that are not packed by nature; null draws.</summary>
    public double? Crowding { get; init; }

    /// <summary>Factor on the noise the camera would have; default 1, 0 for none.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>Factor on the blur of the optics, along z more than in the plane; default 1, 0 for none.</summary>
    public double Blur { get; init; } = 1;

    /// <summary>Factor on the loss of light and sharpness with depth; default 1, 0 for none.</summary>
    public double Attenuation { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">The kind is unknown, or the volume is too large for one array.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public void Validate()
    {
        if (Kind is not null && !Cells3D.Kinds.Contains(Kind))
            throw new ArgumentException($"Kind must be one of {string.Join(", ", Cells3D.Kinds)}; got '{Kind}'.", nameof(Kind));
        CheckSize(Depth, nameof(Depth));
        CheckSize(Height, nameof(Height));
        CheckSize(Width, nameof(Width));
        if ((long)Depth * Height * Width > Array.MaxLength / 2)
            throw new ArgumentException($"a volume must have at most {Array.MaxLength / 2} voxels; got {Depth} x {Height} x {Width}.", nameof(Depth));
        CheckRange(Diameter ?? 30, 5, 400, nameof(Diameter));
        CheckRange(Anisotropy ?? 1, 1, 20, nameof(Anisotropy));
        CheckRange(Crowding ?? 0, 0, 1, nameof(Crowding));
        CheckRange(Noise, 0, 100, nameof(Noise));
        CheckRange(Blur, 0, 20, nameof(Blur));
        CheckRange(Attenuation, 0, 20, nameof(Attenuation));
    }

    private static void CheckSize(int value, string name)
    {
        if (value is < 1 or > 16384)
            throw new ArgumentOutOfRangeException(name, $"{name} must be 1 to 16384 voxels; got {value}.");
    }

    private static void CheckRange(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, $"{name} must be {low} to {high}; got {value}.");
    }
}
