namespace Cellpose3D.Core2D.Synthesis;

/// <summary>How the nuclei of one image look inside, and the brush that paints one.</summary>
internal sealed class NucleusStyle
{
    private readonly Texture _chromatin, _fine;
    private readonly double _texels;

    private NucleusStyle(SynthesisRandom random, double diameter)
    {
        _chromatin = Texture.Cloudy(random, 8, 4, random.Uniform(0.5, 0.8));
        _fine = Texture.Spotty(random, random.Whole(37, 125), 2.5, 6);
        _texels = 16 / (random.Uniform(0.14, 0.35) * diameter);
    }

    /// <summary>0 for a flat disc, 1 for a ball.</summary>
    public double Dome { get; init; }

    /// <summary>Amplitude of cloudy chromatin.</summary>
    public double Chromatin { get; init; }

    /// <summary>Amplitude of fine dots.</summary>
    public double Dots { get; init; }

    /// <summary>Most bright chromocentres in a nucleus.</summary>
    public int Chromocentres { get; init; }

    /// <summary>Most dark nucleoli in a nucleus.</summary>
    public int Nucleoli { get; init; }

    /// <summary>How much a nucleolus differs: negative is darker.</summary>
    public double NucleolusGain { get; init; }

    /// <summary>Extra strength at the rim.</summary>
    public double Rim { get; init; }

    /// <summary>Width of the edge, pixels.</summary>
    public double Softness { get; init; }

    /// <summary>Nuclei stained for fluorescence.</summary>
    public static NucleusStyle Fluorescence(SynthesisRandom random, double diameter)
    {
        bool mouse = random.Chance(0.2);
        return new NucleusStyle(random, diameter)
        {
            Dome = random.Uniform(0, 1),
            Chromatin = random.Chance(0.3) ? random.Uniform(0, 0.06) : random.Uniform(0.06, 0.3),
            Dots = random.Chance(0.4) ? random.Uniform(0.1, 0.5) : 0,
            Chromocentres = mouse ? random.Whole(4, 14) : random.Whole(0, 3),
            Nucleoli = random.Chance(0.6) ? random.Whole(1, 5) : 0,
            NucleolusGain = -random.Uniform(0.15, 0.75),
            Rim = random.Chance(0.3) ? random.Uniform(0, 0.35) : 0,
            Softness = random.Uniform(0.8, 1.6) + diameter * random.Uniform(0, 0.04),
        };
    }

    /// <summary>Nuclei stained with haematoxylin; strengths are optical densities.</summary>
    public static NucleusStyle Histology(SynthesisRandom random, double diameter, bool vesicular) => new(random, diameter)
    {
        Dome = random.Uniform(0, 0.35),
        Chromatin = vesicular ? random.Uniform(0.2, 0.6) : random.Uniform(0.1, 0.35),
        Dots = vesicular ? random.Uniform(0.3, 1.6) : random.Uniform(0, 0.7),
        Chromocentres = vesicular ? random.Whole(1, 6) : random.Whole(0, 2),
        Nucleoli = vesicular ? random.Whole(1, 3) : 0,
        NucleolusGain = random.Uniform(0.5, 1.2),
        Rim = vesicular ? random.Uniform(0.2, 1.1) : random.Uniform(0, 0.25),
        Softness = random.Uniform(0.7, 1.4) + diameter * random.Uniform(0, 0.03),
    };

    /// <summary>Adds one nucleus to a plane.</summary>
    /// <param name="plane">Signal or optical density; changed.</param>
    /// <param name="raster">Its outline.</param>
    /// <param name="strength">Mean signal inside.</param>
    /// <param name="random">Source of its texture.</param>
    /// <param name="cover">True puts the nucleus over what was there (as thick tissue does), false adds.</param>
    public void Paint(Plane plane, CellRaster raster, double strength, SynthesisRandom random, double cover = 0)
    {
        double stretch = random.Uniform(0.8, 1.25);
        TextureFrame frame = new(random, random.Angle(), _texels * stretch, _texels / stretch);
        Spot[] spots = DrawSpots(raster, random);
        float softness = (float)Math.Max(0.7, Softness), depth = raster.Depth;
        double rimWidth = Math.Max(1, 0.12 * depth);
        double wobble = random.LogNormal(0.4);
        for (int y = 0; y < raster.Height; y++)
        {
            for (int x = 0; x < raster.Width; x++)
            {
                float d = raster.Distance[y * raster.Width + x];
                if (d > softness)
                    continue;
                double edge = PortableMath.SmoothStep(-softness, softness, -d);
                double t = Math.Clamp(-d / depth, 0, 1);
                double value = 1 - Dome + Dome * Math.Sqrt(t * (2 - t));
                int cy = y + raster.Y0, cx = x + raster.X0;
                value *= Math.Max(0.15, 1 + Chromatin * wobble * frame.Sample(_chromatin, cy, cx) + Dots * (frame.Sample(_fine, cx, cy) - 0.3));
                if (Rim > 0 && d > -3 * rimWidth)
                    value += Rim * Math.Max(0, 1 - Math.Abs(d + rimWidth) / rimWidth);
                foreach (Spot spot in spots)
                {
                    double dx = cx - spot.X, dy = cy - spot.Y, r2 = (dx * dx + dy * dy) * spot.Tightness;
                    if (r2 < 5)
                        value *= Math.Max(0, 1 + spot.Gain * PortableMath.Exp(-r2 * r2));
                }
                ref float target = ref plane.Data[cy * plane.Width + cx];
                target = (float)(target * (1 - cover * edge) + strength * edge * value);
            }
        }
    }

    private Spot[] DrawSpots(CellRaster raster, SynthesisRandom random)
    {
        int bright = random.Whole(0, Chromocentres), dark = random.Whole(Math.Min(1, Nucleoli), Nucleoli);
        Spot[] spots = new Spot[raster.Distance.Length == 0 ? 0 : bright + dark];
        for (int n = 0; n < spots.Length; n++)
        {
            int at = 0;
            for (int attempt = 0; attempt < 12; attempt++)
            {
                at = random.Whole(0, raster.Distance.Length - 1);
                if (raster.Distance[at] < -0.35f * raster.Depth)
                    break;
            }
            bool isDark = n < dark;
            double radius = raster.Depth * (isDark ? random.Uniform(0.16, 0.34) : random.Uniform(0.08, 0.2));
            double gain = isDark ? NucleolusGain * random.Uniform(0.6, 1.1) : random.Uniform(0.3, 1.2);
            spots[n] = new Spot(raster.X0 + at % raster.Width, raster.Y0 + at / raster.Width, 1 / Math.Max(0.5, radius * radius), gain);
        }
        return spots;
    }

    private readonly record struct Spot(double X, double Y, double Tightness, double Gain);
}
