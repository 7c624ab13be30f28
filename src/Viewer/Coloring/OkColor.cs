using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Coloring;

/// <summary>A colour by lightness, chroma and hue as eyes see them (OKLab): equal distances look equally different.</summary>
/// <param name="Lightness">0 black to 1 white.</param>
/// <param name="A">Green to red.</param>
/// <param name="B">Blue to yellow.</param>
internal readonly record struct OkColor(double Lightness, double A, double B)
{
    /// <summary>A colour of a hue.</summary>
    /// <param name="lightness">0 to 1.</param>
    /// <param name="chroma">0 grey to about 0.3; cut to what screens can show.</param>
    /// <param name="turns">Place on the wheel, in whole turns.</param>
    public static OkColor OfHue(double lightness, double chroma, double turns)
    {
        (double sin, double cos) = Math.SinCos(2 * Math.PI * turns);
        var color = new OkColor(lightness, chroma * cos, chroma * sin);
        while (chroma > 0 && !color.IsShowable())
        {
            chroma -= 0.005;
            color = new OkColor(lightness, chroma * cos, chroma * sin);
        }
        return color;
    }

    /// <summary>How different two colours look; 0.1 is clear at a glance.</summary>
    public double DistanceTo(OkColor other) =>
        Math.Sqrt(Square(Lightness - other.Lightness) + Square(A - other.A) + Square(B - other.B));

    /// <summary>The colour for a screen.</summary>
    public Rgb ToRgb()
    {
        (double r, double g, double b) = Linear();
        return new Rgb(Encode(r), Encode(g), Encode(b));
    }

    private static double Square(double v) => v * v;

    private static byte Encode(double linear)
    {
        double v = Math.Clamp(linear, 0, 1);
        return (byte)Math.Round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * Math.Pow(v, 1 / 2.4) - 0.055));
    }

    private bool IsShowable()
    {
        (double r, double g, double b) = Linear();
        return r is >= -1e-4 and <= 1.0001 && g is >= -1e-4 and <= 1.0001 && b is >= -1e-4 and <= 1.0001;
    }

    // Ottosson 2020
    private (double R, double G, double B) Linear()
    {
        double l = Cube(Lightness + 0.3963377774 * A + 0.2158037573 * B);
        double m = Cube(Lightness - 0.1055613458 * A - 0.0638541728 * B);
        double s = Cube(Lightness - 0.0894841775 * A - 1.2914855480 * B);
        return (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static double Cube(double v) => v * v * v;
}
