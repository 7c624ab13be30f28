namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Stained sections and smears: labelled are the nuclei.</summary>
internal static class HistologyScene
{
    private enum Tissue
    {
        Epithelial,
        Stromal,
        Lymphoid,
    }

    public static Render Draw(Scene scene, bool eosin)
    {
        List<Nucleus> nuclei = [];
        TissueGrounds grounds = new(scene, scene.LookRandom().Fork(7));
        LabelMap map = scene.Fit((diameter, random) =>
        {
            nuclei = Place(scene, random, diameter, grounds);
            LabelMap labels = LabelMap.Cover(scene.Height, scene.Width, nuclei.ConvertAll(n => n.Raster));
            labels.Clean();
            return labels;
        });
        SynthesisRandom random = scene.LookRandom();
        double strength = random.LogUniform(0.4, 2.0), ground = 0.15 + 0.8 * strength;   // the ground must not hide the nuclei
        Plane blue = PaintNuclei(scene, random, nuclei, strength);
        Plane pink = scene.NewPlane(), third = scene.NewPlane();
        TissueColours colours;
        if (eosin)
        {
            colours = TissueColours.Eosin(random);
            PaintStroma(scene, random, grounds, pink, blue, Math.Min(ground, random.LogUniform(0.25, 1.3)));
            PaintBlood(scene, random, grounds, third);
        }
        else if (random.Chance(0.2))
        {
            colours = TissueColours.Brown(random);
            PaintStroma(scene, random, grounds, pink, blue, random.Uniform(0.05, 0.25));
            PaintEnzyme(random, nuclei, blue, third);
        }
        else
        {
            colours = TissueColours.Violet(random);
            PaintStroma(scene, random, grounds, pink, blue, random.Chance(0.35) ? random.Uniform(0, 0.12) : Math.Min(0.6 * ground, random.Uniform(0.12, 0.55)));
        }
        Plane[] light = colours.Shine(blue, pink, third);
        Refract(scene, random, grounds, light);
        return new Render(Photograph(scene, light), map);
    }

    private static List<Nucleus> Place(Scene scene, SynthesisRandom random, double diameter, TissueGrounds grounds)
    {
        double coverage = 0.015 + 0.6 * scene.Crowding;
        int count = (int)Math.Max(3, coverage * scene.Height * scene.Width / (0.785 * diameter * diameter));
        double variety = random.Uniform(0.08, 0.3), waviness = random.Uniform(0.02, 0.22), elongation = random.Uniform(1.1, 1.9), slim = random.Uniform(1.7, 4);
        double[] shares = [random.Uniform(0.2, 1), random.Uniform(0, 0.7), random.Chance(0.5) ? random.Uniform(0, 0.6) : 0.03];
        double odd = random.Chance(0.3) ? random.Uniform(0, 0.4) : 0.03, spacing = diameter * random.Uniform(0.6, 1.15);
        List<Nucleus> nuclei = [];
        List<(double X, double Y, double Angle, bool Lined)> spots = grounds.GlandSpots(random, diameter, scene.Options.MaxCells);
        foreach ((double x, double y) in Scatter.Points(scene, random, count, spacing, random.Chance(0.3) ? random.Uniform(0.1, 0.6) : 0.05, random.Uniform(0, 1)))
            spots.Add((x, y, 0, false));
        Plane ruffle = scene.Field(random, Math.Max(2.5, diameter * 0.25), 2);
        double roughness = diameter * random.Uniform(0, 0.04);
        foreach ((double x, double y, double lining, bool lined) in spots)
        {
            if (nuclei.Count >= scene.Options.MaxCells)
                break;
            if (!lined && (grounds.Lumen.Sample(y, x) > 0.5f || spots.Exists(s => s.Lined && Math.Abs(s.X - x) < diameter * 0.8 && Math.Abs(s.Y - y) < diameter * 0.8)))
                continue;
            Tissue tissue = lined ? Tissue.Epithelial : (Tissue)random.Pick(shares);
            double size = diameter * random.LogNormal(variety), angle = lined ? lining + random.Normal() * 0.2 : random.Angle();
            Shape shape;
            switch (tissue)
            {
                case Tissue.Stromal:
                    angle = grounds.Direction(y, x) + random.Normal() * 0.25;
                    shape = random.Chance(0.12) ? ShapeFactory.Sausage(slim, random.Normal() * 0.6) : ShapeFactory.Round(random, slim * random.LogNormal(0.25), waviness);
                    size *= 0.9;
                    break;
                case Tissue.Lymphoid:
                    shape = ShapeFactory.Round(random, random.Uniform(1, 1.25), waviness * 0.6);
                    size *= random.Uniform(0.6, 0.8);
                    break;
                default:
                    shape = random.Chance(odd) ? ShapeFactory.Lobed(random, random.Whole(1, 3)) : ShapeFactory.Round(random, 1 + (elongation - 1) * random.LogNormal(0.35), waviness);
                    break;
            }
            CellRaster raster = shape.Draw(x, y, angle, size, scene.Height, scene.Width);
            if (raster.Distance.Length == 0)
                continue;
            raster.Roughen(ruffle, roughness);
            nuclei.Add(new Nucleus(raster, tissue));
        }
        return nuclei;
    }

