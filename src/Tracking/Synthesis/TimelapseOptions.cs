namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What a synthetic movie should show; what is left null is drawn from the seed.</summary>
public sealed record TimelapseOptions
{
    /// <summary>Mean distances a cell moves from frame to frame, in diameters, that the benchmarks use: from cells that hardly move to cells that jump past their neighbours.</summary>
    public static IReadOnlyList<double> MotionPresets { get; } = [0.1, 0.3, 0.6, 1.0, 1.5];

    /// <summary>Decides everything that is drawn; default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Frames; default 30.</summary>
    public int Frames { get; init; } = 30;

    /// <summary>Planes; 1, the default, makes a movie in two dimensions.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Rows, voxels; default 256.</summary>
    public int Height { get; init; } = 256;

    /// <summary>Columns, voxels; default 256.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Mean diameter of the circles (balls) with the cells' areas (volumes), in pixels of a plane, in [5, 200]; null draws 14 to 40 where that fits.</summary>
    public double? Diameter { get; init; }

    /// <summary>Distance of planes over the width of a pixel, in [1, 20]; null draws 1, 2 or 3; without meaning in two dimensions.</summary>
    public double? Anisotropy { get; init; }

    /// <summary>Mean distance a cell moves from frame to frame, drift included, before frames are skipped, in diameters, in [0, 4]; null draws 0.05 to 1. In a crowd cells hinder each other and move less.</summary>
    public double? Motion { get; init; }

    /// <summary>How much of a cell's own step it repeats in the next frame: 0 for a random walk, near 1 for a straight line; null draws.</summary>
    public double? Persistence { get; init; }

    /// <summary>Share of the motion's power that is drift of the whole image, in [0, 1]; null draws.</summary>
    public double? DriftShare { get; init; }

    /// <summary>Share of the motion's power that is a smooth flow, in which neighbours move alike, in [0, 1]; null draws. Both shares together are at most 1; the rest is each cell's own.</summary>
    public double? FlowShare { get; init; }

    /// <summary>Share of the image that cells cover in the first frame, in [0, 0.8]; null draws, fewer where they move far.</summary>
    public double? Crowding { get; init; }

    /// <summary>Mean frames from division to division; 0 for none; null draws 25 to 90.</summary>
    public double? CycleFrames { get; init; }

    /// <summary>Chance that a cell begins to die, per frame. Default 0.001.</summary>
    public double DeathRate { get; init; } = 0.001;

    /// <summary>Chance that a cell vanishes for one to three frames, per frame. Default 0.002.</summary>
    public double BlinkRate { get; init; } = 0.002;

    /// <summary>Share of the light lost by the last frame, in [0, 0.95]; null draws 0 to 0.5.</summary>
    public double? Bleaching { get; init; }

    /// <summary>Every how many simulated frames one is kept. Default 1: all.</summary>
    public int FrameSkip { get; init; } = 1;

    /// <summary>Seconds between simulated frames. Default 600.</summary>
    public double FrameIntervalS { get; init; } = 600;

    /// <summary>Factor on the noise the camera would have; default 1, 0 for none.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>Factor on the blur of the optics; default 1, 0 for none.</summary>
    public double Blur { get; init; } = 1;

    /// <summary>Factor on dust and haze; default 1, 0 for none.</summary>
    public double Debris { get; init; } = 1;

    /// <summary>Factor on the unevenness of the illumination; default 1, 0 for none.</summary>
    public double Unevenness { get; init; } = 1;

    /// <summary>Whether images are drawn. Default true; labels alone take a third of the time.</summary>
    public bool Images { get; init; } = true;

    /// <summary>At most this many cells are simulated, some of them outside of the image; default 20,000.</summary>
    public int MaxCells { get; init; } = 20_000;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A frame is too large for one array, or the shares are together above 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public void Validate()
    {
        CheckRange(Frames, 1, 1_000_000, nameof(Frames));
        CheckRange(Depth, 1, 16384, nameof(Depth));
        CheckRange(Height, 1, 16384, nameof(Height));
        CheckRange(Width, 1, 16384, nameof(Width));
        if ((long)Depth * Height * Width > Array.MaxLength / 4)
            throw new ArgumentException($"a frame must have at most {Array.MaxLength / 4} voxels; got {Depth} x {Height} x {Width}.", nameof(Depth));
        CheckRange(Diameter ?? 20, 5, 200, nameof(Diameter));
        CheckRange(Anisotropy ?? 1, 1, 20, nameof(Anisotropy));
        CheckRange(Motion ?? 0, 0, 4, nameof(Motion));
        CheckRange(Persistence ?? 0, 0, 1, nameof(Persistence));
        CheckRange(DriftShare ?? 0, 0, 1, nameof(DriftShare));
        CheckRange(FlowShare ?? 0, 0, 1, nameof(FlowShare));
        if ((DriftShare ?? 0) + (FlowShare ?? 0) > 1)
            throw new ArgumentException($"DriftShare and FlowShare must be together at most 1; got {DriftShare} and {FlowShare}.", nameof(FlowShare));
        CheckRange(Crowding ?? 0, 0, 0.8, nameof(Crowding));
        CheckRange(CycleFrames ?? 0, 0, 1e6, nameof(CycleFrames));
        CheckRange(DeathRate, 0, 1, nameof(DeathRate));
        CheckRange(BlinkRate, 0, 1, nameof(BlinkRate));
        CheckRange(Bleaching ?? 0, 0, 0.95, nameof(Bleaching));
        CheckRange(FrameSkip, 1, 1000, nameof(FrameSkip));
        CheckRange(FrameIntervalS, 1e-6, 1e9, nameof(FrameIntervalS));
        CheckRange(Noise, 0, 100, nameof(Noise));
        CheckRange(Blur, 0, 20, nameof(Blur));
        CheckRange(Debris, 0, 100, nameof(Debris));
        CheckRange(Unevenness, 0, 3, nameof(Unevenness));
        CheckRange(MaxCells, 0, 1_000_000, nameof(MaxCells));
    }

    private static void CheckRange(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} must be {low} to {high}; got {value}."));
    }
}
