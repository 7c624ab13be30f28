namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Things in an image that are no cells: dust, specks, fibres, rings, haze.</summary>
internal static class Clutter
{
    /// <summary>Adds small soft specks of a given mean strength, which may be negative.</summary>
    public static void Specks(Plane plane, SynthesisRandom random, int count, double smallest, double largest, double strength)
    {
        for (int n = 0; n < count; n++)
        {
            Shape shape = ShapeFactory.Round(random, random.Uniform(1, 2.2), random.Uniform(0, 0.5));
            CellRaster raster = shape.Draw(
                random.Uniform(0, plane.Width), random.Uniform(0, plane.Height), random.Angle(), random.LogUniform(smallest, largest), plane.Height, plane.Width);
            Stamp(plane, raster, strength * random.LogNormal(0.7), random.Uniform(0.7, 1.8));
        }
    }

    /// <summary>Adds diffraction rings of specks that lie out of focus.</summary>
    public static void Rings(Plane plane, SynthesisRandom random, int count, double radius, double strength)
    {
        for (int n = 0; n < count; n++)
        {
            double cx = random.Uniform(0, plane.Width), cy = random.Uniform(0, plane.Height), r = radius * random.LogUniform(0.4, 2);
            double period = random.Uniform(2.5, 6) + r * 0.15, fade = random.Uniform(0.5, 1.7) * period, amplitude = strength * random.LogNormal(0.5);
            int reach = (int)(r + 2 * fade) + 2;
            for (int y = Math.Max(0, (int)cy - reach); y < Math.Min(plane.Height, (int)cy + reach); y++)
            {
                for (int x = Math.Max(0, (int)cx - reach); x < Math.Min(plane.Width, (int)cx + reach); x++)
                {
                    double off = Math.Sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - r;
                    double envelope = PortableMath.Exp(-off * off / (fade * fade));
                    plane.Data[y * plane.Width + x] += (float)(amplitude * envelope * PortableMath.SinCos(off * 2 * Math.PI / period).Cos);
                }
            }
        }
    }

    /// <summary>Adds one long curved fibre.</summary>
    public static void Fibre(Plane plane, SynthesisRandom random, double width, double strength)
    {
        Shape shape = new() { Fillet = 0.02 };
        double x = 0, y = 0, angle = random.Angle(), curl = random.Normal() * 0.12;
        double length = Math.Max(plane.Height, plane.Width) * random.Uniform(0.2, 0.9), step = length / 10;
        for (int n = 0; n < 10; n++)
        {
            angle += curl + random.Normal() * 0.12;
            (double sin, double cos) = PortableMath.SinCos(angle);
            shape.AddLimb(x, y, x + cos * step, y + sin * step, width / 2, width / 2);
            (x, y) = (x + cos * step, y + sin * step);
        }
        CellRaster raster = shape.Draw(
            random.Uniform(0, plane.Width) - x / 2, random.Uniform(0, plane.Height) - y / 2, 0, 1, plane.Height, plane.Width);
        Stamp(plane, raster, strength, Math.Max(0.8, width * 0.3));
    }

    /// <summary>Adds an outline filled evenly, with a soft edge.</summary>
    public static void Stamp(Plane plane, CellRaster raster, double strength, double softness)
    {
        for (int y = 0; y < raster.Height; y++)
        {
            for (int x = 0; x < raster.Width; x++)
            {
                float d = raster.Distance[y * raster.Width + x];
                if (d < softness)
                    plane.Data[(y + raster.Y0) * plane.Width + x + raster.X0] += (float)(strength * PortableMath.SmoothStep(-softness, softness, -d));
            }
        }
    }

    /// <summary>A number of things, from the debris option and an average count per 512 x 512 pixels.</summary>
    public static int Count(Scene scene, SynthesisRandom random, double average) =>
        (int)random.Poisson(average * scene.Options.Debris * scene.Height * scene.Width / (512.0 * 512.0));
}
