namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Cells packed into a sheet, seen by their membranes or walls, or by what fills them.</summary>
internal static class EpitheliumScene
{
    public static Render Draw(Scene scene, bool withNuclei)
    {
        LabelMap map = scene.Fit((diameter, random) => Tessellate(scene, random, diameter));
        CellFacts facts = new(map);
        SynthesisRandom random = scene.LookRandom();
        CellRaster?[] nuclei = Cytoplasm.PlaceNuclei(facts, [], random, random.Uniform(0.45, 0.8));
        Plane light = random.Chance(0.82) ? Membranes(scene, random, facts, nuclei) : Filled(scene, random, facts, nuclei);
        return CytoplasmScene.Expose(scene, random, facts, light, nuclei, withNuclei, inverted: !withNuclei && random.Chance(0.08));
    }

    /// <summary>A sheet: each pixel goes to the nearest of many seeds, with seeds of unequal pull and a warped metric.</summary>
    public static LabelMap Tessellate(Scene scene, SynthesisRandom random, double diameter)
    {
        double irregular = random.Uniform(0.15, 1), stretch = random.Chance(0.3) ? random.LogUniform(1.2, 3) : random.Uniform(1, 1.15);
        double pull = random.Uniform(0, 0.5) * diameter * diameter * 0.25, warpSize = random.Uniform(0.3, 1.5), warp = random.Uniform(0, 0.14) * diameter;
        double roomy = random.Chance(0.35) ? random.Uniform(0.2, 1) * (1 - 0.5 * scene.Crowding) : scene.Crowding < 0.15 ? 0.9 : 0;
        double growth = random.Chance(0.3) ? random.Uniform(0.1, 0.5) : 0;
        (double sin, double cos) = PortableMath.SinCos(random.Angle());
        Plane warpY = scene.Field(random, diameter * warpSize, 3), warpX = scene.Field(random, diameter * warpSize, 3);
        Plane swell = scene.Field(random, Math.Max(scene.Height, scene.Width) / 3.0, 1);
        Plane open = scene.Field(random, Math.Max(diameter * 2, Math.Max(scene.Height, scene.Width) / 4.0), 2);
        double threshold = roomy > 0 ? random.Uniform(-1.2, 0.9) : -100;
        double pitch = diameter * 0.95, reach = Math.Sqrt(scene.Height * (double)scene.Height + scene.Width * (double)scene.Width) / 2 + 2 * pitch;
        int side = (int)(2 * reach / pitch) + 3;
        double[] seedX = new double[side * side], seedY = new double[side * side], weight = new double[side * side];
        int[] label = new int[side * side];
        int next = 0;
        for (int n = 0; n < seedX.Length; n++)
        {
            seedY[n] = (n / side + 0.5 + irregular * random.Uniform(-0.5, 0.5)) * pitch - reach;
            seedX[n] = (n % side + (n / side % 2) * 0.5 + irregular * random.Uniform(-0.5, 0.5)) * pitch - reach;
            weight[n] = pull * random.Normal();
            double cx = scene.Width / 2.0 + (seedX[n] * stretch * cos - seedY[n] / stretch * sin), cy = scene.Height / 2.0 + (seedX[n] * stretch * sin + seedY[n] / stretch * cos);
            bool inside = cx > -pitch && cy > -pitch && cx < scene.Width + pitch && cy < scene.Height + pitch;
            bool present = inside && open.Sample(cy, cx) > threshold && !random.Chance(0.01);
            label[n] = present && next < scene.Options.MaxCells ? ++next : 0;
        }
        double furthest = random.Uniform(0.75, 1.2) * diameter * diameter * 0.55;
        LabelMap map = new(scene.Height, scene.Width);
        for (int y = 0; y < scene.Height; y++)
        {
            for (int x = 0; x < scene.Width; x++)
            {
                int at = y * scene.Width + x;
                double scale = 1 + growth * Math.Clamp(swell.Data[at], -1.5, 1.5) * 0.2;
                double dx = (x - scene.Width / 2.0 + warp * warpX.Data[at]) * scale, dy = (y - scene.Height / 2.0 + warp * warpY.Data[at]) * scale;
                double u = (dx * cos + dy * sin) / stretch, v = (dy * cos - dx * sin) * stretch;
                int row = (int)((v + reach) / pitch), column = (int)((u + reach) / pitch), best = -1;
                double nearest = double.MaxValue;
                for (int r = Math.Max(0, row - 2); r <= Math.Min(side - 1, row + 2); r++)
                {
                    for (int c = Math.Max(0, column - 2); c <= Math.Min(side - 1, column + 2); c++)
                    {
                        int n = r * side + c;
                        double d = (seedX[n] - u) * (seedX[n] - u) + (seedY[n] - v) * (seedY[n] - v) - weight[n];
                        if (d < nearest)
                        {
                            nearest = d;
                            best = n;
                        }
                    }
                }
                if (best >= 0 && (threshold < -50 || nearest < furthest))
                    map.Data[at] = label[best];
            }
        }
        map.Clean();
        return map;
    }

