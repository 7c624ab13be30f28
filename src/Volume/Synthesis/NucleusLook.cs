using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>What the nuclei of one volume have in common inside.</summary>
internal sealed class NucleusLook
{
    public NucleusLook(SynthesisRandom random, double diameter)
    {
        bool mouse = random.Chance(0.25);
        Texture = SolidTexture.Cloudy(random, 8, 3, random.Uniform(0.5, 0.8));
        Texels = 8 / (diameter * random.Uniform(0.16, 0.34));
        Chromatin = random.Uniform(0.08, 0.34);
        Chromocentres = mouse ? random.Whole(5, 14) : random.Whole(0, 3);
        Nucleoli = random.Whole(0, 4);
        Rim = random.Chance(0.3) ? random.Uniform(0, 0.3) : 0;
        Softness = 0.7 + diameter * random.Uniform(0, 0.02);
    }

    /// <summary>Clouds of chromatin.</summary>
    public SolidTexture Texture { get; }

    /// <summary>Texels a pixel.</summary>
    public double Texels { get; }

    /// <summary>Contrast of the clouds.</summary>
    public double Chromatin { get; }

    /// <summary>Most bright dots in a nucleus.</summary>
    public int Chromocentres { get; }

    /// <summary>Most dark balls in a nucleus.</summary>
    public int Nucleoli { get; }

    /// <summary>Extra light at the surface.</summary>
    public double Rim { get; }

    /// <summary>Half the width of the edge, pixels.</summary>
    public double Softness { get; }
}
