namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Whole cells in fluorescence, with or without a channel of nuclei, or with contrast reversed.</summary>
internal static class CytoplasmScene
{
    private static readonly double[] Families = [3, 3, 2, 3, 2];

    public static Render Draw(Scene scene, bool withNuclei, bool inverted)
    {
        LabelMap map = Population.Draw(scene, Families, out double[] directions);
        CellFacts facts = new(map);
        SynthesisRandom random = scene.LookRandom();
        Cytoplasm stain = Cytoplasm.Draw(random, scene.Diameter);
        CellRaster?[] nuclei = Cytoplasm.PlaceNuclei(facts, directions, random, random.Uniform(0.5, 0.85));
        Plane light = stain.Paint(facts, directions, nuclei);
        return Expose(scene, random, facts, light, nuclei, withNuclei, inverted);
    }

    /// <summary>Neurons and glia: branching processes that count as part of the cell, thin ones that do not.</summary>
    public static Render DrawNeurons(Scene scene)
    {
        List<double> angles = [];
        LabelMap map = scene.Fit((diameter, random) => PlaceNeurons(scene, random, diameter, angles));
        CellFacts facts = new(map);
        SynthesisRandom random = scene.LookRandom();
        Cytoplasm stain = Cytoplasm.Draw(random, scene.Diameter * 0.7);
        CellRaster?[] nuclei = Cytoplasm.PlaceNuclei(facts, [], random, random.Uniform(0.5, 0.75));
        Plane light = stain.Paint(facts, [], nuclei);
        if (random.Chance(0.6))
            AddAxons(scene, random, light);
        return Expose(scene, random, facts, light, nuclei, withNuclei: false, inverted: random.Chance(0.08));
    }

    /// <summary>Optics, background and camera shared by the fluorescent kinds.</summary>
    public static Render Expose(
        Scene scene, SynthesisRandom random, CellFacts facts, Plane light, CellRaster?[] nuclei, bool withNuclei, bool inverted)
    {
        double diameter = scene.Diameter;
        double lens = random.Uniform(0.5, 1.2) + diameter * (random.Chance(0.25) ? random.Uniform(0.02, 0.05) : random.Uniform(0, 0.015));
        lens = scene.Options.Blur * Math.Min(lens, 0.5 + 0.22 * HalfWidth(facts));   // thin cells must not drown
        light = light.Blurred(lens);
        AddBackground(scene, random, light);
        SynthesisRandom optics = scene.CameraRandom();
        Camera.Illuminate(optics, light, optics.Chance(0.5) ? optics.Uniform(0, 0.6) : 0.05);
        Plane[] channels;
        if (inverted)
        {
            channels = [Absorb(optics, light, scene.Options.Noise)];
        }
        else if (withNuclei)
        {
            NucleusStyle style = NucleusStyle.Fluorescence(random, diameter * 0.5);
            Plane blue = scene.NewPlane();
            double variety = random.Uniform(0.1, 0.5);
            foreach (CellRaster? nucleus in nuclei)
            {
                if (nucleus is not null && !random.Chance(0.02))
                    style.Paint(blue, nucleus, 0.6 * random.LogNormal(variety), random);
            }
            blue = blue.Blurred(lens * random.Uniform(0.8, 1.6));
            blue.Add(light, random.Chance(0.4) ? random.Uniform(0, 0.15) : 0);   // bleed-through
            AddBackground(scene, random, blue);
            Camera.Illuminate(optics, blue, 0.15);
            channels = [Camera.Fluorescence(optics, scene.Options.Noise).Expose(light), Camera.Fluorescence(optics, scene.Options.Noise).Expose(blue)];
        }
        else
        {
            channels = [Camera.Fluorescence(optics, scene.Options.Noise).Expose(light)];
        }
        return new Render(channels, facts.Map);
    }

    /// <summary>Mean depth of the cells, pixels.</summary>
    private static double HalfWidth(CellFacts facts)
    {
        double sum = 0;
        int count = 0;
        for (int n = 1; n <= facts.Count; n++)
        {
            sum += facts.MaxDepth[n];
            count += facts.Size[n] > 0 ? 1 : 0;
        }
        return count == 0 ? 10 : sum / count;
    }

    /// <summary>Dark cells on a bright field: what a dye takes from the light, or a picture shown in negative.</summary>
    private static Plane Absorb(SynthesisRandom random, Plane light, double noise)
    {
        double strength = random.Uniform(0.4, 1.8), bright = random.Uniform(0.55, 0.98);
        for (int n = 0; n < light.Data.Length; n++)
            light.Data[n] = (float)(bright * PortableMath.Exp(-strength * light.Data[n]));
        Camera.Illuminate(random, light, random.Uniform(0, 0.3));
        return Camera.Transmitted(random, noise).Expose(light);
    }

