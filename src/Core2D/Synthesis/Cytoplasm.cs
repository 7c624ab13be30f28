namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Paints the cytoplasm of labelled cells in fluorescence, in one of many stains.</summary>
internal sealed class Cytoplasm
{
    private readonly SynthesisRandom _random;
    private readonly Texture _cloud, _thread, _dots;
    private readonly double _diameter;

    private Cytoplasm(SynthesisRandom random, double diameter)
    {
        _random = random;
        _diameter = diameter;
        _cloud = Texture.Cloudy(random, 8, 5, random.Uniform(0.5, 0.85));
        _thread = Texture.Thready(random, 8, random.Uniform(2, 5));
        _dots = Texture.Spotty(random, random.Whole(15, 100), 2, random.Uniform(4, 9));
    }

    public double Dome { get; init; }

    public double Cloud { get; init; }

    public double Threads { get; init; }

    public double ThreadStretch { get; init; }

    public double Dots { get; init; }

    public double Rim { get; init; }

    public double Perinuclear { get; init; }

    /// <summary>Change of signal over the nucleus: -1 takes all away.</summary>
    public double Nucleus { get; init; }

    /// <summary>Spread of brightness between cells, as a log-normal's sigma.</summary>
    public double Variety { get; init; }

    /// <summary>Share of cells that express little.</summary>
    public double DimShare { get; init; }

    /// <summary>Draws a stain.</summary>
    public static Cytoplasm Draw(SynthesisRandom random, double diameter) => new(random, diameter)
    {
        Dome = random.Chance(0.3) ? random.Uniform(0, 0.3) : random.Uniform(0.3, 1),
        Cloud = random.Uniform(0.03, 0.45),
        Threads = random.Chance(0.4) ? random.Uniform(0.2, 2.2) : 0,
        ThreadStretch = random.LogUniform(1, 5),
        Dots = random.Chance(0.4) ? random.Uniform(0.2, 2.5) : 0,
        Rim = random.Chance(0.35) ? random.Uniform(0.1, 1.5) : 0,
        Perinuclear = random.Chance(0.6) ? random.Uniform(0, 1.8) : 0,
        Nucleus = random.Chance(0.6) ? -random.Uniform(0.1, 0.9) : random.Uniform(-0.1, 1),
        Variety = random.Chance(0.3) ? random.Uniform(0.4, 0.8) : random.Uniform(0.05, 0.4),
        DimShare = random.Chance(0.3) ? random.Uniform(0, 0.4) : 0,
    };

    /// <summary>The light of the cells.</summary>
    /// <param name="facts">Where they are.</param>
    /// <param name="directions">Their long directions, by label.</param>
    /// <param name="nuclei">Outlines of their nuclei, by label; null where there is none.</param>
    public Plane Paint(CellFacts facts, double[] directions, CellRaster?[] nuclei)
    {
        LabelMap map = facts.Map;
        Plane light = new(map.Height, map.Width), core = NucleusMask(map, nuclei);
        TextureFrame[] clouds = new TextureFrame[facts.Count + 1], threads = new TextureFrame[facts.Count + 1], dots = new TextureFrame[facts.Count + 1];
        float[] brightness = new float[facts.Count + 1];
        double cloudScale = 16 / (_diameter * _random.Uniform(0.12, 0.5)), threadScale = 16 / (_diameter * _random.Uniform(0.06, 0.25)), dotScale = 4 / Math.Max(1, _diameter * _random.Uniform(0.02, 0.06));
        for (int n = 1; n <= facts.Count; n++)
        {
            double angle = n < directions.Length ? directions[n] : 0;
            clouds[n] = new TextureFrame(_random, _random.Angle(), cloudScale, cloudScale);
            threads[n] = new TextureFrame(_random, angle + _random.Normal() * 0.3, threadScale / ThreadStretch, threadScale);
            dots[n] = new TextureFrame(_random, angle, dotScale, dotScale);
            brightness[n] = (float)(0.55 * Math.Clamp(_random.LogNormal(Variety), 0.2, 3.5) * (_random.Chance(DimShare) ? _random.Uniform(0.15, 0.4) : 1));
        }
        double rimWidth = Math.Max(0.9, _diameter * 0.025), reach = _diameter * 0.3;
        for (int y = 0; y < map.Height; y++)
        {
            for (int x = 0; x < map.Width; x++)
            {
                int at = y * map.Width + x, label = map.Data[at];
                if (label == 0)
                    continue;
                double depth = facts.Depth.Data[at] - 0.5, t = Math.Min(1, depth / Math.Max(1, facts.MaxDepth[label]));
                double value = 1 - Dome + Dome * Math.Sqrt(t * (2 - t));
                if (Perinuclear > 0)
                {
                    double dy = y - facts.Peak[label].Y, dx = x - facts.Peak[label].X;
                    value += Perinuclear * value * PortableMath.Exp(-(dx * dx + dy * dy) / (reach * reach * 1.6));
                }
                value *= Math.Max(0.12, 1 + Cloud * clouds[label].Sample(_cloud, y, x));
                if (Threads > 0)
                    value *= 0.6 + Threads * threads[label].Sample(_thread, y, x);
                if (Dots > 0)
                    value *= 0.7 + Dots * dots[label].Sample(_dots, y, x);
                if (Rim > 0)
                    value += Rim * PortableMath.Exp(-depth * depth / (rimWidth * rimWidth)) * (0.8 + 0.3 * clouds[label].Sample(_cloud, x, y));
                value *= 1 + Nucleus * core.Data[at];
                light.Data[at] = (float)Math.Max(0.02, value) * brightness[label];
            }
        }
        return light;
    }

    /// <summary>Outlines of nuclei that lie inside their cells.</summary>
    /// <param name="facts">The cells.</param>
    /// <param name="directions">Their long directions, by label.</param>
    /// <param name="random">Source.</param>
    /// <param name="share">Diameter of a nucleus over the greatest width of its cell.</param>
    public static CellRaster?[] PlaceNuclei(CellFacts facts, double[] directions, SynthesisRandom random, double share)
    {
        CellRaster?[] nuclei = new CellRaster?[facts.Count + 1];
        for (int n = 1; n <= facts.Count; n++)
        {
            double width = 2 * facts.MaxDepth[n];
            if (facts.Size[n] == 0 || width < 5)
                continue;
            (int y, int x) = facts.NucleusPlace(n, random);
            Shape shape = random.Chance(0.05) ? ShapeFactory.Lobed(random, 2) : ShapeFactory.Round(random, random.Uniform(1, 1.6), random.Uniform(0, 0.15));
            CellRaster raster = shape.Draw(x, y, n < directions.Length ? directions[n] + random.Normal() * 0.3 : random.Angle(), width * share * random.LogNormal(0.12), facts.Map.Height, facts.Map.Width);
            nuclei[n] = raster.Distance.Length == 0 ? null : raster;
        }
        return nuclei;
    }

    private static Plane NucleusMask(LabelMap map, CellRaster?[] nuclei)
    {
        Plane mask = new(map.Height, map.Width);
        for (int n = 1; n < nuclei.Length; n++)
        {
            if (nuclei[n] is not { } raster)
                continue;
            double softness = Math.Max(1, raster.Depth * 0.15);
            for (int y = 0; y < raster.Height; y++)
            {
                for (int x = 0; x < raster.Width; x++)
                {
                    int at = (y + raster.Y0) * map.Width + x + raster.X0;
                    if (map.Data[at] == n)
                        mask.Data[at] = (float)PortableMath.SmoothStep(-softness, softness, -raster.Distance[y * raster.Width + x]);
                }
            }
        }
        return mask;
    }
}
