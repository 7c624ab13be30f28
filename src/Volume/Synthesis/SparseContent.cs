using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Cells far apart, filled with a stain: rounded or with arms, a dark or bright nucleus inside.</summary>
internal sealed class SparseContent : IVolumeContent
{
    private readonly List<Body> _cells = [], _nuclei = [];
    private readonly List<double> _brightness = [];
    private readonly SolidTexture _bumps, _texture;
    private readonly double _texels, _contrast, _nuclear, _rim, _softness;

    private SparseContent(VolumeScene scene)
    {
        SynthesisRandom random = scene.PlaceRandom(), look = scene.LookRandom();
        double diameter = scene.Diameter, margin = 0.8 * diameter;
        _bumps = SolidTexture.Cloudy(random, 4, 2, 0.4);
        _texture = SolidTexture.Cloudy(look, 8, 3, 0.7);
        _texels = 8 / (diameter * look.Uniform(0.1, 0.25));
        _contrast = look.Uniform(0.1, 0.35);
        _nuclear = look.Chance(0.7) ? look.Uniform(0.15, 0.6) : look.Uniform(1.2, 2);
        _rim = look.Chance(0.4) ? look.Uniform(0.1, 0.7) : 0;
        _softness = 0.8 + diameter * look.Uniform(0, 0.02);
        double variety = look.Uniform(0.1, 0.5);

        double space = (scene.SizeZ + 2 * margin) * (scene.Height + 2 * margin) * (scene.Width + 2 * margin);
        int count = (int)Math.Max(3, (0.01 + 0.1 * scene.Crowding) * space / (0.5236 * diameter * diameter * diameter));
        bool hasArms = random.Chance(0.5);
        double bumpiness = random.Uniform(0.03, 0.12), elongation = random.Uniform(1, 1.7);
        List<Point3> centres = SeedPoints.Scatter(
            random, new Point3(-margin, -margin, -margin), new Point3(scene.SizeZ + margin, scene.Height + margin, scene.Width + margin),
            count, diameter * random.Uniform(0.9, 1.2), random.Uniform(0, 0.4), _ => true);
        foreach (Point3 centre in centres)
        {
            Point3 axis = SeedPoints.Direction(random);
            axis *= 1 / axis.Length;
            double radius = diameter / 2 * random.LogNormal(0.12), stretch = 1 + (elongation - 1) * random.Uniform(0.5, 1.5), side = Math.Sqrt(1 / stretch);
            int arms = hasArms ? random.Whole(2, 6) : 0;
            var cell = new Body(random, centre, new Point3(stretch, side, side) * (radius * (hasArms ? 0.8 : 1)), axis, bumpiness)
            {
                Arms = [.. Enumerable.Range(0, arms).Select(_ => SeedPoints.Direction(random))],
                ArmLength = hasArms ? random.Uniform(0.4, 1) : 0,
                ArmSharpness = random.Whole(3, 4),
            };
            _cells.Add(cell);
            _nuclei.Add(new Body(random, centre + SeedPoints.Direction(random) * (0.12 * radius), new Point3(1, 1, 1) * (0.42 * radius), axis, 0.03));
            _brightness.Add(Math.Clamp(0.55 * look.LogNormal(variety), 0.12, 2.5));
        }
    }

    public int Channels => 1;

    /// <summary>Draws the scene.</summary>
    public static SparseContent Draw(VolumeScene scene) => new(scene);

    /// <inheritdoc/>
    public void Paint(double z, PlaneCanvas canvas)
    {
        NucleiContent.Claim(z, canvas, _cells, _bumps, _softness);
        int at = 0;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++, at++)
            {
                int n = canvas.Owner[at] - 1;
                if (n < 0)
                    continue;
                var place = new Point3(z, y - canvas.Margin, x - canvas.Margin);
                double depth = -canvas.Depth[at] * _cells[n].SmallestRadius;
                double value = Math.Max(0.2, 1 + _contrast * _texture.Sample(place.Z * _texels, place.Y * _texels, place.X * _texels));
                double inNucleus = -_nuclei[n].Outside(_nuclei[n].Local(place), _bumps) * _nuclei[n].SmallestRadius;
                value *= 1 + (_nuclear - 1) * PortableMath.SmoothStep(-1, 1, inNucleus);
                value += _rim * Math.Max(0, 1 - Math.Abs(depth - 1) / 1.5);
                canvas.Light[0][at] = (float)(_brightness[n] * value * PortableMath.SmoothStep(-_softness, _softness, depth));
                if (canvas.Depth[at] >= 0)
                    canvas.Owner[at] = 0;
            }
        }
    }
}
