using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;
using ScottPlot.Colormaps;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>
/// The picture of a run, to look at: image, image with each cell's outline in its own colour, flows as a colour wheel,
/// cell probability. Drawn by Skia, so that no system package is needed.
/// </summary>
internal static class RunPicture
{
    private const int LargestPanel = 1024, SmallestPanel = 384, Gap = 6;

    /// <summary>Draws the four panels.</summary>
    /// <param name="image">float32 [1 or 2, Y, X], as segmented; borrowed.</param>
    /// <param name="labels">int32 [Y, X]; borrowed.</param>
    /// <param name="flows">float32 [2, Y', X'], as in <see cref="Segmentation2D.Flows"/>; borrowed.</param>
    /// <param name="cellProb">float32 [Y', X'], logit; borrowed.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Draw(NdArray<float> image, NdArray<int> labels, NdArray<float> flows, NdArray<float> cellProb)
    {
        var panel = PanelSize.For(labels.Shape[0], labels.Shape[1]);
        using var bitmap = new SKBitmap(2 * panel.Width + Gap, 2 * panel.Height + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(24, 24, 24));
        Span<byte> pixels = bitmap.GetPixelSpan();
        SKColor[] grey = Photo(image, panel);

        Place(pixels, bitmap.Width, panel, 0, 0, grey);
        Place(pixels, bitmap.Width, panel, 0, 1, WithOutlines(grey, labels, panel));
        Place(pixels, bitmap.Width, panel, 1, 0, Flows(flows, panel));
        Place(pixels, bitmap.Width, panel, 1, 1, Probability(cellProb, panel));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    /// <summary>Draws the outlines alone, each in its cell's colour, over the image at its own size.</summary>
    /// <param name="image">float32 [1 or 2, Y, X], as segmented; borrowed.</param>
    /// <param name="labels">int32 [Y, X]; borrowed.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] DrawOutlines(NdArray<float> image, NdArray<int> labels)
    {
        var panel = new PanelSize(labels.Shape[0], labels.Shape[1], 1);
        using var bitmap = new SKBitmap(panel.Width, panel.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Place(bitmap.GetPixelSpan(), bitmap.Width, panel, 0, 0, WithOutlines(Photo(image, panel), labels, panel));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    /// <summary>A panel's size and its scale relative to the image.</summary>
    private readonly record struct PanelSize(int Height, int Width, double Scale)
    {
        public static PanelSize For(int height, int width)
        {
            int longest = Math.Max(height, width);
            double scale = longest > LargestPanel ? (double)LargestPanel / longest : Math.Max(1, (SmallestPanel + longest - 1) / longest);
            return new PanelSize(Math.Max(1, (int)(height * scale)), Math.Max(1, (int)(width * scale)), scale);
        }

        public (int From, int To) Source(int position, int length)
        {
            int from = Math.Min(length - 1, (int)(position / Scale));
            return (from, Math.Max(from + 1, Math.Min(length, (int)((position + 1) / Scale))));
        }
    }

    private static void Place(Span<byte> pixels, int stride, PanelSize panel, int row, int column, SKColor[] colors)
    {
        for (int y = 0; y < panel.Height; y++)
        {
            int at = 4 * ((row * (panel.Height + Gap) + y) * stride + column * (panel.Width + Gap));
            for (int x = 0; x < panel.Width; x++, at += 4)
            {
                SKColor c = colors[y * panel.Width + x];
                (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (c.Red, c.Green, c.Blue, 255);
            }
        }
    }

    // one channel: grey; two: cells green, nuclei blue, as Cellpose shows them
    private static SKColor[] Photo(NdArray<float> image, PanelSize panel)
    {
        byte[] cells = Stretch(Shrink(image, 0, panel));
        byte[]? nuclei = image.Shape[0] > 1 ? Stretch(Shrink(image, 1, panel)) : null;
        return [.. cells.Select((v, i) => nuclei is null ? new SKColor(v, v, v) : new SKColor(0, v, nuclei[i]))];
    }

    private static SKColor[] WithOutlines(SKColor[] photo, NdArray<int> labels, PanelSize panel)
    {
        int height = labels.Shape[0], width = labels.Shape[1];
        var colors = new SKColor[photo.Length];
        Parallel.For(0, panel.Height, y =>
        {
            for (int x = 0; x < panel.Width; x++)
            {
                int label = LabelAt(y, x);
                bool edge = label != 0 && (LabelAt(y - 1, x) != label || LabelAt(y + 1, x) != label || LabelAt(y, x - 1) != label || LabelAt(y, x + 1) != label);
                colors[y * panel.Width + x] = edge ? LabelColors.Of(label) : photo[y * panel.Width + x];
            }
        });
        return colors;

        int LabelAt(int y, int x) =>
            y < 0 || x < 0 || y >= panel.Height || x >= panel.Width
                ? -1
                : labels.Data[(long)panel.Source(y, height).From * width + panel.Source(x, width).From];
    }

    private static SKColor[] Flows(NdArray<float> flows, PanelSize panel)
    {
        int size = panel.Height * panel.Width;
        float[] shown = new float[2 * size];
        for (int c = 0; c < 2; c++)
            Shrink(flows, c, panel).CopyTo(shown, c * size);
        byte[] rgb = FlowColors.Paint(new NdArray<float>(shown, 2, panel.Height, panel.Width)).Data;
        return [.. Enumerable.Range(0, size).Select(i => new SKColor(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]))];
    }

    private static SKColor[] Probability(NdArray<float> cellProb, PanelSize panel)
    {
        var map = new Viridis();
        SKColor[] table = [.. Enumerable.Range(0, 256).Select(i => map.GetColor(i / 255.0)).Select(c => new SKColor(c.R, c.G, c.B))];
        return [.. Shrink(cellProb.Reshape([1, .. cellProb.Shape]), 0, panel).Select(logit => table[(int)(255 / (1 + Math.Exp(-logit)))])];
    }

    // one channel at the panel's size: the mean of the pixels under each panel pixel, or the nearest one when enlarging
    private static float[] Shrink(NdArray<float> array, int channel, PanelSize panel)
    {
        int height = array.Shape[1], width = array.Shape[2];
        // maps at the network's scale have another size than the image
        var own = new PanelSize(panel.Height, panel.Width, (double)panel.Width / width);
        float[] result = new float[panel.Height * panel.Width];
        Parallel.For(0, panel.Height, y =>
        {
            ReadOnlySpan<float> plane = array.Plane(channel);
            (int y0, int y1) = own.Source(y, height);
            for (int x = 0; x < panel.Width; x++)
            {
                (int x0, int x1) = own.Source(x, width);
                double sum = 0;
                for (int sy = y0; sy < y1; sy++)
                {
                    for (int sx = x0; sx < x1; sx++)
                        sum += plane[sy * width + sx];
                }
                result[y * panel.Width + x] = (float)(sum / ((y1 - y0) * (x1 - x0)));
            }
        });
        return result;
    }

    private static byte[] Stretch(float[] values)
    {
        var contrast = Contrast.For([values]);
        return Array.ConvertAll(values, contrast.Of);
    }
}
