namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Outlines of cells and other things, drawn at random, normalised to an equal-area diameter of 1.</summary>
internal static class ShapeFactory
{
    /// <summary>A roundish outline.</summary>
    /// <param name="random">Source.</param>
    /// <param name="elongation">Long over short axis.</param>
    /// <param name="waviness">0 for an ellipse, 0.3 for a potato.</param>
    public static Shape Round(SynthesisRandom random, double elongation, double waviness)
    {
        double stretch = Math.Sqrt(elongation);
        return new Shape { Fillet = 0.02 }.AddLobe(0, 0, random.Angle(), stretch, 1 / stretch, Harmonics(random, waviness, 5)).Normalise();
    }

    /// <summary>A spread cell: a body with arms and, between them, arcs that curve inward.</summary>
    public static Shape Spread(SynthesisRandom random)
    {
        Shape shape = new() { Fillet = random.Uniform(0.25, 0.7) };
        shape.AddLobe(0, 0, random.Angle(), random.Uniform(0.4, 0.75), random.Uniform(0.35, 0.55), Harmonics(random, 0.12, 4));
        int arms = random.Whole(2, 6);
        double first = random.Angle();
        for (int n = 0; n < arms; n++)
        {
            double angle = first + (n + random.Uniform(-0.35, 0.35)) * 2 * Math.PI / arms;
            double length = random.Uniform(0.7, 1.7), tip = random.Uniform(0.03, 0.14);
            (double sin, double cos) = PortableMath.SinCos(angle);
            shape.AddLimb(0.1 * cos, 0.1 * sin, length * cos, length * sin, random.Uniform(0.2, 0.4), tip);
            if (random.Chance(0.35))                                     // a broad, fan-shaped end
            {
                (double sin2, double cos2) = PortableMath.SinCos(angle + random.Uniform(0.2, 0.5));
                double length2 = length * random.Uniform(0.8, 1.05);
                shape.AddLimb(0.1 * cos, 0.1 * sin, length2 * cos2, length2 * sin2, random.Uniform(0.2, 0.3), tip);
                shape.AddLimb(length * cos, length * sin, length2 * cos2, length2 * sin2, tip, tip);
            }
        }
        return shape.Normalise();
    }

    /// <summary>A spindle: long, bent, thickest near its middle, sometimes forked.</summary>
    public static Shape Spindle(SynthesisRandom random, double length)
    {
        Shape shape = new() { Fillet = random.Uniform(0.05, 0.25) };
        double bend = random.Normal() * 0.35, s = random.Normal() * 0.25, waist = random.Uniform(0.28, 0.42), tip = random.Uniform(0.035, 0.1);
        double centre = random.Uniform(-0.25, 0.25);
        double power = random.Uniform(1, 2.2);
        (double X, double Y, double R)? before = null;
        for (int n = 0; n <= 10; n++)
        {
            double t = n / 5.0 - 1;
            double x = t * length, y = (bend * t * t + s * t * t * t) * length;
            double nearness = Math.Max(0, 1 - Math.Abs(t - centre) / (1 + Math.Abs(centre)));
            double r = tip + (waist - tip) * PortableMath.Pow(nearness, power);
            if (before is { } b)
                shape.AddLimb(b.X, b.Y, x, y, b.R, r);
            before = (x, y, r);
        }
        if (random.Chance(0.15) && before is { } end)
        {
            double fork = random.Uniform(0.3, 0.7) * length;
            shape.AddLimb(end.X * 0.6, end.Y * 0.5, end.X * 0.6 + fork * 0.8, end.Y * 0.5 - fork * random.Uniform(0.3, 0.9), tip * 1.6, tip * 0.7);
        }
        return shape.Normalise();
    }

    /// <summary>A bent sausage of even width: beans, rods, horseshoes.</summary>
    /// <param name="length">Length of the middle line over the width.</param>
    /// <param name="bend">Radians of bend from end to end.</param>
    public static Shape Sausage(double length, double bend)
    {
        Shape shape = new() { Fillet = 0.02 };
        int parts = Math.Abs(bend) < 0.05 ? 1 : 6;
        double x = 0, y = 0, angle = -bend / 2, step = length / parts;
        double[] px = new double[parts + 1], py = new double[parts + 1];
        for (int n = 1; n <= parts; n++)
        {
            (double sin, double cos) = PortableMath.SinCos(angle + bend * (n - 0.5) / parts);
            px[n] = x += cos * step;
            py[n] = y += sin * step;
        }
        double midX = px[parts] / 2, midY = py[parts / 2] * 0.6;
        for (int n = 0; n < parts; n++)
            shape.AddLimb(px[n] - midX, py[n] - midY, px[n + 1] - midX, py[n + 1] - midY, 0.5, 0.5);
        return shape.Normalise();
    }