    private static Plane PaintNuclei(Scene scene, SynthesisRandom random, List<Nucleus> nuclei, double strength)
    {
        double diameter = scene.Diameter;
        bool vesicular = random.Chance(0.5);
        NucleusStyle main = NucleusStyle.Histology(random, diameter, vesicular), dark = NucleusStyle.Histology(random, diameter, vesicular: false);
        double variety = random.Uniform(0.15, 0.55), cover = random.Uniform(0, 0.9);
        double softShare = random.Chance(0.6) ? random.Uniform(0, 0.5) : 0;
        Plane sharp = scene.NewPlane(), soft = scene.NewPlane(), deep = scene.NewPlane();
        foreach (Nucleus nucleus in nuclei)
        {
            NucleusStyle style = nucleus.Tissue == Tissue.Epithelial && !random.Chance(0.12) ? main : dark;
            double density = strength * Math.Clamp(random.LogNormal(variety), 0.35, 2.5) * (nucleus.Tissue == Tissue.Lymphoid ? 1.4 : 1);
            style.Paint(random.Chance(softShare) ? soft : sharp, nucleus.Raster, density, random, cover);
        }
        int ghosts = random.Chance(0.5) ? Clutter.Count(scene, random, random.Uniform(0, 0.12) * 262144 / (diameter * diameter)) : 0;
        for (int n = 0; n < ghosts; n++)
        {
            CellRaster raster = ShapeFactory.Round(random, random.Uniform(1, 1.8), 0.1).Draw(
                random.Uniform(0, scene.Width), random.Uniform(0, scene.Height), random.Angle(), diameter * random.LogNormal(0.2), scene.Height, scene.Width);
            if (raster.Distance.Length > 0)
                dark.Paint(deep, raster, strength * random.Uniform(0.1, 0.35), random);
        }
        double blur = scene.Options.Blur;
        sharp.Add(soft.Blurred(blur * diameter * random.Uniform(0.03, 0.09)), 1);
        sharp.Add(deep.Blurred(blur * diameter * random.Uniform(0.12, 0.3)), 1);
        if (random.Chance(0.6))
            Clutter.Specks(sharp, scene.DebrisRandom(), Clutter.Count(scene, random, random.LogUniform(1, 40)), 1.2, diameter * 0.3, strength * random.Uniform(0.2, 0.9));
        return sharp;
    }

