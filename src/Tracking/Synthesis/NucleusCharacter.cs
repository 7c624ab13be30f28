using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What one nucleus looks like as long as it lives: outline, stain, where its chromatin and nucleoli lie.</summary>
internal sealed class NucleusCharacter
{
    private const double MostSwing = 0.2;                                // of the outline, in radii: more would have corners

    /// <summary>Draws one.</summary>
    /// <param name="random">Source of all that is its own.</param>
    /// <param name="style">What all nuclei of the movie have in common.</param>
    /// <param name="brightness">Light inside.</param>
    public NucleusCharacter(SynthesisRandom random, MovieStyle style, double brightness)
    {
        Brightness = brightness;
        Harmonics = ShapeFactory.Harmonics(random, style.Waviness * random.LogNormal(0.4), 4);
        (Harmonics[0], Harmonics[1]) = (0.4 * Harmonics[0], 0.4 * Harmonics[1]);   // of these, ellipses have enough
        double swing = Harmonics.Sum(Math.Abs);
        for (int n = 0; n < Harmonics.Length; n++)
            Harmonics[n] *= Math.Min(1, MostSwing / Math.Max(1e-9, swing));
        Contrast = random.LogNormal(0.4);
        Shift = new Point3(random.Uniform(0, 256), random.Uniform(0, 256), random.Uniform(0, 256));
        int dark = random.Whole(Math.Min(1, style.Nucleoli), style.Nucleoli), bright = random.Whole(style.Chromocentres / 2, style.Chromocentres);
        Spots = new NucleusSpot[dark + bright];
        for (int n = 0; n < Spots.Length; n++)
        {
            bool isDark = n < dark;
            Point3 at = SeedPoints.Direction(random) * (0.72 * PortableMath.Pow(random.Uniform(), 0.4));
            if (style.IsFlat)
                at = at with { Z = 0 };
            double radius = isDark ? random.Uniform(0.13, 0.3) : random.Uniform(0.09, 0.19);
            Spots[n] = new NucleusSpot(at, 1 / (radius * radius), isDark ? -random.Uniform(0.4, 1) * style.NucleolusDepth : random.Uniform(0.3, 1.2));
        }
    }

    /// <summary>Light inside; a daughter's follows its mother's.</summary>
    public double Brightness { get; }

    /// <summary>(cosine, sine) pairs of the outline from the second harmonic on, over the radius.</summary>
    public double[] Harmonics { get; }

    /// <summary>Factor on the contrast of chromatin.</summary>
    public double Contrast { get; }

    /// <summary>Where its textures begin.</summary>
    public Point3 Shift { get; }

    public NucleusSpot[] Spots { get; }
}
