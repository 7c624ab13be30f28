using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>A view drawn at some size.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Colors">[Height, Width].</param>
internal sealed record ViewPanel(int Height, int Width, SKColor[] Colors)
{
    private const double Dimmest = 0.25;                                 // a cell's colour is never darker: faint cells stay visible

    /// <summary>The image: one channel grey, two green and blue.</summary>
    public static ViewPanel Plain(IReadOnlyList<VolumeView> channels, IReadOnlyList<Contrast> contrasts, int height, int width)
    {
        byte[][] shown = [.. channels.Select((view, c) => Shrink(view, contrasts[c], height, width))];
        return new ViewPanel(height, width,
            [.. shown[0].Select((v, i) => shown.Length == 1 ? new SKColor(v, v, v) : new SKColor(0, v, shown[1][i]))]);
    }

    /// <summary>The image with each cell's outline in its own colour.</summary>
    public static ViewPanel Outlined(IReadOnlyList<VolumeView> channels, IReadOnlyList<Contrast> contrasts, int height, int width)
    {
        ViewPanel panel = Plain(channels, contrasts, height, width);
        VolumeView view = channels[0];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int label = LabelAt(y, x);
                if (label != 0 && (LabelAt(y - 1, x) != label || LabelAt(y + 1, x) != label || LabelAt(y, x - 1) != label || LabelAt(y, x + 1) != label))
                    panel.Colors[y * width + x] = LabelColors.Of(label);
            }
        }
        return panel;

        int LabelAt(int y, int x) => y < 0 || x < 0 || y >= height || x >= width
            ? -1 : view.Labels[(int)((long)y * view.Rows / height) * view.Columns + (int)((long)x * view.Columns / width)];
    }

    /// <summary>Each cell in its colour, as bright as the image.</summary>
    public static ViewPanel Coloured(VolumeView view, Contrast contrast, int height, int width)
    {
        var colors = new SKColor[height * width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (int)((long)y * view.Rows / height) * view.Columns + (int)((long)x * view.Columns / width);
                if (view.Labels[at] == 0)
                {
                    colors[y * width + x] = SKColors.Black;
                    continue;
                }
                SKColor c = LabelColors.Of(view.Labels[at]);
                double light = Dimmest + (1 - Dimmest) * contrast.Of(view.Intensity[at]) / 255;
                colors[y * width + x] = new SKColor((byte)(c.Red * light), (byte)(c.Green * light), (byte)(c.Blue * light));
            }
        }
        return new ViewPanel(height, width, colors);
    }

    // the mean of what lies under each pixel, or the nearest value when enlarging
    private static byte[] Shrink(VolumeView view, Contrast contrast, int height, int width)
    {
        byte[] shown = new byte[height * width];
        for (int y = 0; y < height; y++)
        {
            (int y0, int y1) = Source(y, height, view.Rows);
            for (int x = 0; x < width; x++)
            {
                (int x0, int x1) = Source(x, width, view.Columns);
                double sum = 0;
                for (int sy = y0; sy < y1; sy++)
                {
                    for (int sx = x0; sx < x1; sx++)
                        sum += view.Intensity[sy * view.Columns + sx];
                }
                shown[y * width + x] = contrast.Of((float)(sum / ((y1 - y0) * (x1 - x0))));
            }
        }
        return shown;
    }

    private static (int From, int To) Source(int position, int shown, int length)
    {
        int from = (int)((long)position * length / shown);
        return (from, Math.Max(from + 1, (int)((long)(position + 1) * length / shown)));
    }
}
