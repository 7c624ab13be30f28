using System.Globalization;
using Cellpose3D.Tracking.Lineages;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>What pictures of tracks have in common.</summary>
internal static class PictureStyle
{
    /// <summary>Behind everything.</summary>
    public static readonly SKColor Ground = new(18, 18, 20);

    /// <summary>Behind cells that have no image.</summary>
    public static readonly SKColor Panel = new(34, 34, 38);

    /// <summary>Axes and notes.</summary>
    public static readonly SKColor Faint = new(150, 150, 156);

    private static readonly SKTypeface Typeface = SKTypeface.FromFamilyName(PictureFont.Name);

    /// <summary>A track's colour.</summary>
    public static SKColor Color(TrackColor color) => new(color.R, color.G, color.B);

    /// <summary>Writes a line with a dark rim, readable on any image.</summary>
    /// <param name="canvas">Receives it.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Where it begins, or its middle or end, by <paramref name="align"/>.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="size">Height of the letters.</param>
    /// <param name="color">Their colour.</param>
    /// <param name="align">What <paramref name="x"/> is.</param>
    public static void Text(SKCanvas canvas, string text, float x, float y, float size, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = new SKFont(Typeface, size);
        using var rim = new SKPaint { Color = Ground.WithAlpha(220), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = size / 6, StrokeJoin = SKStrokeJoin.Round };
        using var ink = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawText(text, x, y, align, font, rim);
        canvas.DrawText(text, x, y, align, font, ink);
    }

    /// <summary>A time in the unit that suits it.</summary>
    /// <param name="seconds">Seconds.</param>
    public static string Time(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };
}