    private static void AddBackground(Scene scene, SynthesisRandom random, Plane light)
    {
        double diameter = scene.Diameter;
        if (scene.Options.Blur > 0 && random.Chance(0.7))
            light.Add(light.Blurred(diameter * random.Uniform(0.3, 1.5)), random.Uniform(0.02, 0.35));
        Plane cloud = scene.Field(random, Math.Max(scene.Height, scene.Width) / random.Uniform(1.5, 8), 3);
        double floor = random.Chance(0.5) ? random.LogUniform(0.002, 0.04) : random.Uniform(0.02, 0.25), wave = random.Uniform(0, 0.45);
        for (int n = 0; n < light.Data.Length; n++)
            light.Data[n] += (float)(floor * Math.Max(0.1, 1 + wave * cloud.Data[n]));
        SynthesisRandom debris = scene.DebrisRandom();
        Plane dust = scene.NewPlane();
        if (debris.Chance(0.5))
            Clutter.Specks(dust, debris, Clutter.Count(scene, debris, debris.LogUniform(0.5, 25)), 1.2, Math.Max(2, diameter * 0.2), debris.Uniform(0.05, 0.5));
        if (debris.Chance(0.08 * scene.Options.Debris))
            Clutter.Fibre(dust, debris, diameter * debris.Uniform(0.05, 0.6), debris.Uniform(0.1, 0.8));
        light.Add(dust.Blurred(debris.Uniform(0.5, 1.5)), 1);
        int ghosts = debris.Chance(0.3) ? Clutter.Count(scene, debris, debris.Uniform(0.5, 6)) : 0;
        if (ghosts == 0)
            return;
        Plane far = scene.NewPlane();
        Clutter.Specks(far, debris, ghosts, diameter * 0.5, diameter * 1.5, debris.Uniform(0.05, 0.3));
        light.Add(far.Blurred(diameter * debris.Uniform(0.25, 0.7)), 1);
    }

    private static LabelMap PlaceNeurons(Scene scene, SynthesisRandom random, double diameter, List<double> angles)
    {
        angles.Clear();
        bool glia = random.Chance(0.45);
        double reach = glia ? random.Uniform(0.5, 1.2) : random.Uniform(1.2, 3.2), thickness = glia ? random.Uniform(0.25, 0.5) : random.Uniform(0.14, 0.3);
        int most = glia ? 7 : random.Whole(2, 6);
        double spread = random.Uniform(0.1, 0.35);
        int count = (int)Math.Max(3, (0.02 + 0.33 * scene.Crowding) * scene.Height * scene.Width / (0.785 * diameter * diameter));
        List<(double X, double Y)> points = Scatter.Points(scene, random, count, diameter * random.Uniform(0.9, 1.5), 0.1, random.Uniform(0, 0.8));
        Plane ruffle = scene.Field(random, Math.Max(2.5, diameter * random.Uniform(0.06, 0.2)), 3, 0.6);
        double roughness = glia ? diameter * random.Uniform(0, 0.05) : Math.Min(0.5, diameter * 0.01);
        bool bulbs = glia && random.Chance(0.7);
        List<CellRaster> rasters = [];
        foreach ((double x, double y) in points)
        {
            Shape shape = ShapeFactory.Branched(random, random.Whole(1, most), reach, thickness, bulbs);
            CellRaster raster = shape.Draw(x, y, random.Angle(), diameter * random.LogNormal(spread), scene.Height, scene.Width);
            if (raster.Distance.Length == 0)
                continue;
            raster.Roughen(ruffle, roughness);
            rasters.Add(raster);
        }
        LabelMap labels = LabelMap.Compete(scene.Height, scene.Width, rasters);
        labels.Clean();
        return labels;
    }

    private static void AddAxons(Scene scene, SynthesisRandom random, Plane light)
    {
        int count = Clutter.Count(scene, random, random.Uniform(2, 40));
        Plane thin = scene.NewPlane();
        for (int n = 0; n < count; n++)
            Clutter.Fibre(thin, random, random.Uniform(0.8, 1.8), random.Uniform(0.03, 0.22));
        Plane beads = scene.Field(random, 5, 2);
        for (int n = 0; n < thin.Data.Length; n++)
            light.Data[n] += Math.Max(0, thin.Data[n] * (1 + 0.5f * beads.Data[n]));
    }
}
