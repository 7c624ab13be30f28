using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>One stained nucleus: its body, and the chromatin, nucleoli and chromocentres inside.</summary>
internal sealed class Nucleus
{
    private readonly NucleusLook _look;
    private readonly Spot[] _spots;
    private readonly Point3 _shift;
    private readonly double _chromatin;

    /// <param name="body">Its shape.</param>
    /// <param name="look">What all nuclei of the volume have in common.</param>
    /// <param name="brightness">Mean light inside.</param>
    /// <param name="condensation">Factor on the contrast of chromatin.</param>
    /// <param name="random">Source of what is its own.</param>
    public Nucleus(Body body, NucleusLook look, double brightness, double condensation, SynthesisRandom random)
    {
        (Body, _look, Brightness) = (body, look, brightness);
        _chromatin = look.Chromatin * condensation * random.LogNormal(0.3);
        _shift = new Point3(random.Uniform(0, 64), random.Uniform(0, 64), random.Uniform(0, 64));
        int dark = random.Whole(Math.Min(1, look.Nucleoli), look.Nucleoli), bright = random.Whole(look.Chromocentres / 2, look.Chromocentres);
        _spots = new Spot[dark + bright];
        for (int n = 0; n < _spots.Length; n++)
        {
            bool isDark = n < dark;
            Point3 at = SeedPoints.Direction(random) * (0.75 * PortableMath.Pow(random.Uniform(), 0.4));
            double radius = isDark ? random.Uniform(0.16, 0.32) : random.Uniform(0.1, 0.2);
            _spots[n] = new Spot(at, 1 / (radius * radius), isDark ? -random.Uniform(0.3, 0.8) : random.Uniform(0.4, 1.4));
        }
    }

    public Body Body { get; }

    public double Brightness { get; }

    /// <summary>Light at a place.</summary>
    /// <param name="place">In the scene.</param>
    /// <param name="local">The same in the body's frame.</param>
    /// <param name="outside">What <see cref="Body.Outside"/> says there.</param>
    public float Light(Point3 place, Point3 local, double outside)
    {
        double depth = -outside * Body.SmallestRadius;
        double edge = PortableMath.SmoothStep(-_look.Softness, _look.Softness, depth);
        double value = 1 + _chromatin * _look.Texture.Sample(
            place.Z * _look.Texels + _shift.Z, place.Y * _look.Texels + _shift.Y, place.X * _look.Texels + _shift.X);
        value = Math.Max(0.2, value) + _look.Rim * Math.Max(0, 1 - Math.Abs(depth - _look.Softness) / (1.5 * _look.Softness));
        foreach (Spot spot in _spots)
        {
            double r2 = (local - spot.At).SquaredLength * spot.Tightness;
            if (r2 < 4)
                value *= 1 + spot.Gain * PortableMath.Exp(-r2 * r2);
        }
        return (float)(Brightness * edge * value);
    }

    private readonly record struct Spot(Point3 At, double Tightness, double Gain);
}
