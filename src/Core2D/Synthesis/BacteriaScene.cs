namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Bacteria: rods, ovals and commas, alone, in chains and in crowded colonies, stained or not.</summary>
internal static class BacteriaScene
{
    public static Render Draw(Scene scene)
    {
        List<double> angles = [];
        LabelMap map = scene.Fit((diameter, random) => Place(scene, random, diameter, angles));
        CellFacts facts = new(map);
        SynthesisRandom random = scene.LookRandom();
        double pick = random.Uniform();
        if (pick < 0.55)
        {
            Plane light = Cytoplasm.Draw(random, scene.Diameter).Paint(facts, [.. angles], new CellRaster?[facts.Count + 1]);
            double gap = random.Uniform(0, 0.8);                         // dim between touching rods
            for (int n = 0; n < light.Data.Length; n++)
            {
                if (map.Data[n] != 0 && facts.Depth.Data[n] < 1.5)
                    light.Data[n] *= (float)(1 - gap);
            }
            return CytoplasmScene.Expose(scene, random, facts, light, [], withNuclei: false, inverted: false);
        }
        double strength = random.LogUniform(0.4, 1.2);
        Plane phase = PhaseMap.Draw(facts, [], random, scene.Diameter, strength, random.Uniform(0.5, 1));
        TransmittedOptics.Look look = pick < 0.87 ? TransmittedOptics.Look.PhaseContrast : TransmittedOptics.Look.BrightField;
        return TransmittedScene.Expose(scene, random, map, phase, strength, look);
    }

    private static LabelMap Place(Scene scene, SynthesisRandom random, double diameter, List<double> angles)
    {
        double aspect = random.Pick([1, 5, 1.2]) switch                  // middle line over width when a rod divides
        {
            0 => random.Uniform(0.2, 0.9),
            1 => random.Uniform(1.8, 4.5),
            _ => random.Uniform(4.5, 9),
        };
        double width = diameter * Math.Sqrt(0.785 / (0.72 * aspect + 0.785)), bend = random.Chance(0.2) ? random.Uniform(0.2, 1.2) : random.Uniform(0, 0.15);
        RodColony colony = new(random, width * random.Uniform(0.94, 1.1), aspect * width);
        int count = (int)Math.Max(1, Math.Min(1200, (0.01 + 0.85 * scene.Crowding) * scene.Height * scene.Width / (0.785 * diameter * diameter)));
        bool grown = random.Chance(0.65);
        int founders = Math.Min(scene.Options.MaxCells, grown ? Math.Max(1, count / random.Whole(6, 80)) : count);
        foreach ((double x, double y) in Scatter.Points(scene, random, founders, grown ? diameter * 2 : diameter * 0.5, 0.05, random.Uniform(0, 0.9)))
            colony.Add(x, y, random.Angle());
        if (grown)
            colony.Grow(Math.Min(scene.Options.MaxCells, count), 60);
        colony.Push(grown ? 12 : 25);
        Plane ruffle = scene.Field(random, Math.Max(3, width), 2);
        angles.Clear();
        angles.Add(0);
        List<CellRaster> rasters = [];
        for (int n = 0; n < colony.Count; n++)
        {
            (double x, double y, double angle, double length) = colony[n];
            double slimmed = width * random.Uniform(0.92, 1.04);
            double size = 2 * Math.Sqrt((slimmed * length + 0.785 * slimmed * slimmed) / Math.PI);
            CellRaster raster = ShapeFactory.Sausage(length / slimmed, bend * random.Normal()).Draw(x, y, angle, size, scene.Height, scene.Width);
            if (raster.Distance.Length == 0)
                continue;
            raster.Roughen(ruffle, 0.03 * width);
            rasters.Add(raster);
            angles.Add(angle);
        }
        LabelMap labels = LabelMap.Compete(scene.Height, scene.Width, rasters);
        labels.Clean();
        return labels;
    }
}
