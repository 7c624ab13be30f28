namespace Cellpose3D.Core2D.Synthesis;

/// <summary>An outline as a smooth union of wavy ellipses and tapering limbs, in units of its own.</summary>
/// <remarks>Distances are signed (negative inside) and only approximate far from the outline, which is enough for soft edges.</remarks>
internal sealed class Shape
{
    private readonly List<Lobe> _lobes = [];
    private readonly List<Limb> _limbs = [];
    private double _unit = 1;

    /// <summary>Width of the fillet where parts join, in the shape's own unit.</summary>
    public double Fillet { get; init; } = 0.1;

    /// <summary>Adds a wavy ellipse; harmonics are (cosine, sine) pairs from the second on, relative to the radius.</summary>
    public Shape AddLobe(double x, double y, double angle, double a, double b, double[] harmonics)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        _lobes.Add(new Lobe(x, y, sin, cos, a, b, harmonics));
        return this;
    }

    /// <summary>Adds a limb from one point to another with a radius at each end.</summary>
    public Shape AddLimb(double x0, double y0, double x1, double y1, double r0, double r1)
    {
        _limbs.Add(new Limb(x0, y0, x1, y1, r0, r1));
        return this;
    }

    /// <summary>Measures the outline and makes its equal-area circle have diameter 1; returns the same shape.</summary>
    public Shape Normalise()
    {
        _unit = 1;
        (double x0, double y0, double x1, double y1) = Bounds();
        double step = Math.Max(1e-6, Math.Max(x1 - x0, y1 - y0)) / 56;
        CellRaster raster = Draw(0, 0, 0, 1 / step, (float)(-x0 / step), (float)(-y0 / step), 60, 60);
        int inside = 0;
        foreach (float d in raster.Distance)
            inside += d < 0 ? 1 : 0;
        double diameter = 2 * Math.Sqrt(Math.Max(1, inside) * step * step / Math.PI);
        _unit = 1 / diameter;
        return this;
    }

    /// <summary>Draws the signed distance, pixels, around the outline placed on a canvas.</summary>
    /// <param name="x">Centre, pixels.</param>
    /// <param name="y">Centre, pixels.</param>
    /// <param name="angle">Rotation, radians.</param>
    /// <param name="diameter">Pixels a unit of the normalised shape spans.</param>
    /// <param name="height">Canvas rows.</param>
    /// <param name="width">Canvas columns.</param>
    public CellRaster Draw(double x, double y, double angle, double diameter, int height, int width) =>
        Draw(0, 0, angle, diameter * _unit, (float)x, (float)y, height, width);

    private CellRaster Draw(double originX, double originY, double angle, double scale, float atX, float atY, int height, int width)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        (double bx0, double by0, double bx1, double by1) = Bounds();
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach ((double cx, double cy) in ((double, double)[])[(bx0, by0), (bx1, by0), (bx0, by1), (bx1, by1)])
        {
            double px = atX + ((cx - originX) * cos - (cy - originY) * sin) * scale;
            double py = atY + ((cx - originX) * sin + (cy - originY) * cos) * scale;
            left = Math.Min(left, px);
            right = Math.Max(right, px);
            top = Math.Min(top, py);
            bottom = Math.Max(bottom, py);
        }
        int x0 = Math.Clamp((int)Math.Floor(left) - 2, 0, width), x1 = Math.Clamp((int)Math.Ceiling(right) + 3, x0, width);
        int y0 = Math.Clamp((int)Math.Floor(top) - 2, 0, height), y1 = Math.Clamp((int)Math.Ceiling(bottom) + 3, y0, height);
        CellRaster raster = new(y0, x0, y1 - y0, x1 - x0);
        Array.Fill(raster.Distance, 1e6f);
        float fillet = (float)(Fillet * scale);
        foreach (Lobe lobe in _lobes)
            lobe.Draw(raster, atX, atY, sin, cos, scale, fillet);
        foreach (Limb limb in _limbs)
            limb.Draw(raster, atX, atY, sin, cos, scale, fillet);
        raster.MeasureDepth();
        return raster;
    }

    private (double X0, double Y0, double X1, double Y1) Bounds()
    {
        double x0 = double.MaxValue, y0 = double.MaxValue, x1 = double.MinValue, y1 = double.MinValue;
        foreach (Lobe lobe in _lobes)
        {
            double reach = lobe.Reach;
            x0 = Math.Min(x0, lobe.X - reach);
            x1 = Math.Max(x1, lobe.X + reach);
            y0 = Math.Min(y0, lobe.Y - reach);
            y1 = Math.Max(y1, lobe.Y + reach);
        }
        foreach (Limb limb in _limbs)
        {
            double reach = Math.Max(limb.R0, limb.R1) + Fillet / 4;
            x0 = Math.Min(x0, Math.Min(limb.X0, limb.X1) - reach);
            x1 = Math.Max(x1, Math.Max(limb.X0, limb.X1) + reach);
            y0 = Math.Min(y0, Math.Min(limb.Y0, limb.Y1) - reach);
            y1 = Math.Max(y1, Math.Max(limb.Y0, limb.Y1) + reach);
        }
        return (x0, y0, x1, y1);
    }

    /// <summary>Smooth minimum of two distances (polynomial, width k).</summary>
    private static float Join(float a, float b, float k)
    {
        float difference = Math.Abs(a - b);
        if (difference >= k)
            return Math.Min(a, b);
        float h = (k - difference) / k;
        return Math.Min(a, b) - h * h * k * 0.25f;
    }

    private readonly record struct Lobe(double X, double Y, double Sin, double Cos, double A, double B, double[] Harmonics)
    {
        public double Reach
        {
            get
            {
                double swing = 1;
                foreach (double h in Harmonics)
                    swing += Math.Abs(h);
                return Math.Max(A, B) * swing;
            }
        }

        public void Draw(CellRaster raster, double atX, double atY, double sin, double cos, double scale, float fillet)
        {
            double cx = atX + (X * cos - Y * sin) * scale - raster.X0, cy = atY + (X * sin + Y * cos) * scale - raster.Y0;
            double turnSin = Sin * cos + Cos * sin, turnCos = Cos * cos - Sin * sin;
            double a = A * scale, b = B * scale;
            double reach = Reach * scale + fillet + 3;
            int y0 = Math.Max(0, (int)(cy - reach)), y1 = Math.Min(raster.Height, (int)(cy + reach) + 2);
            int x0 = Math.Max(0, (int)(cx - reach)), x1 = Math.Min(raster.Width, (int)(cx + reach) + 2);
            for (int y = y0; y < y1; y++)
            {
                for (int x = x0; x < x1; x++)
                {
                    double dx = x - cx, dy = y - cy;
                    double u = (dx * turnCos + dy * turnSin) / a, v = (dy * turnCos - dx * turnSin) / b;
                    double r = Math.Sqrt(u * u + v * v), length = Math.Sqrt(dx * dx + dy * dy);
                    float d;
                    if (r < 1e-9)
                    {
                        d = (float)-Math.Min(a, b);
                    }
                    else
                    {
                        double c1 = u / r, s1 = v / r, c = c1, s = s1, edge = 1;
                        for (int n = 0; n + 1 < Harmonics.Length; n += 2)
                        {
                            (c, s) = (c * c1 - s * s1, s * c1 + c * s1);  // angle multiplied once more
                            edge += Harmonics[n] * c + Harmonics[n + 1] * s;
                        }
                        double gradient = Math.Sqrt(c1 * c1 / (a * a) + s1 * s1 / (b * b));
                        d = (float)((r - edge) / Math.Max(gradient, r / Math.Max(length, 1e-9) * 0.5));
                    }
                    ref float target = ref raster.Distance[y * raster.Width + x];
                    target = Join(target, d, fillet);
                }
            }
        }
    }

    private readonly record struct Limb(double X0, double Y0, double X1, double Y1, double R0, double R1)
    {
        public void Draw(CellRaster raster, double atX, double atY, double sin, double cos, double scale, float fillet)
        {
            float ax = (float)(atX + (X0 * cos - Y0 * sin) * scale - raster.X0), ay = (float)(atY + (X0 * sin + Y0 * cos) * scale - raster.Y0);
            float bx = (float)(atX + (X1 * cos - Y1 * sin) * scale - raster.X0), by = (float)(atY + (X1 * sin + Y1 * cos) * scale - raster.Y0);
            float r0 = (float)(R0 * scale), r1 = (float)(R1 * scale);
            float reach = Math.Max(r0, r1) + fillet + 3;
            int top = Math.Max(0, (int)(Math.Min(ay, by) - reach)), bottom = Math.Min(raster.Height, (int)(Math.Max(ay, by) + reach) + 2);
            int left = Math.Max(0, (int)(Math.Min(ax, bx) - reach)), right = Math.Min(raster.Width, (int)(Math.Max(ax, bx) + reach) + 2);
            float dx = bx - ax, dy = by - ay, inverse = 1 / Math.Max(1e-9f, dx * dx + dy * dy);
            for (int y = top; y < bottom; y++)
            {
                for (int x = left; x < right; x++)
                {
                    float px = x - ax, py = y - ay;
                    float t = Math.Clamp((px * dx + py * dy) * inverse, 0, 1);
                    px -= t * dx;
                    py -= t * dy;
                    float d = MathF.Sqrt(px * px + py * py) - r0 - t * (r1 - r0);
                    ref float target = ref raster.Distance[y * raster.Width + x];
                    target = Join(target, d, fillet);
                }
            }
        }
    }
}
