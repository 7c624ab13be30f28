using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What was asked of a movie, and what was drawn where nothing was asked; larger than the image, so that cells come and go.</summary>
internal sealed class MovieScene
{
    private const double TypicalUm = 12;

    private readonly SynthesisRandom _root;

    public MovieScene(TimelapseOptions options)
    {
        (Options, _root) = (options, new SynthesisRandom((ulong)options.Seed).Fork(77));
        IsFlat = options.Depth == 1;
        SynthesisRandom random = _root.Fork(0);
        double drawn = random.LogUniform(14, 40), fits = Math.Max(8, Math.Min(options.Height, options.Width) / 5.0);
        Diameter = options.Diameter ?? Math.Min(drawn, fits);
        double planes = random.Whole(1, 3);
        Anisotropy = IsFlat ? 1 : options.Anisotropy ?? planes;
        double motion = random.LogUniform(0.05, 1);
        Motion = options.Motion ?? motion;
        double persistence = random.Uniform(0.1, 0.92);
        Persistence = options.Persistence ?? persistence;
        double drift = random.Chance(0.5) ? random.Uniform(0, 0.45) : 0.02, flow = random.Chance(0.6) ? random.Uniform(0, 0.5) : 0;
        DriftShare = options.DriftShare ?? Math.Min(drift, 1 - (options.FlowShare ?? 0));
        FlowShare = options.FlowShare ?? Math.Min(flow, 1 - DriftShare);
        double crowding = random.Uniform(0.06, 0.5) / (1 + 0.8 * Motion);
        Crowding = options.Crowding ?? crowding;
        double cycle = random.LogUniform(25, 90);
        CycleFrames = options.CycleFrames ?? cycle;
        double bleaching = random.Chance(0.7) ? random.Uniform(0, 0.5) : 0;
        Bleaching = options.Bleaching ?? bleaching;
        Style = new MovieStyle(_root.Fork(1), IsFlat);
        // a cell that leaves on one side comes back as another one on the other side, well out of view
        double margin = Diameter * (1.5 + Math.Min(2, 1.2 * Motion));
        Low = new Point3(IsFlat ? 0 : -margin, -margin, -margin);
        High = new Point3(IsFlat ? 0 : (options.Depth - 1) * Anisotropy + margin, options.Height - 1 + margin, options.Width - 1 + margin);
        double pixel = Math.Round(TypicalUm / Diameter, 4);
        SpacingUm = new VoxelSize(IsFlat ? null : Math.Round(pixel * Anisotropy, 4), pixel, pixel);
    }

    public TimelapseOptions Options { get; }

    public bool IsFlat { get; }

    public MovieStyle Style { get; }

    /// <summary>Mean diameter, pixels of a plane.</summary>
    public double Diameter { get; }

    public double Anisotropy { get; }

    public double Motion { get; }

    public double Persistence { get; }

    public double DriftShare { get; }

    public double FlowShare { get; }

    public double Crowding { get; }

    public double CycleFrames { get; }

    public double Bleaching { get; }

    /// <summary>Lower corner of the box that cells live in, pixels of a plane.</summary>
    public Point3 Low { get; }

    /// <summary>Its upper corner.</summary>
    public Point3 High { get; }

    public VoxelSize SpacingUm { get; }

    /// <summary>Area or volume of the box.</summary>
    public double Room => (IsFlat ? 1 : High.Z - Low.Z) * (High.Y - Low.Y) * (High.X - Low.X);

    /// <summary>Area or volume of a cell of mean size.</summary>
    public double CellRoom => IsFlat ? Math.PI / 4 * Diameter * Diameter : Math.PI / 6 * Diameter * Diameter * Diameter;

    /// <summary>The stream that places cells and moves them all.</summary>
    public SynthesisRandom LayoutRandom() => _root.Fork(2);

    /// <summary>The stream of optics and camera.</summary>
    public SynthesisRandom OpticsRandom() => _root.Fork(3);

    /// <summary>The stream of textures.</summary>
    public SynthesisRandom TextureRandom() => _root.Fork(4);

    /// <summary>The stream of the flow field.</summary>
    public SynthesisRandom FlowRandom() => _root.Fork(5);

    /// <summary>The stream of one cell.</summary>
    public SynthesisRandom CellRandom(int id) => _root.Fork(1000 + id);
}
