using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D;

/// <summary>What steers a 2D segmentation; defaults are those of Cellpose v3.</summary>
public sealed record SegmentationOptions
{
    /// <summary>Mean cell diameter in pixels; null takes the mean of the model's training images.</summary>
    public double? Diameter { get; init; }

    /// <summary>Estimate the diameter of each image by the model's size model; <see cref="Diameter"/> must be null.</summary>
    public bool AutoDiameter { get; init; }

    /// <summary>How intensities are brought to 0..1.</summary>
    public NormalizeOptions Normalize { get; init; } = new();

    /// <summary>A pixel belongs to a cell when its probability logit is above this; 0 is a probability of one half.</summary>
    public float CellProbThreshold { get; init; }

    /// <summary>Masks whose own flows differ from the network's by more are removed; 0 keeps all. 0.4 was cross-validated in the paper.</summary>
    public double FlowThreshold { get; init; } = 0.4;

    /// <summary>Euler steps; null takes 200 at the network's scale, more for larger cells.</summary>
    public int? Niter { get; init; }

    /// <summary>Masks with fewer pixels are removed; 0 or less keeps all.</summary>
    public int MinSize { get; init; } = 15;

    /// <summary>Masks above this share of the image are removed.</summary>
    public double MaxSizeFraction { get; init; } = 0.4;

    /// <summary>Run the dynamics at the image's own resolution rather than the network's.</summary>
    public bool Resample { get; init; } = true;

    /// <summary>Interpolate flows between pixels; off takes the nearest pixel, as the paper did.</summary>
    public bool Interpolate { get; init; } = true;

    /// <summary>Average four sets of mirrored tiles at 50 % overlap, as in the paper.</summary>
    public bool Augment { get; init; }

    /// <summary>Side of a tile in pixels; the official networks were trained at 224.</summary>
    public int TileSize { get; init; } = TileGrid.DefaultTileSize;

    /// <summary>Share of a tile in common with its neighbour, 0.05 to 0.5.</summary>
    public double TileOverlap { get; init; } = TileGrid.DefaultOverlap;

    /// <summary>Tiles per run of the network.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Threads of our own kernels; 0 takes all. Labels do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Reproduce the reference where it is fixed by default; docs/COMPATIBILITY.md lists each case.</summary>
    public bool Compatible { get; init; }

    /// <summary>Keep flows and probabilities in the result.</summary>
    public bool KeepMaps { get; init; } = true;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Diameter is { } d && !(d > 0 && double.IsFinite(d)))
            throw new ArgumentException($"diameter must be above 0 pixels; got {d}.");
        if (AutoDiameter && Diameter is not null)
            throw new ArgumentException("the diameter must be either given or estimated, not both.");
        if (!float.IsFinite(CellProbThreshold))
            throw new ArgumentException($"cellprob threshold must be a finite number; got {CellProbThreshold}.");
        if (!(FlowThreshold >= 0))
            throw new ArgumentException($"flow threshold must be 0 (off) or above; got {FlowThreshold}.");
        if (Niter is < 1)
            throw new ArgumentException($"niter must be 1 or more; got {Niter}.");
        if (!(MaxSizeFraction > 0 && MaxSizeFraction <= 1))
            throw new ArgumentException($"max size fraction must be above 0 and at most 1; got {MaxSizeFraction}.");
        if (TileSize < 32 || TileSize % 16 != 0)
            throw new ArgumentException($"tile size must be a multiple of 16, at least 32; got {TileSize}.");
        if (!(TileOverlap >= 0.05 && TileOverlap <= 0.5))
            throw new ArgumentException($"tile overlap must be 0.05 to 0.5; got {TileOverlap}.");
        if (BatchSize < 1)
            throw new ArgumentException($"batch size must be 1 or more; got {BatchSize}.");
        if (Threads < 0)
            throw new ArgumentException($"threads must be 0 (all) or more; got {Threads}.");
        Normalize.Validate();
    }
}
