using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Paints nuclei in two dimensions; chromatin and nucleoli move, turn and grow with them.</summary>
internal sealed class FlatNucleusBrush : INucleusBrush
{
    private const double Faint = 0.1;                                    // light of a nucleus out of focus

    private readonly MovieStyle _style;
    private readonly Texture _chromatin;
    private readonly double _texels, _softness, _rimWidth;

    public FlatNucleusBrush(MovieScene scene)
    {
        SynthesisRandom random = scene.TextureRandom();
        _style = scene.Style;
        _chromatin = Texture.Cloudy(random, 8, 4, random.Uniform(0.5, 0.8));
        _texels = 16 / (2 * _style.TextureSpan);                         // a radius
        _softness = Math.Max(0.7, 0.6 + scene.Diameter * random.Uniform(0, 0.035));
        _rimWidth = Math.Max(1, 0.06 * scene.Diameter);
    }

    /// <inheritdoc/>
    public void Paint(MovieCanvas canvas, in NucleusForm form, NucleusCharacter character, int owner)
    {
        double[] harmonics = character.Harmonics;
        double swing = 1;
        foreach (double h in harmonics)
            swing += Math.Abs(h * form.Waviness);
        double cy = form.Place.Y + canvas.Margin, cx = form.Place.X + canvas.Margin, reach = Math.Max(form.Along, form.Aside) * swing + 2 * _softness + 1;
        int y0 = Math.Max(0, (int)Math.Ceiling(cy - reach)), y1 = Math.Min(canvas.Height - 1, (int)Math.Floor(cy + reach));
        int x0 = Math.Max(0, (int)Math.Ceiling(cx - reach)), x1 = Math.Min(canvas.Width - 1, (int)Math.Floor(cx + reach));
        double ay = form.Axis.Y / form.Along, ax = form.Axis.X / form.Along, by = form.Across.Y / form.Aside, bx = form.Across.X / form.Aside;
        double limit = swing + 2 * _softness / Math.Min(form.Along, form.Aside), along2 = 1 / (form.Along * form.Along), aside2 = 1 / (form.Aside * form.Aside);
        float[]? light = !canvas.HasLight ? null : owner == 0 ? canvas.Soft[0].Data : canvas.Sharp[0].Data;
        canvas.HasSoft |= owner == 0;
        double strength = character.Brightness * form.Light * (owner == 0 ? Faint : 1);
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                double dy = y - cy, dx = x - cx, u = dy * ay + dx * ax, v = dy * by + dx * bx, r2 = u * u + v * v;
                if (r2 > limit * limit)
                    continue;
                double r = Math.Sqrt(r2), edge = 1, distance = -Math.Min(form.Along, form.Aside);
                if (r > 1e-9)
                {
                    double c1 = u / r, s1 = v / r, c = c1, s = s1, wave = 0;
                    for (int n = 0; n + 1 < harmonics.Length; n += 2)
                    {
                        (c, s) = (c * c1 - s * s1, s * c1 + c * s1);     // angle multiplied once more
                        wave += harmonics[n] * c + harmonics[n + 1] * s;
                    }
                    edge += wave * form.Waviness;
                    distance = (r - edge) / Math.Sqrt(c1 * c1 * along2 + s1 * s1 * aside2);
                }
                int at = y * canvas.Width + x;
                if (owner > 0 && distance < canvas.Nearest[at])
                    (canvas.Nearest[at], canvas.Owner[at]) = ((float)distance, owner);
                if (light is not null && distance < _softness)
                    MovieCanvas.Add(ref light[at], (float)(strength * PortableMath.SmoothStep(-_softness, _softness, -distance) * Inside(form, character, u, v, r / edge, distance)));
            }
        }
    }

    private double Inside(in NucleusForm form, NucleusCharacter character, double u, double v, double share, double distance)
    {
        double value = 1 - _style.Dome + _style.Dome * Math.Sqrt(Math.Max(0, 1 - share * share));
        float cloud = _chromatin.Sample((float)(v * _texels + character.Shift.Y), (float)(u * _texels + character.Shift.X));
        value *= Math.Max(0.2, 1 + _style.Chromatin * character.Contrast * form.Contrast * cloud);
        if (_style.Rim > 0)
            value += _style.Rim * Math.Max(0, 1 - Math.Abs(distance + _rimWidth) / _rimWidth);
        foreach (NucleusSpot spot in character.Spots)
        {
            double du = u - spot.At.X, dv = v - spot.At.Y, r2 = (du * du + dv * dv) * spot.Tightness;
            if (r2 < 5)
                value *= Math.Max(0, 1 + spot.Gain * form.Nucleoli * PortableMath.Exp(-r2 * r2));
        }
        return value;
    }
}