    private static Plane Membranes(Scene scene, SynthesisRandom random, CellFacts facts, CellRaster?[] nuclei)
    {
        double diameter = scene.Diameter, width = Math.Max(0.8, random.Uniform(0.5, 1.2) + diameter * random.Uniform(0.0, 0.07));
        Cytoplasm filling = Cytoplasm.Draw(random, diameter);
        Plane light = filling.Paint(facts, [], nuclei);
        double inside = random.Chance(0.3) ? random.Uniform(0.2, 0.5) : random.Uniform(0, 0.2);
        double patchy = random.Uniform(0.05, 0.5), dotted = random.Chance(0.3) ? random.Uniform(0.2, 0.8) : 0, variety = random.Uniform(0.03, 0.3);
        Plane strength = scene.Field(random, diameter * random.Uniform(0.6, 3), 2), fine = scene.Field(random, Math.Max(2.2, diameter * 0.1), 3, 0.7);
        float[] level = new float[facts.Count + 1];
        for (int n = 0; n < level.Length; n++)
            level[n] = (float)random.LogNormal(variety);
        Plane line = scene.NewPlane();
        LabelMap map = facts.Map;
        for (int at = 0; at < line.Data.Length; at++)
        {
            light.Data[at] *= (float)inside;
            int label = map.Data[at];
            if (label == 0)
                continue;
            double d = facts.Depth.Data[at] - 0.5;
            if (d > 4 * width)
                continue;
            double edge = PortableMath.Exp(-d * d / (width * width));
            double value = Math.Max(0.3, 1 + patchy * strength.Data[at]) * Math.Max(0.25, 1 + dotted * fine.Data[at]) * level[label];
            line.Data[at] = (float)(edge * value * 0.8);
        }
        light.Add(line, 1);
        if (random.Chance(0.4))
            light.Add(line.Blurred(Math.Max(1.5, diameter * random.Uniform(0.06, 0.2))), random.Uniform(0.2, 1.2));   // walls that slant out of focus
        return light;
    }

    private static Plane Filled(Scene scene, SynthesisRandom random, CellFacts facts, CellRaster?[] nuclei)
    {
        Plane light = Cytoplasm.Draw(random, scene.Diameter).Paint(facts, [], nuclei);
        double width = Math.Max(0.9, scene.Diameter * random.Uniform(0.02, 0.08)), dark = random.Uniform(0.5, 0.95);
        for (int at = 0; at < light.Data.Length; at++)
        {
            double d = facts.Depth.Data[at] - 0.5;
            if (facts.Map.Data[at] != 0)
                light.Data[at] *= (float)(1 - dark * PortableMath.Exp(-d * d / (width * width)));
        }
        return light;
    }
}
