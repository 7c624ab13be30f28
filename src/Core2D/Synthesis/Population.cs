namespace Cellpose3D.Core2D.Synthesis;

/// <summary>How whole cells lie on their dish: families of outline, spacing, touching.</summary>
internal static class Population
{
    /// <summary>Families of outline.</summary>
    internal enum Family
    {
        Round,
        Spread,
        Spindle,
        Cobble,
        Ragged,
    }

    /// <summary>Lays out cells that touch but do not overlap.</summary>
    /// <param name="scene">The canvas and what was asked.</param>
    /// <param name="weights">Relative frequency of each <see cref="Family"/>; one is drawn to lead, with a share of the others.</param>
    /// <param name="directions">Receives the long direction of each cell, radians, by label.</param>
    public static LabelMap Draw(Scene scene, double[] weights, out double[] directions)
    {
        double[] angles = [0];
        LabelMap map = scene.Fit((diameter, random) =>
        {
            List<double> turned = [0];
            List<CellRaster> rasters = Place(scene, random, diameter, weights, turned);
            angles = [.. turned];
            LabelMap labels = LabelMap.Compete(scene.Height, scene.Width, rasters);
            labels.Clean();
            return labels;
        });
        directions = angles;
        return map;
    }

    private static List<CellRaster> Place(Scene scene, SynthesisRandom random, double diameter, double[] weights, List<double> angles)
    {
        Family lead = (Family)random.Pick(weights);
        double mixed = random.Chance(0.4) ? random.Uniform(0, 0.4) : 0.04;
        double spread = random.Chance(0.3) ? random.Uniform(0.2, 0.45) : random.Uniform(0.08, 0.25);
        double slender = random.Uniform(1.0, 3.2), elongation = random.Uniform(1, random.Chance(0.3) ? 2.2 : 1.4), waviness = random.Uniform(0.02, 0.3);
        double touch = lead == Family.Cobble ? random.Uniform(0.55, 0.8) : random.Uniform(0.55, 1.1);
        double swell = lead == Family.Cobble ? random.Uniform(1.05, 1.4) : 1;
        double coverage = 0.02 + scene.Crowding * (lead == Family.Spread || lead == Family.Spindle ? 0.75 : 1.0);
        double clumping = lead == Family.Cobble ? random.Uniform(0.4, 0.95) : random.Chance(0.5) ? random.Uniform(0, 0.8) : 0.1;
        int count = (int)Math.Max(3, coverage * scene.Height * scene.Width / (0.785 * diameter * diameter));
        List<(double X, double Y)> points = Scatter.Points(scene, random, count, diameter * touch, clumping, random.Chance(0.6) ? random.Uniform(0, 1) : 0);
        bool aligned = random.Chance(0.4);
        Plane grain = NoiseField.Fractal(random, scene.Height / 8 + 2, scene.Width / 8 + 2, Math.Max(5, diameter * 0.8), 2, 0.4);
        Plane ruffle = scene.Field(random, Math.Max(2.5, diameter * random.Uniform(0.08, 0.35)), 3, 0.6);
        double roughness = lead == Family.Ragged ? diameter * random.Uniform(0.03, 0.09) : random.Chance(0.5) ? diameter * random.Uniform(0, 0.035) : 0;
        bool bulbs = random.Chance(0.5);

        List<CellRaster> rasters = [];
        foreach ((double x, double y) in points)
        {
            Family family = random.Chance(mixed) ? (Family)random.Pick(weights) : lead;
            double angle = aligned ? grain.Sample(y / 8, x / 8) * 1.3 + random.Normal() * 0.3 : random.Angle();
            Shape shape = family switch
            {
                Family.Spread => ShapeFactory.Spread(random),
                Family.Spindle => ShapeFactory.Spindle(random, slender * random.LogNormal(0.25)),
                Family.Ragged => random.Chance(0.6)
                    ? ShapeFactory.Branched(random, random.Whole(2, 7), random.Uniform(0.5, 1.3), random.Uniform(0.3, 0.55), bulbs)
                    : ShapeFactory.Lobed(random, random.Whole(1, 4)),
                _ => ShapeFactory.Round(random, 1 + (elongation - 1) * random.LogNormal(0.4), waviness),
            };
            CellRaster raster = shape.Draw(x, y, angle, diameter * swell * random.LogNormal(spread), scene.Height, scene.Width);
            if (raster.Distance.Length == 0)
                continue;
            raster.Roughen(ruffle, roughness);
            rasters.Add(raster);
            angles.Add(angle);
        }
        return rasters;
    }
}
