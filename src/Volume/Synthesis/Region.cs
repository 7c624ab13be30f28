using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Where tissue is: everywhere, behind a wavy surface, or in a ball that may have a cavity.</summary>
internal sealed class Region
{
    private readonly Func<Point3, double> _depth;

    private Region(Point3 low, Point3 high, Func<Point3, double> depth) => (Low, High, _depth) = (low, high, depth);

    /// <summary>Lower corner of a box that holds all of the region that matters.</summary>
    public Point3 Low { get; }

    /// <summary>Upper corner.</summary>
    public Point3 High { get; }

    /// <summary>The whole scene and a margin of it.</summary>
    public static Region Everything(VolumeScene scene)
    {
        (Point3 low, Point3 high) = Box(scene);
        return new Region(low, high, _ => 1e6);
    }

    /// <summary>What lies behind a wavy surface that cuts the scene.</summary>
    public static Region Behind(VolumeScene scene, SynthesisRandom random)
    {
        (Point3 low, Point3 high) = Box(scene);
        Point3 normal = SeedPoints.Direction(random);
        double offset = random.Uniform(-0.35, 0.1) * Math.Min(scene.SizeZ + scene.Width, Math.Min(scene.Height, scene.Width));
        SolidTexture waves = SolidTexture.Cloudy(random, 4, 2, 0.4);
        double texels = 16 / (scene.Diameter * random.Uniform(1.5, 4)), height = scene.Diameter * random.Uniform(0.1, 0.45);
        Point3 middle = scene.Middle;
        return new Region(low, high, p =>
        {
            Point3 q = p - middle;
            return q.Z * normal.Z + q.Y * normal.Y + q.X * normal.X - offset + height * waves.Sample(p.Z * texels, p.Y * texels, p.X * texels);
        });
    }

    /// <summary>A bumpy ball in the middle of the scene.</summary>
    /// <param name="scene">The space; the ball is made to fit where it can.</param>
    /// <param name="random">Source of its shape.</param>
    /// <param name="radius">Mean radius.</param>
    /// <param name="cavity">Radius of a ball taken out of it off its middle, 0 for none.</param>
    public static Region Ball(VolumeScene scene, SynthesisRandom random, double radius, double cavity)
    {
        Point3 middle = scene.Middle + SeedPoints.Direction(random) * (0.06 * radius);
        double squeeze = random.Uniform(0.9, 1.1);
        SolidTexture bumps = SolidTexture.Cloudy(random, 4, 2, 0.4);
        double texels = 16 / (1.6 * radius), height = radius * random.Uniform(0.02, 0.06);
        Point3 hole = middle + SeedPoints.Direction(random) * (0.85 * radius - cavity);
        Point3 reach = new(radius * 1.3, radius * 1.3, radius * 1.3);
        return new Region(middle - reach, middle + reach, p =>
        {
            Point3 q = p - middle;
            double depth = radius - new Point3(q.Z, q.Y * squeeze, q.X / squeeze).Length + height * bumps.Sample(p.Z * texels, p.Y * texels, p.X * texels);
            return cavity > 0 ? Math.Min(depth, (p - hole).Length - cavity) : depth;
        });
    }

    /// <summary>How far inside a place is, about; negative outside.</summary>
    public double Depth(Point3 place) => _depth(place);

    private static (Point3 Low, Point3 High) Box(VolumeScene scene)
    {
        double margin = 1.2 * scene.Diameter;
        return (new Point3(-margin, -margin, -margin), new Point3(scene.SizeZ + margin, scene.Height + margin, scene.Width + margin));
    }
}
