namespace Cellpose3D.Core2D.Synthesis;

/// <summary>The canvas of one image and what was asked of it; larger than the image by a margin, so that nothing ends at its edge.</summary>
internal sealed class Scene
{
    private readonly SynthesisRandom _root;

    public Scene(SynthesisOptions options, string kind, SynthesisRandom root, double smallest, double largest)
    {
        _root = root;
        Options = options;
        Kind = kind;
        SynthesisRandom random = root.Fork(0);
        double drawn = random.LogUniform(smallest, largest);
        double fits = Math.Max(8, Math.Min(options.Height, options.Width) / 1.5);
        Diameter = options.Diameter ?? Math.Min(drawn, fits);
        Crowding = options.Crowding ?? (random.Chance(0.1) ? random.Uniform(0, 0.12) : random.Uniform(0.15, 1));
        Margin = (int)Math.Clamp(Diameter * 0.6, 10, 48);
        Height = options.Height + 2 * Margin;
        Width = options.Width + 2 * Margin;
    }

    public SynthesisOptions Options { get; }

    public string Kind { get; }

    /// <summary>Mean equal-area diameter to reach, pixels.</summary>
    public double Diameter { get; }

    public double Crowding { get; }

    public int Margin { get; }

    /// <summary>Canvas rows.</summary>
    public int Height { get; }

    /// <summary>Canvas columns.</summary>
    public int Width { get; }

    /// <summary>A fresh copy of the stream that places and shapes cells.</summary>
    public SynthesisRandom LayoutRandom() => _root.Fork(1);

    /// <summary>A fresh copy of the stream that decides how they look.</summary>
    public SynthesisRandom LookRandom() => _root.Fork(2);

    /// <summary>A fresh copy of the stream of optics and camera.</summary>
    public SynthesisRandom CameraRandom() => _root.Fork(3);

    /// <summary>A fresh copy of the stream of dust and debris.</summary>
    public SynthesisRandom DebrisRandom() => _root.Fork(4);

    public Plane NewPlane() => new(Height, Width);

    /// <summary>A fractal field over the canvas, mean 0, deviation 1.</summary>
    public Plane Field(SynthesisRandom random, double scale, int octaves = 3, double persistence = 0.5) =>
        NoiseField.Fractal(random, Height, Width, Math.Max(1.3, scale), octaves, persistence);

    /// <summary>Lays cells out, measures them, and lays out again at a corrected size until the mean diameter is the one asked for.</summary>
    /// <param name="build">Makes the cleaned map for a nominal diameter, drawing from the given stream.</param>
    public LabelMap Fit(Func<double, SynthesisRandom, LabelMap> build)
    {
        double nominal = Diameter;
        LabelMap map = build(nominal, LayoutRandom());
        for (int pass = 0; pass < 2; pass++)
        {
            double measured = map.MeanDiameter(wholeOnly: true);
            if (measured == 0 || Math.Abs(measured / Diameter - 1) < 0.08)
                break;
            nominal *= Math.Clamp(Diameter / measured, 0.6, 1.7);
            map = build(nominal, LayoutRandom());
        }
        return map;
    }
}
