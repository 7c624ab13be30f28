namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Whole cells without stain: phase contrast, bright field, relief, quantitative phase.</summary>
internal static class TransmittedScene
{
    public static Render Draw(Scene scene, TransmittedOptics.Look look)
    {
        double[] families = look switch
        {
            TransmittedOptics.Look.PhaseContrast => [1.5, 4, 3.5, 1.2, 1.5],
            TransmittedOptics.Look.BrightField => [5, 1.5, 1, 2, 1],
            TransmittedOptics.Look.Quantitative => [4, 2, 1.5, 4, 1],
            _ => [3, 3, 2, 2, 1],
        };
        LabelMap map = Population.Draw(scene, families, out double[] directions);
        CellFacts facts = new(map);
        SynthesisRandom random = scene.LookRandom();
        CellRaster?[] nuclei = Cytoplasm.PlaceNuclei(facts, directions, random, random.Uniform(0.45, 0.8));
        double strength = look == TransmittedOptics.Look.Quantitative ? random.Uniform(0.6, 2.5) : random.LogUniform(0.35, 1.6);
        double ball = look == TransmittedOptics.Look.Quantitative ? random.Uniform(0.5, 1) : random.Uniform(0, 0.8);
        Plane phase = PhaseMap.Draw(facts, nuclei, random, scene.Diameter, strength, ball);
        return Expose(scene, random, map, phase, strength, look);
    }

    /// <summary>Takes a phase map through the optics of a look and a camera.</summary>
    public static Render Expose(Scene scene, SynthesisRandom random, LabelMap map, Plane phase, double strength, TransmittedOptics.Look look)
    {
        SynthesisRandom optics = scene.CameraRandom();
        if (look == TransmittedOptics.Look.Quantitative)
            return new Render([Measure(scene, optics, phase, strength)], map);
        PhaseMap.AddDirt(scene, phase, scene.DebrisRandom(), strength);
        double lens = scene.Options.Blur * optics.Uniform(0.45, 1.2);
        double diameter = scene.Diameter;
        phase = phase.Blurred(lens);
        Plane light;
        switch (look)
        {
            case TransmittedOptics.Look.PhaseContrast:
                double halo = optics.Uniform(2, 6) + diameter * optics.Uniform(0.03, 0.3);
                light = TransmittedOptics.PhaseContrast(phase, halo, optics.Uniform(0.4, 1.1) * Math.Max(0.6, strength), optics.Chance(0.07));
                break;
            case TransmittedOptics.Look.BrightField:
                double sign = optics.Chance(0.5) ? 1 : -1;
                double defocus = 0.9 + diameter * optics.Uniform(0.01, 0.07);
                light = TransmittedOptics.BrightField(
                    phase, defocus, sign * optics.Uniform(1.2, 5) / strength, optics.Uniform(0, 0.9), optics.Chance(0.4) ? optics.Uniform(0.05, 0.5) / strength : 0);
                break;
            default:
                light = TransmittedOptics.Relief(phase, optics.Angle(), optics.Uniform(0.6, 1.6), optics.Uniform(0.5, 2) / strength);
                break;
        }
        Clutter.Rings(light, optics, Clutter.Count(scene, optics, optics.Chance(0.4) ? optics.Uniform(0, 8) : 0), Math.Max(5, diameter * 0.5), optics.Uniform(0.02, 0.1));
        double ground = optics.Uniform(0.22, 0.6);
        Plane uneven = scene.Field(optics, Math.Max(scene.Height, scene.Width) / optics.Uniform(1, 4), 2);
        double wave = optics.Uniform(0, 0.06);
        for (int n = 0; n < light.Data.Length; n++)
            light.Data[n] *= (float)(ground * Math.Max(0.2, 1 + wave * uneven.Data[n]));
        Camera.Illuminate(optics, light, optics.Chance(0.5) ? optics.Uniform(0, 0.7) : 0.08);
        return new Render([Camera.Transmitted(optics, scene.Options.Noise).Expose(light)], map);
    }

    /// <summary>Phase as an interferometer reports it: radians about a wavy zero, with fine noise and without a camera's steps.</summary>
    private static Plane Measure(Scene scene, SynthesisRandom random, Plane phase, double strength)
    {
        PhaseMap.AddDirt(scene, phase, scene.DebrisRandom(), strength * 0.4);
        Plane measured = phase.Blurred(scene.Options.Blur * random.Uniform(0.5, 1.4));
        Plane drift = scene.Field(random, Math.Max(scene.Height, scene.Width) / random.Uniform(1, 4), 2);
        Plane ripple = scene.Field(random, random.Uniform(4, 25), 2);
        measured.Add(drift, strength * random.Uniform(0, 0.08) * Math.Min(1, scene.Options.Noise));
        measured.Add(ripple, strength * random.Uniform(0, 0.03) * Math.Min(1, scene.Options.Noise));
        double noise = scene.Options.Noise * strength * random.LogUniform(0.003, 0.06);
        for (int n = 0; n < measured.Data.Length; n++)
            measured.Data[n] += (float)(noise * random.Normal());
        return random.Chance(0.4) ? measured.Blurred(0.6) : measured;
    }
}
