using System.Runtime.InteropServices;
using SkiaSharp;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>A finished picture.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgba">uint8 [Height, Width, 4], red, green, blue, alpha, top row first; owned by the picture.</param>
public sealed record RenderedPicture(int Width, int Height, byte[] Rgba)
{
    /// <summary>The picture as a PNG file's bytes; without an alpha channel where nothing is transparent.</summary>
    public byte[] ToPng()
    {
        using SKBitmap bitmap = ToBitmap();
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    /// <summary>A copy that can be drawn on; the caller disposes it.</summary>
    public SKBitmap ToBitmap()
    {
        bool opaque = true;
        for (int i = 3; i < Rgba.Length && opaque; i += 4)
            opaque = Rgba[i] == byte.MaxValue;
        var bitmap = new SKBitmap(Width, Height, SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        Marshal.Copy(Rgba, 0, bitmap.GetPixels(), Rgba.Length);
        return bitmap;
    }

    /// <summary>The picture of a bitmap.</summary>
    /// <param name="bitmap">Red, green, blue, alpha of 8 bits; borrowed.</param>
    public static RenderedPicture Of(SKBitmap bitmap) => new(bitmap.Width, bitmap.Height, bitmap.GetPixelSpan().ToArray());
}
