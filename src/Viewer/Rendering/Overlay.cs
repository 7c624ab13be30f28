using System.Globalization;
using System.Numerics;
using Cellpose3D.Viewer.Scene;
using SkiaSharp;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Draws scale bar, axes and text over a finished picture.</summary>
internal static class Overlay
{
    private const string Font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

    /// <summary>The picture with what its scene asks for.</summary>
    /// <param name="picture">As rendered.</param>
    /// <param name="scene">Says what to draw.</param>
    /// <param name="view">The picture's geometry.</param>
    public static RenderedPicture Draw(RenderedPicture picture, SceneState scene, ViewGeometry view)
    {
        Decorations wanted = scene.Decorations;
        if (!wanted.ScaleBar && !wanted.Axes && string.IsNullOrEmpty(wanted.Text))
            return picture;
        using SKBitmap bitmap = picture.ToBitmap();
        using var canvas = new SKCanvas(bitmap);
        using SKTypeface face = (File.Exists(Font) ? SKTypeface.FromFile(Font) : null) ?? SKTypeface.FromFamilyName(null) ?? SKTypeface.Default;
        float unit = Math.Max(8, Math.Min(picture.Width, picture.Height) / 42f);
        using var font = new SKFont(face, unit);
        bool light = ShadeLook.IsLight(scene.Background) && scene.View == ViewKind.Volume;
        var pen = new Pen(canvas, font, light ? SKColors.Black : SKColors.White, light ? new SKColor(255, 255, 255, 150) : new SKColor(0, 0, 0, 150), unit);
        if (wanted.ScaleBar)
            DrawScaleBar(pen, picture, view);
        if (wanted.Axes)
            DrawAxes(pen, picture, view);
        if (wanted.Text is { Length: > 0 } text)
        {
            string[] lines = text.Split('\n');
            for (int n = 0; n < lines.Length; n++)
                pen.Text(lines[n], unit, unit * (1.8f + 1.35f * n), SKTextAlign.Left);
        }
        canvas.Flush();
        return RenderedPicture.Of(bitmap);
    }

    /// <summary>The longest of 1, 2 and 5 times a power of ten that is no longer than a length.</summary>
    internal static double RoundLength(double most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        double lead = most / power;
        return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
    }

    private static void DrawScaleBar(Pen pen, RenderedPicture picture, ViewGeometry view)
    {
        double length = RoundLength(view.UmPerPixel * picture.Width / 4);
        float pixels = (float)(length / view.UmPerPixel), right = picture.Width - pen.Unit * 1.4f, bottom = picture.Height - pen.Unit * 1.4f;
        pen.Bar(right - pixels, bottom - pen.Unit * 0.28f, right, bottom);
        string text = length >= 1000 ? string.Create(CultureInfo.InvariantCulture, $"{length / 1000:g4} mm")
            : length >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{length:g4} µm") : string.Create(CultureInfo.InvariantCulture, $"{length * 1000:g4} nm");
        pen.Text(text, right - pixels / 2, bottom - pen.Unit * 0.65f, SKTextAlign.Center);
    }

    private static void DrawAxes(Pen pen, RenderedPicture picture, ViewGeometry view)
    {
        float size = pen.Unit * 2.6f;
        var middle = new SKPoint(pen.Unit * 4.2f, picture.Height - pen.Unit * 4.2f);
        Vector3 right = Vector3.Normalize(view.Right), down = Vector3.Normalize(view.Down);
        (string Name, Vector3 Axis, SKColor Color)[] axes =
        [
            ("x", Vector3.UnitX, new SKColor(255, 92, 92)), ("y", Vector3.UnitY, new SKColor(96, 220, 110)), ("z", Vector3.UnitZ, new SKColor(104, 160, 255)),
        ];
        foreach ((string name, Vector3 axis, SKColor color) in axes.OrderByDescending(a => Vector3.Dot(a.Axis, view.Forward)))
        {
            var tip = new SKPoint(middle.X + size * Vector3.Dot(axis, right), middle.Y + size * Vector3.Dot(axis, down));
            pen.Line(middle, tip, color);
            float length = MathF.Sqrt((tip.X - middle.X) * (tip.X - middle.X) + (tip.Y - middle.Y) * (tip.Y - middle.Y));
            if (length > size * 0.12f)
                pen.Text(name, tip.X + (tip.X - middle.X) / length * pen.Unit * 0.7f, tip.Y + (tip.Y - middle.Y) / length * pen.Unit * 0.7f + pen.Unit * 0.33f, SKTextAlign.Center, color);
        }
    }

    private sealed record Pen(SKCanvas Canvas, SKFont Font, SKColor Ink, SKColor Halo, float Unit)
    {
        public void Text(string text, float x, float y, SKTextAlign align, SKColor? color = null)
        {
            using var halo = new SKPaint { IsAntialias = true, Color = Halo, Style = SKPaintStyle.Stroke, StrokeWidth = Unit * 0.22f, StrokeJoin = SKStrokeJoin.Round };
            using var ink = new SKPaint { IsAntialias = true, Color = color ?? Ink };
            Canvas.DrawText(text, x, y, align, Font, halo);
            Canvas.DrawText(text, x, y, align, Font, ink);
        }

        public void Bar(float left, float top, float right, float bottom)
        {
            using var halo = new SKPaint { Color = Halo };
            using var ink = new SKPaint { Color = Ink };
            float rim = Math.Max(1, Unit * 0.08f);
            Canvas.DrawRect(new SKRect(left - rim, top - rim, right + rim, bottom + rim), halo);
            Canvas.DrawRect(new SKRect(left, top, right, bottom), ink);
        }

        public void Line(SKPoint from, SKPoint to, SKColor color)
        {
            using var ink = new SKPaint { IsAntialias = true, Color = color, StrokeWidth = Unit * 0.2f, StrokeCap = SKStrokeCap.Round };
            Canvas.DrawLine(from, to, ink);
        }
    }
}
