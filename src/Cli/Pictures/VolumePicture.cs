using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>
/// The picture of a volume, to look at: three planes at right angles through a place full of cells, with each cell's outline in its own
/// colour; beside them the brightest value along z and along y, and the brightest cells along them in their colours. Distances along z are true.
/// </summary>
/// <remarks>
/// Left to right: XY with XZ below, YZ, the projections of the image, the projections of the cells. Ticks mark where the planes cut each
/// other. The volume is read plane by plane; a few planes are held.
/// </remarks>
internal static class VolumePicture
{
    private const int LargestPanel = 720, SmallestPanel = 384, Gap = 6;

    /// <summary>Draws a volume in memory.</summary>
    /// <param name="image">float32 [Z, Y, X] or [1 or 2, Z, Y, X], as segmented; borrowed.</param>
    /// <param name="labels">int32 [Z, Y, X], 0 = background; borrowed.</param>
    /// <param name="spacing">Size of a voxel; cubes where it is not known.</param>
    /// <returns>A PNG file's bytes.</returns>
    /// <exception cref="ArgumentException">Image and labels have different sizes, or no voxel.</exception>
    public static byte[] Png(NdArray<float> image, NdArray<int> labels, VoxelSize spacing)
    {
        if (image.Rank is not (3 or 4) || labels.Rank != 3)
            throw new ArgumentException($"a picture needs an image [(C,) Z, Y, X] and labels [Z, Y, X]; got {image} and {labels}.", nameof(image));
        int channels = image.Rank == 4 ? image.Shape[0] : 1;
        int[] shape = image.Shape[^3..];
        NdArray<float> all = image.Reshape([channels, .. shape]);
        return Png([.. Enumerable.Range(0, channels).Select(c => PlaneSources.Of(new NdArray<float>(all.Plane(c).ToArray(), shape)))],
            PlaneSources.Of(labels), spacing);
    }

    /// <summary>Draws a volume that is read plane by plane, labels and first channel twice.</summary>
    /// <param name="channels">One channel, drawn grey, or two, drawn green and blue.</param>
    /// <param name="labels">0 = background.</param>
    /// <param name="spacing">Size of a voxel; cubes where it is not known.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>A PNG file's bytes.</returns>
    /// <exception cref="ArgumentException">Image and labels have different sizes, no voxel, or another number of channels.</exception>
    public static byte[] Png(
        IReadOnlyList<PlaneSource<float>> channels, PlaneSource<int> labels, VoxelSize spacing, CancellationToken cancellationToken = default)
    {
        if (channels.Count is not (1 or 2))
            throw new ArgumentException($"a picture shows 1 or 2 channels; got {channels.Count}.", nameof(channels));
        if (labels.Depth == 0 || labels.Height == 0 || labels.Width == 0)
            throw new ArgumentException($"a picture needs a voxel; got {labels.Depth} x {labels.Height} x {labels.Width}.", nameof(labels));
        foreach (PlaneSource<float> channel in channels)
        {
            if ((channel.Depth, channel.Height, channel.Width) != (labels.Depth, labels.Height, labels.Width))
            {
                throw new ArgumentException(
                    $"an image must have the size of its labels, {labels.Depth} x {labels.Height} x {labels.Width}; got {channel.Depth} x {channel.Height} x {channel.Width}.", nameof(channels));
            }
        }
        VolumeViews views = VolumeViews.Take(channels, labels, cancellationToken);
        return Draw(views, spacing);
    }

    private static byte[] Draw(VolumeViews views, VoxelSize spacing)
    {
        (double stepZ, double stepY) = (Ratio(spacing.Z, spacing.X), Ratio(spacing.Y, spacing.X));
        double longest = Math.Max(views.Width, Math.Max(views.Height * stepY, views.Depth * stepZ));
        double scale = longest > LargestPanel ? LargestPanel / longest : Math.Max(1, Math.Floor((SmallestPanel + longest - 1) / longest));
        (double perZ, double perY) = (scale * stepZ, scale * stepY);
        int z = Length(views.Depth, perZ), y = Length(views.Height, perY), x = Length(views.Width, scale);

        int[] left = [0, x + Gap, x + z + 2 * Gap, 2 * x + z + 3 * Gap];
        using var bitmap = new SKBitmap(left[3] + x, y + z + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(24, 24, 24));
        Contrast[] slices = views.Contrasts(v => [v.XY.Intensity, v.XZ.Intensity, v.YZ.Intensity]), brightest = views.Contrasts(v => [v.TopXY.Intensity, v.TopXZ.Intensity]);
        int atZ = (int)((views.AtZ + 0.5) * perZ), atY = (int)((views.AtY + 0.5) * perY), atX = (int)((views.AtX + 0.5) * scale);
        Place(bitmap, left[0], 0, ViewPanel.Outlined(views.Of(v => v.XY), slices, y, x), (atY, atX));
        Place(bitmap, left[0], y + Gap, ViewPanel.Outlined(views.Of(v => v.XZ), slices, z, x), (atZ, atX));
        Place(bitmap, left[1], 0, ViewPanel.Outlined(views.Of(v => v.YZ), slices, y, z), (atY, atZ));
        Place(bitmap, left[2], 0, ViewPanel.Plain(views.Of(v => v.TopXY), brightest, y, x), null);
        Place(bitmap, left[2], y + Gap, ViewPanel.Plain(views.Of(v => v.TopXZ), brightest, z, x), null);
        Place(bitmap, left[3], 0, ViewPanel.Coloured(views.CellsXY, brightest[0], y, x), null);
        Place(bitmap, left[3], y + Gap, ViewPanel.Coloured(views.CellsXZ, brightest[0], z, x), null);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    private static double Ratio(double? length, double? width) => length / width is { } ratio and > 0 && double.IsFinite(ratio) ? ratio : 1;

    private static int Length(int count, double scale) => Math.Max(1, (int)Math.Round(count * scale));

    private static void Place(SKBitmap bitmap, int left, int top, ViewPanel panel, (int Y, int X)? cut)
    {
        const int tick = 7;
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int y = 0; y < panel.Height; y++)
        {
            int at = 4 * ((top + y) * bitmap.Width + left);
            for (int x = 0; x < panel.Width; x++, at += 4)
            {
                SKColor c = panel.Colors[y * panel.Width + x];
                if (cut is var (cutY, cutX) && ((y == cutY && (x < tick || x >= panel.Width - tick)) || (x == cutX && (y < tick || y >= panel.Height - tick))))
                    c = SKColors.Yellow;
                (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (c.Red, c.Green, c.Blue, 255);
            }
        }
    }
}