    private static void PaintStroma(Scene scene, SynthesisRandom random, TissueGrounds grounds, Plane pink, Plane blue, double strength)
    {
        double diameter = scene.Diameter;
        Texture strands = Texture.Cloudy(random, 16, 5, random.Uniform(0.55, 0.8), 256);
        Plane patches = scene.Field(random, diameter * random.Uniform(2, 8), 3), fine = scene.Field(random, Math.Max(3, diameter * 0.3), 4, 0.75), wave = scene.Field(random, diameter * 3, 2);
        Plane bodies = blue.Blurred(diameter * random.Uniform(0.4, 0.8));
        double fibrous = random.Uniform(0, 0.7), patchy = random.Uniform(0.05, 0.5), grain = random.Uniform(0.05, 0.4), cellular = random.Uniform(0, 0.5), haze = random.Uniform(0, 0.4);
        double across = 16 / (diameter * random.Uniform(0.25, 0.8)), along = across / random.Uniform(4, 12), clefts = random.Chance(0.5) ? random.Uniform(0.5, 1.5) : 0;
        for (int y = 0; y < scene.Height; y++)
        {
            for (int x = 0; x < scene.Width; x++)
            {
                int at = y * scene.Width + x;
                double bend = wave.Data[at] * diameter * 0.5;
                double u = x * grounds.Cos + y * grounds.Sin, v = y * grounds.Cos - x * grounds.Sin + bend;
                double strand = strands.Sample((float)(v * across), (float)(u * along));
                double value = 1 + fibrous * strand + patchy * patches.Data[at] + grain * fine.Data[at];
                value = Math.Max(0.08, value) * (1 - cellular) + cellular * Math.Min(2, 2.5 * bodies.Data[at]);
                double open = 1 - grounds.Lumen.Data[at];
                if (clefts > 0)
                    open *= 1 - 0.9 * PortableMath.SmoothStep(2.1 - clefts, 2.5 - clefts, strand - 0.3 * patches.Data[at]);
                pink.Data[at] += (float)(strength * value * open);
                blue.Data[at] += (float)(haze * strength * Math.Max(0, 1 + patchy * fine.Data[at] + fibrous * strand) * open);
            }
        }
    }

    private static void PaintBlood(Scene scene, SynthesisRandom random, TissueGrounds grounds, Plane red)
    {
        if (!random.Chance(0.35 * Math.Min(1, scene.Options.Debris)))
            return;
        double diameter = scene.Diameter * random.Uniform(0.6, 1.0), strength = random.Uniform(0.6, 1.8), edge = random.Uniform(0.6, 1.6);
        Plane vessel = scene.Field(random, Math.Max(scene.Height, scene.Width) / 4.0, 1);
        int count = (int)(scene.Height * scene.Width / (diameter * diameter));
        for (int n = 0; n < count; n++)
        {
            double x = random.Uniform(0, scene.Width), y = random.Uniform(0, scene.Height);
            if (vessel.Sample(y, x) < edge || grounds.Lumen.Sample(y, x) > 0.5f)
                continue;
            CellRaster raster = ShapeFactory.Round(random, random.Uniform(1, 1.5), 0.1).Draw(x, y, random.Angle(), diameter, scene.Height, scene.Width);
            Clutter.Stamp(red, raster, strength * random.Uniform(0.6, 1), 1);
        }
        for (int n = 0; n < red.Data.Length; n++)
            red.Data[n] = (float)(strength * (1 - PortableMath.Exp(-red.Data[n] / strength)) * 1.3);
    }

    /// <summary>Moves the dye of some nuclei from blue to brown.</summary>
    private static void PaintEnzyme(SynthesisRandom random, List<Nucleus> nuclei, Plane blue, Plane brown)
    {
        double share = random.Uniform(0.05, 0.7), strength = random.Uniform(0.5, 1.6);
        foreach (Nucleus nucleus in nuclei)
        {
            if (!random.Chance(share))
                continue;
            CellRaster raster = nucleus.Raster;
            double own = strength * random.LogNormal(0.4);
            for (int y = 0; y < raster.Height; y++)
            {
                for (int x = 0; x < raster.Width; x++)
                {
                    int at = (y + raster.Y0) * blue.Width + x + raster.X0;
                    double inside = PortableMath.SmoothStep(-1.2, 1.2, -raster.Distance[y * raster.Width + x]);
                    brown.Data[at] = (float)(brown.Data[at] * (1 - inside) + own * inside * (0.6 + 0.5 * blue.Data[at]));
                }
            }
        }
    }

