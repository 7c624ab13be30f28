using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>How the nuclei of one movie look and divide.</summary>
internal sealed class MovieStyle
{
    public MovieStyle(SynthesisRandom random, bool isFlat)
    {
        IsFlat = isFlat;
        bool mouse = random.Chance(0.2);
        Elongation = random.Chance(0.25) ? random.Uniform(1.5, 2.0) : random.Uniform(1.1, 1.45);
        Waviness = random.Chance(0.3) ? random.Uniform(0.08, 0.2) : random.Uniform(0.02, 0.09);
        Variety = random.Chance(0.3) ? random.Uniform(0.35, 0.7) : random.Uniform(0.1, 0.35);
        SizeSpread = random.Uniform(0.05, 0.18);
        Dome = random.Uniform(0.1, 1);
        Chromatin = random.Chance(0.3) ? random.Uniform(0.02, 0.08) : random.Uniform(0.08, 0.28);
        Chromocentres = mouse ? random.Whole(4, 12) : random.Whole(0, 2);
        Nucleoli = random.Chance(0.7) ? random.Whole(1, 4) : 0;
        NucleolusDepth = random.Uniform(0.3, 0.9);
        Rim = random.Chance(0.3) ? random.Uniform(0, 0.3) : 0;
        TextureSpan = random.Uniform(0.14, 0.35);
        HasPlates = random.Chance(0.5);
        Condensation = HasPlates ? random.Uniform(0.3, 0.5) : random.Uniform(0.15, 0.35);
        MitoticGlow = random.Uniform(0.4, 1.4);
        SplitElongation = HasPlates ? random.Uniform(2.2, 3.2) : random.Uniform(1.6, 2.0);
        MitosisFrames = random.Whole(1, 3);
        TelophaseFrames = random.Whole(2, 4);
        Shimmer = random.Uniform(0.02, 0.12);
    }

    /// <summary>Whether the movie has two dimensions.</summary>
    public bool IsFlat { get; }

    /// <summary>Typical long over short axis.</summary>
    public double Elongation { get; }

    /// <summary>0 for ellipses, 0.2 for potatoes.</summary>
    public double Waviness { get; }

    /// <summary>Spread of the nuclei's light, as sigma of a log-normal.</summary>
    public double Variety { get; }

    /// <summary>How much one nucleus's light wanders, likewise.</summary>
    public double Shimmer { get; }

    /// <summary>Spread of their full size, likewise.</summary>
    public double SizeSpread { get; }

    /// <summary>0 for a flat disc, 1 for a ball.</summary>
    public double Dome { get; }

    /// <summary>Contrast of the clouds of chromatin.</summary>
    public double Chromatin { get; }

    /// <summary>Most bright dots in a nucleus.</summary>
    public int Chromocentres { get; }

    /// <summary>Most dark spots in a nucleus.</summary>
    public int Nucleoli { get; }

    /// <summary>How dark those are, 0 to 1.</summary>
    public double NucleolusDepth { get; }

    /// <summary>Extra light at the edge.</summary>
    public double Rim { get; }

    /// <summary>Size of a cloud of chromatin, in diameters.</summary>
    public double TextureSpan { get; }

    /// <summary>Whether chromatin gathers in a plate across the spindle, as where it is stained; else the cell stretches along it.</summary>
    public bool HasPlates { get; }

    /// <summary>Share of the area (volume) that is lost in mitosis.</summary>
    public double Condensation { get; }

    /// <summary>Light that is added in mitosis, over the light that is there.</summary>
    public double MitoticGlow { get; }

    /// <summary>Long over short axis in the last frame before the split.</summary>
    public double SplitElongation { get; }

    /// <summary>Typical frames in which a division is seen to come.</summary>
    public int MitosisFrames { get; }

    /// <summary>Frames daughters take to look like others.</summary>
    public int TelophaseFrames { get; }
}
