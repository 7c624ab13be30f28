namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What lies under the nuclei: glands with lumina, empty areas, and the run of the fibres.</summary>
internal sealed class TissueGrounds
{
    private readonly Scene _scene;
    private readonly List<(double X, double Y, CellRaster Lumen)> _glands = [];
    private readonly double _angle;
    private readonly Plane _turn;

    public TissueGrounds(Scene scene, SynthesisRandom random)
    {
        _scene = scene;
        _angle = random.Angle();
        (Sin, Cos) = PortableMath.SinCos(_angle);
        _turn = NoiseField.Fractal(random, scene.Height / 8 + 2, scene.Width / 8 + 2, Math.Max(4, scene.Diameter * 0.4), 1, 0.5);
        Lumen = scene.NewPlane();
        double diameter = scene.Diameter;
        if (random.Chance(0.4))
        {
            Plane gaps = scene.Field(random, diameter * random.Uniform(3, 9), 3);
            double edge = random.Uniform(0.5, 1.8);
            for (int n = 0; n < gaps.Data.Length; n++)
                Lumen.Data[n] = (float)PortableMath.SmoothStep(edge, edge + 0.15, gaps.Data[n]);
        }
        int glands = random.Chance(0.35) ? (int)random.Poisson(scene.Height * (double)scene.Width / (diameter * diameter * 110)) : 0;
        for (int n = 0; n < glands; n++)
        {
            double x = random.Uniform(0, scene.Width), y = random.Uniform(0, scene.Height);
            CellRaster lumen = ShapeFactory.Round(random, random.Uniform(1, 2.2), 0.2).Draw(x, y, random.Angle(), diameter * random.Uniform(1.5, 5), scene.Height, scene.Width);
            if (lumen.Distance.Length == 0)
                continue;
            _glands.Add((x, y, lumen));
            for (int k = 0; k < lumen.Distance.Length; k++)
            {
                int at = (k / lumen.Width + lumen.Y0) * scene.Width + k % lumen.Width + lumen.X0;
                Lumen.Data[at] = Math.Max(Lumen.Data[at], (float)PortableMath.SmoothStep(-2, 1, -lumen.Distance[k]));
            }
        }
    }

    public double Sin { get; }

    public double Cos { get; }

    /// <summary>1 where there is only glass.</summary>
    public Plane Lumen { get; }

    /// <summary>Direction of the fibres, radians.</summary>
    public double Direction(double y, double x) => _angle + 0.5 * _turn.Sample(y / 8, x / 8);

    /// <summary>Places of nuclei that line the glands, standing across the lining.</summary>
    public List<(double X, double Y, double Angle, bool Lined)> GlandSpots(SynthesisRandom random, double diameter, int limit)
    {
        List<(double X, double Y, double Angle, bool Lined)> spots = [];
        foreach ((double x, double y, CellRaster lumen) in _glands)
        {
            double distance = diameter * random.Uniform(0.9, 1.3), turn = random.Angle();
            double reach = Math.Max(lumen.Height, lumen.Width) / 2.0 + distance;
            int count = (int)(2 * Math.PI * reach / (diameter * random.Uniform(0.75, 1.1)));
            for (int n = 0; n < count && spots.Count < limit; n++)
            {
                double angle = turn + n * 2 * Math.PI / count;
                (double sin, double cos) = PortableMath.SinCos(angle);
                double r = 0;
                while (r < reach)                                    // walk out of the lumen, then one cell further
                {
                    int py = (int)(y + sin * r) - lumen.Y0, px = (int)(x + cos * r) - lumen.X0;
                    if (py < 0 || px < 0 || py >= lumen.Height || px >= lumen.Width || lumen.Distance[py * lumen.Width + px] > 0)
                        break;
                    r++;
                }
                double out1 = r + distance * (random.Chance(0.3) ? random.Uniform(1.2, 2.4) : random.Uniform(0.6, 1.2));
                double sx = x + cos * out1, sy = y + sin * out1;
                if (sx >= 0 && sy >= 0 && sx < _scene.Width && sy < _scene.Height && !random.Chance(0.15))
                    spots.Add((sx, sy, angle, true));
            }
        }
        return spots;
    }
}
