using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Places nuclei: spheroids alone and in touching clusters, some dividing.</summary>
internal static class NucleiPlacement
{
    /// <summary>Nuclei anywhere in the scene: a culture, a cluster, dense tissue.</summary>
    public static NucleiContent Scattered(VolumeScene scene)
    {
        SynthesisRandom random = scene.PlaceRandom();
        double diameter = scene.Diameter, margin = 0.8 * diameter;
        double share = 0.02 + 0.5 * scene.Crowding * Math.Sqrt(scene.Crowding);
        double space = (scene.SizeZ + 2 * margin) * (scene.Height + 2 * margin) * (scene.Width + 2 * margin);
        int count = (int)Math.Max(3, share * space / (0.5236 * diameter * diameter * diameter));
        SolidTexture patches = SolidTexture.Cloudy(random, 4, 2, 0.5);
        double texels = 16 / (4 * diameter), patchiness = random.Chance(0.4) ? random.Uniform(0, 1) : 0;
        List<Point3> centres = SeedPoints.Scatter(
            random, new Point3(-margin, -margin, -margin), new Point3(scene.SizeZ + margin, scene.Height + margin, scene.Width + margin),
            count, diameter * random.Uniform(0.6, 0.9), random.Chance(0.5) ? random.Uniform(0, 0.8) : 0.1,
            p => patches.Sample(p.Z * texels, p.Y * texels, p.X * texels) > 2 * patchiness - 2.5);
        return Build(scene, random, [.. centres], null);
    }

    /// <summary>Nuclei of a ball of cells, perhaps with a cavity: an early embryo, a spheroid.</summary>
    public static NucleiContent InBall(VolumeScene scene)
    {
        SynthesisRandom random = scene.PlaceRandom();
        (Region ball, double radius) = BallFor(scene, random);
        double spacing = scene.Diameter * random.Uniform(1.1, 1.5);
        int count = (int)Math.Max(2, 4.19 * radius * radius * radius / (0.7 * spacing * spacing * spacing));
        List<Point3> centres = SeedPoints.Scatter(random, ball.Low, ball.High, count, 0.8 * spacing, 0.1, p => ball.Depth(p) > 0.45 * scene.Diameter);
        return Build(scene, random, [.. centres], ball);
    }

    /// <summary>A ball that fits the scene, larger than a few cells.</summary>
    internal static (Region Ball, double Radius) BallFor(VolumeScene scene, SynthesisRandom random)
    {
        double room = 0.5 * Math.Min(scene.Height, scene.Width);
        double radius = Math.Min(room * random.Uniform(0.75, 0.92), Math.Max(1.8 * scene.Diameter, scene.SizeZ * random.Uniform(0.45, 0.9)));
        double cavity = random.Chance(0.4) && radius > 2.5 * scene.Diameter ? radius * random.Uniform(0.4, 0.6) : 0;
        return (Region.Ball(scene, random, radius, cavity), radius);
    }

    private static NucleiContent Build(VolumeScene scene, SynthesisRandom random, Point3[] centres, Region? ball)
    {
        double diameter = scene.Diameter, spread = random.Chance(0.3) ? random.Uniform(0.15, 0.25) : random.Uniform(0.05, 0.15);
        double[] sizes = new double[centres.Length], radii = new double[centres.Length];
        double packing = random.Uniform(0.42, 0.54);
        for (int n = 0; n < sizes.Length; n++)
            radii[n] = packing * (sizes[n] = diameter * random.LogNormal(spread));
        SeedPoints.Relax(centres, radii, ball is null ? 12 : 6);

        double elongation = ball is null && random.Chance(0.25) ? random.Uniform(1.4, 2) : random.Uniform(1.05, 1.35);
        double flatness = random.Uniform(1, 1.25), bumpiness = random.Uniform(0.01, 0.07), bent = random.Chance(0.2) ? random.Uniform(0, 0.35) : 0;
        double mitotic = random.Chance(0.6) ? random.Uniform(0.02, 0.12) : 0;
        bool aligned = random.Chance(0.35);
        Point3 direction = SeedPoints.Direction(random);
        var look = new NucleusLook(scene.LookRandom(), diameter);
        double variety = random.Chance(0.3) ? random.Uniform(0.35, 0.6) : random.Uniform(0.1, 0.35);
        SolidTexture bumps = SolidTexture.Cloudy(random, 4, 2, 0.4);
        List<Nucleus> nuclei = [];
        for (int n = 0; n < centres.Length; n++)
        {
            Point3 axis = aligned ? direction + SeedPoints.Direction(random) * 0.25 : SeedPoints.Direction(random);
            axis *= 1 / axis.Length;
            double radius = sizes[n] / 2, brightness = Math.Clamp(0.6 * random.LogNormal(variety), 0.15, 3);
            int fate = random.Chance(mitotic) ? random.Whole(1, 3) : 0;
            switch (fate)
            {
                case 1:                                                  // a plate of condensed chromosomes
                    Add(centres[n], new Point3(0.3, 0.95, 0.85) * radius, 1.9, 1.6, 0.08);
                    break;
                case 2:                                                  // two plates that move apart: two nuclei
                    double gap = radius * random.Uniform(0.35, 0.7);
                    Add(centres[n] - axis * gap, new Point3(0.24, 0.75, 0.65) * radius, 1.9, 1.6, 0.08);
                    Add(centres[n] + axis * gap, new Point3(0.24, 0.75, 0.65) * radius, 1.9, 1.6, 0.08);
                    break;
                case 3:                                                  // rounded and condensed
                    Add(centres[n], new Point3(0.9, 0.9, 0.9) * radius, 1.5, 2.2, 0.04);
                    break;
                default:
                    double stretch = 1 + (elongation - 1) * random.LogNormal(0.4), flat = 1 + (flatness - 1) * random.Uniform(0, 2);
                    double side = Math.Sqrt(1 / stretch);                // the volume stays
                    Add(centres[n], new Point3(stretch, side * Math.Sqrt(flat), side / Math.Sqrt(flat)) * radius, 1, 1, bumpiness);
                    break;
            }

            void Add(Point3 centre, Point3 half, double light, double condensation, double bumpy)
            {
                var body = new Body(random, centre, half, axis, bumpy) { Bend = bent * random.Uniform(-1, 1) };
                nuclei.Add(new Nucleus(body, look, brightness * light, condensation, random));
            }
        }
        return new NucleiContent(nuclei, bumps, look.Softness);
    }
}
