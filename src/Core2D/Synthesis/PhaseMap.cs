namespace Cellpose3D.Core2D.Synthesis;

/// <summary>The phase, radians, that cells and dirt add to light.</summary>
internal static class PhaseMap
{
    /// <summary>Draws the phase of labelled cells: body, nucleus, nucleoli, granules.</summary>
    /// <param name="facts">The cells.</param>
    /// <param name="nuclei">Outlines of nuclei by label; null where there is none.</param>
    /// <param name="random">Source.</param>
    /// <param name="diameter">Typical cell, pixels.</param>
    /// <param name="strength">Phase of a typical cell.</param>
    /// <param name="ball">0 for flat cells with a step at the edge, 1 for drops.</param>
    public static Plane Draw(CellFacts facts, CellRaster?[] nuclei, SynthesisRandom random, double diameter, double strength, double ball)
    {
        LabelMap map = facts.Map;
        Plane phase = new(map.Height, map.Width);
        Texture cloud = Texture.Cloudy(random, 8, 5, random.Uniform(0.55, 0.9));
        Texture dots = Texture.Spotty(random, random.Whole(20, 125), 1.8, random.Uniform(3.5, 8));
        double cloudAmount = random.Uniform(0.05, 0.35), dotAmount = random.Uniform(0.1, 1.3), dotSign = random.Chance(0.75) ? 1 : -1;
        double variety = random.Uniform(0.1, 0.4), centred = random.Uniform(0, 1.5), power = random.Uniform(0.25, 1.1), thickOnes = random.Chance(0.5) ? random.Uniform(0, 0.15) : 0.01;
        double ruffled = random.Chance(0.4) ? random.Uniform(0, 0.9) : 0;
        double pallor = random.Chance(0.12) ? random.Uniform(0.3, 0.95) : 0;   // dimpled, like red blood cells
        float[] height = new float[facts.Count + 1];
        TextureFrame[] frames = new TextureFrame[facts.Count + 1], grains = new TextureFrame[facts.Count + 1];
        double cloudScale = 16 / (diameter * random.Uniform(0.1, 0.35)), dotScale = 4 / Math.Max(0.9, diameter * random.Uniform(0.02, 0.07));
        for (int n = 1; n <= facts.Count; n++)
        {
            double roundness = Math.Min(1, Math.PI * facts.MaxDepth[n] * facts.MaxDepth[n] / Math.Max(1, facts.Size[n]));   // 1 for a disc
            height[n] = (float)(strength * random.LogNormal(variety) * (0.75 + 0.5 * roundness));
            if (random.Chance(thickOnes))
                height[n] *= (float)random.Uniform(1.6, 3);
            frames[n] = new TextureFrame(random, random.Angle(), cloudScale, cloudScale);
            grains[n] = new TextureFrame(random, random.Angle(), dotScale, dotScale);
        }
        for (int y = 0; y < map.Height; y++)
        {
            for (int x = 0; x < map.Width; x++)
            {
                int at = y * map.Width + x, label = map.Data[at];
                if (label == 0)
                    continue;
                double depth = facts.Depth.Data[at], t = Math.Min(1, depth / Math.Max(1, facts.MaxDepth[label]));
                double body = (1 - ball) * PortableMath.Pow(Math.Min(1, depth / Math.Max(1.5, diameter * 0.12)), power) + ball * Math.Sqrt(t * (2 - t));
                body *= 1 - pallor * t * t;
                double crowd = Math.Max(0, 1 - centred * (1 - t));
                double value = body * Math.Max(0.2, 1 + cloudAmount * frames[label].Sample(cloud, y, x));
                value += dotSign * dotAmount * crowd * body * grains[label].Sample(dots, y, x);
                if (ruffled > 0)
                    value += ruffled * Math.Max(0, frames[label].Sample(cloud, x, y)) * PortableMath.Exp(-depth * depth / 9);
                phase.Data[at] = (float)(height[label] * value);
            }
        }
        double nuclear = random.Uniform(-0.15, 0.5), nucleolar = random.Uniform(0.1, 0.9);
        if (random.Chance(0.75))
            AddNuclei(phase, map, nuclei, height, random, nuclear, nucleolar);
        return phase;
    }

    /// <summary>Adds dirt on the glass and cells' leavings.</summary>
    public static void AddDirt(Scene scene, Plane phase, SynthesisRandom random, double strength)
    {
        double diameter = scene.Diameter;
        if (random.Chance(0.6))
            Clutter.Specks(phase, random, Clutter.Count(scene, random, random.LogUniform(3, 150)), 1.2, Math.Max(2.5, diameter * 0.15), strength * random.Uniform(0.1, 0.6));
        if (random.Chance(0.25))
            Clutter.Specks(phase, random, Clutter.Count(scene, random, random.Uniform(1, 8)), diameter * 0.1, diameter * 0.4, strength * random.Uniform(0.5, 3));
        Plane ground = scene.Field(random, random.Uniform(2, 12), 2);
        phase.Add(ground, strength * random.LogUniform(0.002, 0.05));
    }

    private static void AddNuclei(
        Plane phase, LabelMap map, CellRaster?[] nuclei, float[] height, SynthesisRandom random, double nuclear, double nucleolar)
    {
        for (int n = 1; n < nuclei.Length; n++)
        {
            if (nuclei[n] is not { } raster)
                continue;
            double softness = Math.Max(0.8, raster.Depth * random.Uniform(0.05, 0.3));
            int spots = random.Whole(0, 3);
            (double Y, double X, double R)[] nucleoli = new (double, double, double)[spots];
            for (int k = 0; k < spots; k++)
            {
                double reach = raster.Depth * 0.55;
                nucleoli[k] = (raster.Deepest.Y + random.Uniform(-reach, reach), raster.Deepest.X + random.Uniform(-reach, reach), Math.Max(0.8, raster.Depth * random.Uniform(0.1, 0.28)));
            }
            for (int y = 0; y < raster.Height; y++)
            {
                for (int x = 0; x < raster.Width; x++)
                {
                    int cy = y + raster.Y0, cx = x + raster.X0, at = cy * map.Width + cx;
                    if (map.Data[at] != n)
                        continue;
                    double inside = PortableMath.SmoothStep(-softness, softness, -raster.Distance[y * raster.Width + x]);
                    double value = nuclear * inside;
                    foreach ((double sy, double sx, double r) in nucleoli)
                        value += nucleolar * inside * PortableMath.Exp(-((cy - sy) * (cy - sy) + (cx - sx) * (cx - sx)) / (r * r));
                    phase.Data[at] = (float)Math.Max(0, phase.Data[at] * (1 - 0.5 * inside) + 0.5 * inside * height[n] + height[n] * value);
                }
            }
        }
    }
}
