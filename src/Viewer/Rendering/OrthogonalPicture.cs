using Cellpose3D.Viewer.Scene;
using SkiaSharp;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Three planes at right angles through the scene's cursor, and 3D, in one picture: XY top left, ZY beside it, XZ below it; one scale for the planes.</summary>
public static class OrthogonalPicture
{
    private const int Gap = 4;

    /// <summary>Draws the four views.</summary>
    /// <param name="renderer">Holds the data.</param>
    /// <param name="scene">The scene; its view does not matter.</param>
    /// <param name="width">Pixels of the whole.</param>
    /// <param name="height">Pixels of the whole.</param>
    /// <param name="supersampling">As in <see cref="SceneRenderer.Render"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is too small for four views, or too large for the device.</exception>
    public static RenderedPicture Render(SceneRenderer renderer, SceneState scene, int width, int height, int supersampling = 1)
    {
        if (width < 64 || height < 64)
            throw new ArgumentOutOfRangeException(nameof(width), $"a picture of four views must be at least 64 x 64 pixels; got {width} x {height}.");
        var size = scene.Grid.SizeUm;
        double scale = Math.Min((width - Gap) / (size.X + size.Z), (height - Gap) / (size.Y + size.Z));
        // flat stacks would leave no room for 3D
        int right = Math.Clamp((int)Math.Ceiling(size.Z * scale), width / 4, width * 3 / 4), bottom = Math.Clamp((int)Math.Ceiling(size.Z * scale), height / 4, height * 3 / 4);
        int left = width - Gap - right, top = height - Gap - bottom;
        scale = Math.Min(Math.Min(left / size.X, top / size.Y), Math.Min(right, bottom) / size.Z);
        SceneState plain = scene with { SliceZoom = scale, SliceCentre = true, Decorations = scene.Decorations with { Text = null, ScaleBar = false, Axes = false } };

        using var whole = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        whole.Erase(new SKColor(60, 60, 60));
        using var canvas = new SKCanvas(whole);
        Place(0, 0, left, top, plain with { View = ViewKind.XY, Decorations = plain.Decorations with { ScaleBar = scene.Decorations.ScaleBar, Text = scene.Decorations.Text } });
        Place(left + Gap, 0, right, top, plain with { View = ViewKind.ZY });
        Place(0, top + Gap, left, bottom, plain with { View = ViewKind.XZ });
        Place(left + Gap, top + Gap, right, bottom, scene with
        {
            View = ViewKind.Volume, Camera = scene.Camera.Fit(scene.Grid, (double)right / bottom), Decorations = scene.Decorations with { Text = null },
        });
        canvas.Flush();
        return RenderedPicture.Of(whole);

        void Place(int x, int y, int w, int h, SceneState view)
        {
            using SKBitmap part = renderer.Render(view, w, h, supersampling).ToBitmap();
            canvas.DrawBitmap(part, x, y);
        }
    }
}
