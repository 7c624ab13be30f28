using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>A colour for every label: hues a golden ratio of the wheel apart, so that neighbouring numbers differ most.</summary>
internal static class LabelColors
{
    private const double GoldenRatio = 0.6180339887498949;

    /// <summary>The colour of a label.</summary>
    /// <param name="label">1 or more.</param>
    public static SKColor Of(int label)
    {
        double turn = label * GoldenRatio;
        float hue = (float)(360 * (turn - Math.Floor(turn)));
        // three levels of lightness besides, since hues alone repeat to the eye after some twenty labels
        float lightness = 55 + 8 * (label % 3);
        return SKColor.FromHsl(hue, 95, lightness);
    }
}
