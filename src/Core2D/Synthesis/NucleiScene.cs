namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Nuclei in fluorescence: a culture, or thick tissue with haze and nuclei out of focus.</summary>
internal static class NucleiScene
{
    private enum Fate
    {
        Interphase,
        Plate,
        Daughter,
        Condensed,
        Fragment,
    }

    public static Render Draw(Scene scene, bool tissue)
    {
        List<Nucleus> nuclei = [];
        LabelMap map = scene.Fit((diameter, random) =>
        {
            nuclei = Place(scene, random, diameter, tissue);
            List<CellRaster> rasters = nuclei.ConvertAll(n => n.Raster);
            LabelMap labels = random.Chance(0.6) ? LabelMap.Compete(scene.Height, scene.Width, rasters) : LabelMap.Cover(scene.Height, scene.Width, rasters);
            labels.Clean();
            return labels;
        });
        Plane light = Paint(scene, nuclei, tissue);
        SynthesisRandom look = scene.CameraRandom();
        Camera.Illuminate(look, light, look.Chance(0.5) ? look.Uniform(0, 0.5) : 0.05);
        return new Render([Camera.Fluorescence(look, scene.Options.Noise).Expose(light)], map);
    }

    private static List<Nucleus> Place(Scene scene, SynthesisRandom random, double diameter, bool tissue)
    {
        double coverage = tissue ? 0.15 + 0.75 * scene.Crowding : 0.015 + 0.6 * scene.Crowding * Math.Sqrt(scene.Crowding);
        double spread = random.Chance(0.3) ? random.Uniform(0.2, 0.4) : random.Uniform(0.06, 0.2);
        double elongation = random.Chance(0.2) ? random.Uniform(1.5, 2.6) : random.Uniform(1.05, 1.5);
        double waviness = random.Chance(0.3) ? random.Uniform(0.1, 0.3) : random.Uniform(0, 0.1);
        double odd = random.Chance(0.4) ? random.Uniform(0, 0.35) : 0.03, mitotic = random.Chance(0.5) ? random.Uniform(0, 0.1) : 0.01;
        bool aligned = random.Chance(0.3);
        Plane? direction = aligned ? NoiseField.Fractal(random, scene.Height / 8 + 2, scene.Width / 8 + 2, Math.Max(4, diameter), 2, 0.4) : null;
        int count = (int)Math.Max(3, coverage * scene.Height * scene.Width / (0.785 * diameter * diameter));
        List<(double X, double Y)> points = Scatter.Points(
            scene, random, count, diameter * random.Uniform(0.55, 1.0), random.Chance(0.5) ? random.Uniform(0, 0.8) : 0.1, random.Uniform(0, 1));
        double[] xs = [.. points.Select(p => p.X)], ys = [.. points.Select(p => p.Y)], sizes = new double[points.Count], radii = new double[points.Count];
        double packing = random.Uniform(tissue ? 0.35 : 0.4, 0.56);
        for (int n = 0; n < sizes.Length; n++)
            radii[n] = packing * (sizes[n] = diameter * random.LogNormal(spread));
        Scatter.Relax(scene, xs, ys, radii, 12);

        List<Nucleus> nuclei = [];
        Plane ruffle = scene.Field(random, Math.Max(3, diameter * 0.3), 2);
        double roughness = random.Chance(0.3) ? diameter * random.Uniform(0, 0.04) : 0;
        for (int n = 0; n < sizes.Length; n++)
        {
            Fate fate = random.Chance(mitotic) ? (Fate)random.Whole(1, 4) : Fate.Interphase;
            double angle = direction is null ? random.Angle() : direction.Sample(ys[n] / 8, xs[n] / 8) * 1.2 + random.Normal() * 0.25;
            (double sin, double cos) = PortableMath.SinCos(angle);
            switch (fate)
            {
                case Fate.Plate:
                    Add(ShapeFactory.Round(random, random.Uniform(2.5, 4.5), 0.2), xs[n], ys[n], angle, 0.6, fate);
                    break;
                case Fate.Daughter:
                    double gap = sizes[n] * random.Uniform(0.28, 0.6);
                    Add(ShapeFactory.Round(random, random.Uniform(1.5, 3), 0.15), xs[n] - sin * gap, ys[n] + cos * gap, angle + random.Normal() * 0.15, 0.5, fate);
                    if (nuclei.Count < scene.Options.MaxCells)
                        Add(ShapeFactory.Round(random, random.Uniform(1.5, 3), 0.15), xs[n] + sin * gap, ys[n] - cos * gap, angle + random.Normal() * 0.15, 0.5, fate);
                    break;
                case Fate.Condensed:
                    Add(ShapeFactory.Round(random, random.Uniform(1, 1.3), 0.25), xs[n], ys[n], angle, 0.55, fate);
                    break;
                case Fate.Fragment:
                    Add(ShapeFactory.Lobed(random, random.Whole(2, 4)), xs[n], ys[n], angle, 0.6, fate);
                    break;
                default:
                    Shape shape = random.Chance(odd) ? OddShape(random) : ShapeFactory.Round(random, 1 + (elongation - 1) * random.LogNormal(0.5), waviness);
                    Add(shape, xs[n], ys[n], angle, 1, fate);
                    break;
            }

            void Add(Shape shape, double x, double y, double turn, double size, Fate what)
            {
                CellRaster raster = shape.Draw(x, y, turn, sizes[n] * size, scene.Height, scene.Width);
                if (raster.Distance.Length == 0)
                    return;
                raster.Roughen(ruffle, roughness);
                nuclei.Add(new Nucleus(raster, what, nuclei.Count));
            }
        }
        return nuclei;
    }

