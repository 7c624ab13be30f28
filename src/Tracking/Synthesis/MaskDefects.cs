namespace Cellpose3D.Tracking.Synthesis;

/// <summary>How often masks are wrong in the ways a segmentation is; rates are shares of a frame's cells.</summary>
public sealed record MaskDefects
{
    /// <summary>Masks that are missing.</summary>
    public double Missed { get; init; }

    /// <summary>Masks where there is no cell, over the number of cells.</summary>
    public double False { get; init; }

    /// <summary>Cells that are joined with a neighbour they touch.</summary>
    public double Merged { get; init; }

    /// <summary>Cells that are cut in two.</summary>
    public double Split { get; init; }

    /// <summary>Masks that lose their outermost one or two voxels.</summary>
    public double Eroded { get; init; }

    /// <summary>Masks that grow by one or two voxels, as far as there is room.</summary>
    public double Dilated { get; init; }

    /// <summary>Whether labels are dealt anew in every frame, so that none tells who is who. Default true.</summary>
    public bool Shuffled { get; init; } = true;

    /// <summary>Every rate alike: as bad as a segmentation of so many mistakes.</summary>
    /// <param name="rate">0 to 1.</param>
    public static MaskDefects Of(double rate) => new() { Missed = rate, False = rate, Merged = rate, Split = rate, Eroded = Math.Min(0.5, 2 * rate), Dilated = Math.Min(0.5, 2 * rate) };

    /// <summary>Checks every rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not 0 to 1, or cells are eroded and dilated together more often than always.</exception>
    public void Validate()
    {
        foreach ((double rate, string name) in (ReadOnlySpan<(double, string)>)
            [(Missed, nameof(Missed)), (False, nameof(False)), (Merged, nameof(Merged)), (Split, nameof(Split)), (Eroded, nameof(Eroded)), (Dilated, nameof(Dilated)), (Eroded + Dilated, "Eroded + Dilated")])
        {
            if (!(rate >= 0 && rate <= 1))
                throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} must be 0 to 1; got {rate}."));
        }
    }
}
