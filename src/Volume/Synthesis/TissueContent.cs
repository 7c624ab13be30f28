using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Cells that fill a region without gaps: a Voronoi partition of relaxed seeds, warped so that faces curve, seen by their membranes.</summary>
internal sealed class TissueContent : IVolumeContent
{
    private const int MostNear = 512;

    private readonly Region _region;
    private readonly Point3[] _seeds;
    private readonly double[] _weights;                                  // squared pixels: a heavier cell is larger
    private readonly double[] _cytoplasm;
    private readonly Nucleus[] _nuclei;
    private readonly PointGrid _grid;
    private readonly SolidTexture _warpZ, _warpY, _warpX, _uneven, _bumps;
    private readonly double _warpTexels, _warp, _unevenTexels, _unevenness, _thickness, _surface, _faceSpread;
    private readonly ulong _faceSeed;

    private TissueContent(VolumeScene scene, SynthesisRandom random, Region region, bool withNuclei)
    {
        _region = region;
        double diameter = scene.Diameter, spacing = 0.806 * diameter;    // edge of the cube with a cell's volume
        Point3 size = region.High - region.Low;
        int count = (int)Math.Max(2, size.Z * size.Y * size.X / (spacing * spacing * spacing));
        _seeds = [.. SeedPoints.Scatter(random, region.Low, region.High, count, 0.72 * spacing, 0, p => region.Depth(p) > 0.3 * diameter)];
        double[] radii = new double[_seeds.Length];
        Array.Fill(radii, 0.56 * spacing);
        SeedPoints.Relax(_seeds, radii, 10);
        double variety = random.Uniform(0, 0.12);
        _weights = [.. _seeds.Select(_ => diameter * diameter * variety * Math.Clamp(random.Normal(), -2, 2))];
        _grid = new PointGrid(_seeds, 1.2 * diameter);

        (_warpZ, _warpY, _warpX) = (Warp(random), Warp(random), Warp(random));
        _warpTexels = 16 / (diameter * random.Uniform(0.9, 1.6));
        _warp = diameter * random.Uniform(0.05, 0.13);
        SynthesisRandom look = scene.LookRandom();
        _uneven = SolidTexture.Cloudy(look, 8, 3, 0.6);
        _unevenTexels = 8 / (diameter * look.Uniform(0.15, 0.4));
        _unevenness = look.Uniform(0.1, 0.45);
        _thickness = Math.Min(look.Uniform(0.6, 1.3), 0.08 * diameter);
        _surface = look.Uniform(0.7, 1.5);
        _faceSpread = look.Uniform(0.1, 0.6);
        _faceSeed = look.NextBits();
        double fill = look.Chance(0.6) ? look.Uniform(0, 0.08) : look.Uniform(0.05, 0.25);
        _cytoplasm = [.. _seeds.Select(_ => fill * look.LogNormal(0.4))];
        _bumps = SolidTexture.Cloudy(look, 4, 2, 0.4);
        _nuclei = withNuclei ? [.. Nuclei(look, diameter)] : [];
    }

    public int Channels => _nuclei.Length > 0 ? 2 : 1;

    /// <summary>Tissue that fills the scene or ends at a wavy surface.</summary>
    public static TissueContent Packed(VolumeScene scene, bool withNuclei)
    {
        SynthesisRandom random = scene.PlaceRandom();
        Region region = random.Chance(0.5) ? Region.Everything(scene) : Region.Behind(scene, random);
        return new TissueContent(scene, random, region, withNuclei);
    }

    /// <summary>A ball of cells, perhaps with a cavity.</summary>
    public static TissueContent Ball(VolumeScene scene)
    {
        SynthesisRandom random = scene.PlaceRandom();
        return new TissueContent(scene, random, NucleiPlacement.BallFor(scene, random).Ball, withNuclei: false);
    }

