using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Paints nuclei in three dimensions, plane by plane; bumps, chromatin and nucleoli move, turn and grow with them.</summary>
internal sealed class SolidNucleusBrush : INucleusBrush
{
    private const double Faint = 0.1, BumpTexels = 14;                   // a radius: about two bumps across

    private readonly MovieStyle _style;
    private readonly SolidTexture _chromatin, _bumps;
    private readonly double _texels, _softness, _anisotropy;

    public SolidNucleusBrush(MovieScene scene)
    {
        SynthesisRandom random = scene.TextureRandom();
        (_style, _anisotropy) = (scene.Style, scene.Anisotropy);
        _chromatin = SolidTexture.Cloudy(random, 8, 3, random.Uniform(0.5, 0.8));
        _bumps = SolidTexture.Cloudy(random, 4, 2, 0.5);
        _texels = 8 / (2 * _style.TextureSpan);
        _softness = 0.7 + scene.Diameter * random.Uniform(0, 0.02);
    }

    /// <inheritdoc/>
    public void Paint(MovieCanvas canvas, in NucleusForm form, NucleusCharacter character, int owner)
    {
        double bumpiness = 0.6 * _style.Waviness * form.Waviness, swing = 1 + 3 * bumpiness;
        double cz = form.Place.Z, cy = form.Place.Y + canvas.Margin, cx = form.Place.X + canvas.Margin;
        double reach = Math.Max(form.Along, form.Aside) * swing + 2 * _softness + 1;
        int z0 = Math.Max(0, (int)Math.Ceiling((cz - reach) / _anisotropy) + canvas.MarginZ), z1 = Math.Min(canvas.Depth - 1, (int)Math.Floor((cz + reach) / _anisotropy) + canvas.MarginZ);
        int y0 = Math.Max(0, (int)Math.Ceiling(cy - reach)), y1 = Math.Min(canvas.Height - 1, (int)Math.Floor(cy + reach));
        int x0 = Math.Max(0, (int)Math.Ceiling(cx - reach)), x1 = Math.Min(canvas.Width - 1, (int)Math.Floor(cx + reach));
        Point3 up = Cross(form.Axis, form.Across);
        double limit = swing + 2 * _softness / Math.Min(form.Along, form.Aside), along2 = 1 / (form.Along * form.Along), aside2 = 1 / (form.Aside * form.Aside);
        double strength = character.Brightness * form.Light * (owner == 0 ? Faint : 1);
        canvas.HasSoft |= owner == 0;
        for (int z = z0; z <= z1; z++)
        {
            float[]? light = !canvas.HasLight ? null : owner == 0 ? canvas.Soft[z].Data : canvas.Sharp[z].Data;
            for (int y = y0; y <= y1; y++)
            {
                for (int x = x0; x <= x1; x++)
                {
                    var p = new Point3((z - canvas.MarginZ) * _anisotropy - cz, y - cy, x - cx);
                    var local = new Point3(Dot(p, form.Axis) / form.Along, Dot(p, form.Across) / form.Aside, Dot(p, up) / form.Aside);
                    double r = local.Length;
                    if (r > limit)
                        continue;
                    double edge = 1 + bumpiness * _bumps.Sample(
                        local.Z * BumpTexels + character.Shift.Z, local.Y * BumpTexels + character.Shift.Y, local.X * BumpTexels + character.Shift.X);
                    double tilt = r > 1e-9 ? local.Z / r : 0;
                    double distance = (r - edge) / Math.Sqrt(tilt * tilt * along2 + (1 - tilt * tilt) * aside2);
                    int at = (z * canvas.Height + y) * canvas.Width + x;
                    if (owner > 0 && distance < canvas.Nearest[at])
                        (canvas.Nearest[at], canvas.Owner[at]) = ((float)distance, owner);
                    if (light is not null && distance < _softness)
                        MovieCanvas.Add(ref light[at - z * canvas.Height * canvas.Width], (float)(strength * PortableMath.SmoothStep(-_softness, _softness, -distance) * Inside(form, character, local, distance)));
                }
            }
        }
    }

    private double Inside(in NucleusForm form, NucleusCharacter character, Point3 local, double distance)
    {
        double value = Math.Max(0.2, 1 + _style.Chromatin * character.Contrast * form.Contrast * _chromatin.Sample(
            local.Z * _texels + character.Shift.X, local.Y * _texels + character.Shift.Z, local.X * _texels + character.Shift.Y));
        if (_style.Rim > 0)
            value += _style.Rim * Math.Max(0, 1 - Math.Abs(distance + _softness) / (1.5 * _softness));
        foreach (NucleusSpot spot in character.Spots)
        {
            double r2 = (local - spot.At).SquaredLength * spot.Tightness;
            if (r2 < 4)
                value *= Math.Max(0, 1 + spot.Gain * form.Nucleoli * PortableMath.Exp(-r2 * r2));
        }
        return value;
    }

    private static double Dot(Point3 a, Point3 b) => a.Z * b.Z + a.Y * b.Y + a.X * b.X;

    private static Point3 Cross(Point3 a, Point3 b) => new(a.Y * b.X - a.X * b.Y, a.X * b.Z - a.Z * b.X, a.Z * b.Y - a.Y * b.Z);
}
