using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>A rounded solid: an ellipsoid, turned, bumpy, perhaps bent, perhaps with arms.</summary>
internal sealed class Body
{
    private const double BumpTexels = 14;                                // texels a radius: about two bumps across

    private readonly Point3 _along, _across, _up;                        // unit directions over radii
    private readonly Point3 _bumpShift;

    /// <param name="random">Source of its turn and bumps.</param>
    /// <param name="centre">Its middle.</param>
    /// <param name="radii">Half axes, the first along <paramref name="axis"/>; stored in Z, Y, X.</param>
    /// <param name="axis">Direction of the first half axis, of length 1.</param>
    /// <param name="bumpiness">Height of bumps over the radius.</param>
    public Body(SynthesisRandom random, Point3 centre, Point3 radii, Point3 axis, double bumpiness)
    {
        Point3 side = SeedPoints.Direction(random);
        while (Cross(axis, side).SquaredLength < 0.05)
            side = SeedPoints.Direction(random);
        Point3 across = Cross(axis, side);
        across *= 1 / across.Length;
        Point3 up = Cross(axis, across);
        (Centre, Axis, Bumpiness) = (centre, axis, bumpiness);
        (_along, _across, _up) = (axis * (1 / radii.Z), across * (1 / radii.Y), up * (1 / radii.X));
        _bumpShift = new Point3(random.Uniform(0, 64), random.Uniform(0, 64), random.Uniform(0, 64));
        SmallestRadius = Math.Min(radii.Z, Math.Min(radii.Y, radii.X));
        LargestRadius = Math.Max(radii.Z, Math.Max(radii.Y, radii.X));
    }

    public Point3 Centre { get; }

    public Point3 Axis { get; }

    public double Bumpiness { get; }

    public double SmallestRadius { get; }

    public double LargestRadius { get; }

    /// <summary>How far the first axis is bent into the second, over the radius.</summary>
    public double Bend { get; init; }

    /// <summary>Directions of arms, in the body's frame, of length 1.</summary>
    public IReadOnlyList<Point3> Arms { get; init; } = [];

    /// <summary>Length of the arms over the radius.</summary>
    public double ArmLength { get; init; }

    /// <summary>How often the cosine to an arm's direction is squared: more makes arms thinner.</summary>
    public int ArmSharpness { get; init; } = 3;

    /// <summary>No part lies farther from the centre.</summary>
    public double Reach => LargestRadius * (1 + 3 * Bumpiness + Math.Abs(Bend) + (Arms.Count > 0 ? 1.3 * ArmLength : 0));

    /// <summary>A place in the body's frame, where the plain ellipsoid is the ball of radius 1.</summary>
    public Point3 Local(Point3 place)
    {
        Point3 p = place - Centre;
        double along = Dot(p, _along), across = Dot(p, _across), up = Dot(p, _up);
        return new Point3(along, across + Bend * (along * along - 0.4), up);
    }

    /// <summary>Signed distance to the surface over the radius, about: negative inside, -1 in the middle.</summary>
    public double Outside(Point3 local, SolidTexture bumps)
    {
        double length = local.Length;
        if (length > 1 + 3 * Bumpiness + 1.3 * ArmLength)
            return length - 1;
        double surface = 1 + Bumpiness * bumps.Sample(
            local.Z * BumpTexels + _bumpShift.Z, local.Y * BumpTexels + _bumpShift.Y, local.X * BumpTexels + _bumpShift.X);
        if (Arms.Count > 0 && length > 1e-6)
        {
            double arm = 0;
            foreach (Point3 direction in Arms)
            {
                double cosine = Math.Max(0, Dot(local, direction) / length);
                for (int n = 0; n < ArmSharpness; n++)
                    cosine *= cosine;
                arm += cosine;
            }
            surface += ArmLength * Math.Min(1.2, arm);
        }
        return length - surface;
    }

    private static double Dot(Point3 a, Point3 b) => a.Z * b.Z + a.Y * b.Y + a.X * b.X;

    private static Point3 Cross(Point3 a, Point3 b) => new(a.Y * b.X - a.X * b.Y, a.X * b.Z - a.Z * b.X, a.Z * b.Y - a.Y * b.Z);
}