    /// <inheritdoc/>
    public void Paint(double z, PlaneCanvas canvas)
    {
        Span<int> near = stackalloc int[MostNear];
        int found = 0;
        (int, int, int) cube = (int.MinValue, 0, 0);                     // neighbouring pixels mostly share theirs
        float[] light = canvas.Light[0];
        float[]? nuclear = canvas.Light.Length > 1 ? canvas.Light[1] : null;
        int at = 0;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++, at++)
            {
                var place = new Point3(z, y - canvas.Margin, x - canvas.Margin);
                double depth = _region.Depth(place);
                if (depth < -4 * _thickness)
                    continue;
                Point3 warped = place + WarpAt(place);
                if (_grid.CubeOf(warped) != cube)
                    found = _grid.Near(cube = _grid.CubeOf(warped), near);
                (int first, int second, double gap) = Nearest(warped, near[..found]);
                if (first < 0)
                    continue;
                double texture = Math.Max(0.1, 1 + _unevenness * _uneven.Sample(place.Z * _unevenTexels, place.Y * _unevenTexels, place.X * _unevenTexels));
                double value = second < 0 ? 0 : FaceStrength(first, second) * Profile(gap);
                value = Math.Max(value, _surface * Profile(depth));
                if (depth > 0)
                {
                    canvas.Owner[at] = first + 1;
                    value += _cytoplasm[first];
                    if (nuclear is not null && gap > 0.8)
                        nuclear[at] = NuclearLight(_nuclei[first], place);
                }
                light[at] = (float)(value * texture);
            }
        }
    }

    private static SolidTexture Warp(SynthesisRandom random) => SolidTexture.Cloudy(random, 4, 2, 0.35);

    private Point3 WarpAt(Point3 p)
    {
        double z = p.Z * _warpTexels, y = p.Y * _warpTexels, x = p.X * _warpTexels;
        return new Point3(_warp * _warpZ.Sample(z, y, x), _warp * _warpY.Sample(z, y, x), _warp * _warpX.Sample(z, y, x));
    }

    /// <summary>The cell at a place, its nearest neighbour there, and the distance to their common face.</summary>
    private (int First, int Second, double Gap) Nearest(Point3 place, ReadOnlySpan<int> near)
    {
        int first = -1, second = -1;
        double least = double.MaxValue, next = double.MaxValue;
        foreach (int n in near)
        {
            double power = (place - _seeds[n]).SquaredLength - _weights[n];
            if (power < least)
                (second, next, first, least) = (first, least, n, power);
            else if (power < next)
                (second, next) = (n, power);
        }
        return (first, second, second < 0 ? 1e6 : (next - least) / (2 * (_seeds[first] - _seeds[second]).Length));
    }

    private double Profile(double distance)
    {
        double r = distance / _thickness;
        return Math.Abs(r) > 4 ? 0 : PortableMath.Exp(-0.5 * r * r);
    }

    /// <summary>Every face between two cells has a brightness of its own, some are faint.</summary>
    private double FaceStrength(int a, int b)
    {
        ulong mix = _faceSeed ^ ((ulong)(Math.Min(a, b) + 1) * 0x9E3779B97F4A7C15UL) ^ ((ulong)(Math.Max(a, b) + 1) * 0xC2B2AE3D27D4EB4FUL);
        mix = (mix ^ (mix >> 29)) * 0xBF58476D1CE4E5B9UL;
        double u = ((mix ^ (mix >> 32)) >> 11) * (1.0 / (1UL << 53));
        return 0.75 + _faceSpread * (2 * u - 1) * (u < 0.1 ? 1.2 : 1);
    }

    private float NuclearLight(Nucleus nucleus, Point3 place)
    {
        Point3 local = nucleus.Body.Local(place);
        double outside = nucleus.Body.Outside(local, _bumps);
        return outside < 0.5 ? nucleus.Light(place, local, outside) : 0;
    }

    private IEnumerable<Nucleus> Nuclei(SynthesisRandom random, double diameter)
    {
        var look = new NucleusLook(random, 0.6 * diameter);
        double share = random.Uniform(0.24, 0.33), stretch = random.Uniform(1, 1.3), variety = random.Uniform(0.1, 0.4);
        foreach (Point3 seed in _seeds)
        {
            Point3 centre = seed - WarpAt(seed) + SeedPoints.Direction(random) * (0.06 * diameter * random.Uniform());
            double radius = share * diameter * random.LogNormal(0.08);
            var body = new Body(random, centre, new Point3(stretch, 1, 1 / stretch) * radius, SeedPoints.Direction(random), 0.03);
            yield return new Nucleus(body, look, Math.Clamp(0.6 * random.LogNormal(variety), 0.15, 3), 1, random);
        }
    }
}