    private static Shape OddShape(SynthesisRandom random) => random.Whole(0, 2) switch
    {
        0 => ShapeFactory.Sausage(random.Uniform(0.6, 1.8), random.Uniform(0.5, 2.4)),
        1 => ShapeFactory.Lobed(random, random.Whole(2, 4)),
        _ => ShapeFactory.Round(random, random.Uniform(1, 1.6), random.Uniform(0.25, 0.5)),
    };

    private static Plane Paint(Scene scene, List<Nucleus> nuclei, bool tissue)
    {
        SynthesisRandom random = scene.LookRandom();
        double diameter = scene.Diameter;
        NucleusStyle style = NucleusStyle.Fluorescence(random, diameter);
        double variety = random.Chance(0.35) ? random.Uniform(0.5, 1.0) : random.Uniform(0.1, 0.45);
        double lens = scene.Options.Blur * Math.Min(random.Uniform(0.5, 1.3) + diameter * random.Uniform(0, 0.03), 0.2 + 0.1 * diameter);
        double defocus = scene.Options.Blur * diameter * random.Uniform(0.03, tissue ? 0.16 : 0.09);
        double blurredShare = random.Chance(0.5) ? random.Uniform(0, tissue ? 0.6 : 0.3) : 0;
        Plane sharp = scene.NewPlane(), soft = scene.NewPlane();
        foreach (Nucleus nucleus in nuclei)
        {
            double brightness = random.LogNormal(variety) * 0.6;
            brightness = Math.Clamp(brightness, 0.12, 4);
            if (nucleus.Fate != Fate.Interphase)
                brightness *= random.Uniform(1.3, 3);
            style.Paint(random.Chance(blurredShare) ? soft : sharp, nucleus.Raster, brightness, random, nucleus.Fate == Fate.Interphase ? 0 : 0.6);
        }
        Plane light = sharp.Blurred(lens);
        if (blurredShare > 0)
            light.Add(soft.Blurred(Math.Sqrt(lens * lens + defocus * defocus)), 1);
        AddHaze(scene, random, light, style, tissue);
        AddDebris(scene, light);
        return light;
    }

    private static void AddHaze(Scene scene, SynthesisRandom random, Plane light, NucleusStyle style, bool tissue)
    {
        double diameter = scene.Diameter;
        Plane deep = scene.NewPlane();
        int hidden = tissue || random.Chance(0.25) ? Clutter.Count(scene, random, random.Uniform(0, 0.5) * 262144 / (diameter * diameter)) : 0;
        for (int n = 0; n < hidden; n++)
        {
            CellRaster raster = ShapeFactory.Round(random, random.Uniform(1, 1.8), 0.1).Draw(
                random.Uniform(0, scene.Width), random.Uniform(0, scene.Height), random.Angle(), diameter * random.LogNormal(0.2), scene.Height, scene.Width);
            if (raster.Distance.Length > 0)
                style.Paint(deep, raster, random.Uniform(0.05, 0.3), random);
        }
        if (hidden > 0)
            light.Add(deep.Blurred(diameter * random.Uniform(0.22, 0.5)), random.Uniform(0.4, 1));
        double glow = tissue ? random.Uniform(0.05, 0.5) : random.Chance(0.5) ? random.Uniform(0.01, 0.2) : 0.01;
        if (scene.Options.Blur > 0)
            light.Add(light.Blurred(diameter * random.Uniform(0.5, 1.6)), glow);
        float floor = (float)(random.Chance(0.5) ? random.LogUniform(0.002, 0.05) : random.Uniform(0.02, 0.25));
        double wave = random.Uniform(0, 0.4), cytoplasm = random.Chance(0.35) ? random.Uniform(0.02, 0.12) : 0;
        Plane cloud = scene.Field(random, Math.Max(scene.Height, scene.Width) / random.Uniform(1.5, 5), 2);
        Plane cells = light.Blurred(diameter * random.Uniform(0.6, 1.2));
        Plane grain = scene.Field(random, Math.Max(3, diameter * 0.4), 4, 0.7);
        for (int n = 0; n < light.Data.Length; n++)
        {
            light.Data[n] += floor * (float)Math.Max(0.1, 1 + wave * cloud.Data[n]);
            if (cytoplasm > 0)
                light.Data[n] += (float)(cytoplasm * Math.Min(1, cells.Data[n] * 4) * Math.Max(0, 1 + 0.5 * grain.Data[n]));
        }
    }

    private static void AddDebris(Scene scene, Plane light)
    {
        SynthesisRandom random = scene.DebrisRandom();
        double diameter = scene.Diameter;
        Plane dust = scene.NewPlane();
        if (random.Chance(0.6))
            Clutter.Specks(dust, random, Clutter.Count(scene, random, random.LogUniform(0.5, 12)), 1.5, Math.Max(2.5, diameter * 0.25), random.Uniform(0.1, 0.7));
        light.Add(dust.Blurred(random.Uniform(0.5, 1.3)), 1);
        if (random.Chance(0.06 * scene.Options.Debris))
        {
            Plane smear = scene.NewPlane();
            if (random.Chance(0.5))
                Clutter.Fibre(smear, random, diameter * random.Uniform(0.3, 2), random.Uniform(0.2, 1.2));
            else
                Clutter.Specks(smear, random, 1, diameter * 2, diameter * 8, random.Uniform(0.2, 0.8));
            light.Add(smear.Blurred(diameter * random.Uniform(0.1, 0.8)), 1);
        }
    }

    private sealed record Nucleus(CellRaster Raster, Fate Fate, int Index);
}