    /// <summary>Several lobes run together: lobed nuclei, clover leaves, dumb-bells.</summary>
    public static Shape Lobed(SynthesisRandom random, int lobes)
    {
        Shape shape = new() { Fillet = random.Uniform(0.1, 0.4) };
        double x = 0, y = 0, angle = random.Angle();
        for (int n = 0; n < lobes; n++)
        {
            double r = random.Uniform(0.45, 0.75);
            shape.AddLobe(x, y, random.Angle(), r * random.Uniform(1, 1.3), r, Harmonics(random, 0.06, 3));
            angle += random.Uniform(-1.2, 1.2);
            (double sin, double cos) = PortableMath.SinCos(angle);
            x += cos * r * random.Uniform(1.1, 1.5);
            y += sin * r * random.Uniform(1.1, 1.5);
        }
        return shape.Normalise();
    }

    /// <summary>A soma with branching processes.</summary>
    /// <param name="random">Source.</param>
    /// <param name="processes">Number that leave the soma.</param>
    /// <param name="reach">Their length in somata.</param>
    /// <param name="thickness">Radius at the root over the soma's.</param>
    /// <param name="bulbs">True ends processes in knobs, as on a resting microglia.</param>
    public static Shape Branched(SynthesisRandom random, int processes, double reach, double thickness, bool bulbs)
    {
        Shape shape = new() { Fillet = random.Uniform(0.1, 0.35) };
        double elongation = random.Uniform(1, 1.7);
        shape.AddLobe(0, 0, random.Angle(), 0.5 * Math.Sqrt(elongation), 0.5 / Math.Sqrt(elongation), Harmonics(random, 0.15, 4));
        double first = random.Angle();
        for (int n = 0; n < processes; n++)
        {
            double angle = first + (n + random.Uniform(-0.4, 0.4)) * 2 * Math.PI / processes;
            (double sin, double cos) = PortableMath.SinCos(angle);
            Grow(shape, random, 0.25 * cos, 0.25 * sin, angle, reach * random.LogNormal(0.35), 0.5 * thickness * random.Uniform(0.7, 1.3), 3, bulbs);
        }
        return shape.Normalise();
    }

    /// <summary>Random harmonics of falling amplitude for a wavy outline.</summary>
    public static double[] Harmonics(SynthesisRandom random, double waviness, int count)
    {
        double[] harmonics = new double[2 * count];
        for (int n = 0; n < count; n++)
        {
            harmonics[2 * n] = 0.6 * waviness * random.Normal() / (n + 1);
            harmonics[2 * n + 1] = 0.6 * waviness * random.Normal() / (n + 1);
        }
        return harmonics;
    }

    private static void Grow(
        Shape shape, SynthesisRandom random, double x, double y, double angle, double length, double radius, int depth, bool bulbs)
    {
        int parts = random.Whole(2, 5);
        double curl = random.Normal() * 0.2;
        for (int n = 0; n < parts; n++)
        {
            angle += curl + random.Normal() * 0.28;
            (double sin, double cos) = PortableMath.SinCos(angle);
            double step = length / parts, thinner = Math.Max(0.035, radius * random.Uniform(0.72, 0.95));
            shape.AddLimb(x, y, x + cos * step, y + sin * step, radius, thinner);
            (x, y, radius) = (x + cos * step, y + sin * step, thinner);
            if (depth > 0 && random.Chance(0.25))
                Grow(shape, random, x, y, angle + random.Uniform(0.5, 1.1) * (random.Chance(0.5) ? 1 : -1), length * random.Uniform(0.3, 0.6), radius * 0.8, depth - 1, bulbs);
        }
        if (bulbs && random.Chance(0.6))
            shape.AddLobe(x, y, random.Angle(), 0.13, 0.1, Harmonics(random, 0.3, 3));
    }
}