    /// <summary>Fibres and edges that bend the light rather than take it: a faint relief.</summary>
    private static void Refract(Scene scene, SynthesisRandom random, TissueGrounds grounds, Plane[] light)
    {
        double strength = random.Chance(0.6) ? random.LogUniform(0.02, 0.2) : 0;
        if (strength == 0)
            return;
        Plane relief = scene.Field(random, scene.Diameter * random.Uniform(0.4, 1.5), 4, 0.6);
        Texture folds = Texture.Thready(random, 8, random.Uniform(1.5, 4));
        double across = 16 / (scene.Diameter * random.Uniform(0.5, 1.5)), along = across / random.Uniform(1, 5), creased = random.Uniform(0, 1);
        for (int y = 0; y < scene.Height; y++)
        {
            for (int x = 0; x < scene.Width; x++)
            {
                double u = x * grounds.Cos + y * grounds.Sin, v = y * grounds.Cos - x * grounds.Sin + 3 * relief.Data[y * scene.Width + x];
                relief.Data[y * scene.Width + x] += (float)(creased * 2 * folds.Sample((float)(v * across), (float)(u * along)));
            }
        }
        Plane shaded = TransmittedOptics.Relief(relief, random.Angle(), 1, strength);
        for (int n = 0; n < shaded.Data.Length; n++)
        {
            float factor = 1 + (1 - grounds.Lumen.Data[n]) * (shaded.Data[n] - 1);
            foreach (Plane channel in light)
                channel.Data[n] *= factor;
        }
    }

    private static Plane[] Photograph(Scene scene, Plane[] light)
    {
        SynthesisRandom random = scene.CameraRandom();
        double lens = scene.Options.Blur * (random.Uniform(0.4, 1.0) + (random.Chance(0.25) ? scene.Diameter * random.Uniform(0.01, 0.05) : 0));
        double sharpening = random.Chance(0.4) ? random.Uniform(0.2, 1.5) : 0, uneven = random.Chance(0.5) ? random.Uniform(0, 0.25) : 0.02;
        double noise = scene.Options.Noise * random.LogUniform(0.003, 0.03), compression = random.Chance(0.5) ? random.Uniform(0.15, 1) : 0, gamma = random.Uniform(0.75, 1.3);
        for (int c = 0; c < 3; c++)
        {
            light[c] = light[c].Blurred(lens * random.Uniform(0.9, 1.2));
            if (sharpening > 0)
            {
                Plane smooth = light[c].Blurred(1.2);
                for (int n = 0; n < smooth.Data.Length; n++)
                    light[c].Data[n] += (float)(sharpening * (light[c].Data[n] - smooth.Data[n]));
            }
            Camera.Illuminate(random.Fork(5), light[c], uneven);
            for (int n = 0; n < light[c].Data.Length; n++)
                light[c].Data[n] = (float)(255 * PortableMath.Pow(Math.Clamp(light[c].Data[n] + noise * random.Normal(), 0, 1), gamma));
        }
        Plane[] channels = light;
        if (!scene.Options.Rgb)
        {
            Plane grey = scene.NewPlane();
            grey.Add(light[0], 0.299);
            grey.Add(light[1], 0.587);
            grey.Add(light[2], 0.114);
            channels = [grey];
        }
        foreach (Plane channel in channels)
        {
            if (compression > 0)
                BlockCompression.Apply(channel, compression);
            for (int n = 0; n < channel.Data.Length; n++)
                channel.Data[n] = (float)Math.Clamp(Math.Floor(channel.Data[n] + 0.5), 0, 255);
        }
        return channels;
    }

    private sealed record Nucleus(CellRaster Raster, Tissue Tissue);
}
