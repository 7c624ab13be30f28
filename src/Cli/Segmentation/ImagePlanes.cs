using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Takes an image file apart into the 2D images to segment.</summary>
internal static class ImagePlanes
{
    /// <summary>One image [1 or 2, Y, X] for each time point and plane, time slowest.</summary>
    /// <param name="image">float32 [T, C, Z, Y, X] minus absent axes; borrowed.</param>
    /// <param name="chan">Channel of the cells; 0 = mean of all.</param>
    /// <param name="chan2">Channel of the nuclei; 0 = none.</param>
    /// <exception cref="ArgumentException">The file has no such channel.</exception>
    public static IReadOnlyList<NdArray<float>> Split(LoadedImage image, int chan, int chan2)
    {
        (int times, int channels, int depth) = (Length(image, 'T'), Length(image, 'C'), Length(image, 'Z'));
        (int height, int width) = (Length(image, 'Y'), Length(image, 'X'));
        int size = height * width;
        var planes = new List<NdArray<float>>();
        for (int t = 0; t < times; t++)
        {
            for (int z = 0; z < depth; z++)
            {
                if (channels == 1 && chan is 0 or 1 && chan2 == 0 && times * depth == 1)
                    return [image.Pixels.Reshape(1, height, width)];     // nothing to select: no copy of a large image
                var plane = new NdArray<float>(channels, height, width);
                for (int c = 0; c < channels; c++)
                    image.Pixels.Span.Slice((((t * channels) + c) * depth + z) * size, size).CopyTo(plane.Plane(c));
                planes.Add(ChannelSelector.Select(plane, chan, chan2));
            }
        }
        return planes;
    }

    /// <summary>The letters and lengths of the label image that belongs to an image: without channels.</summary>
    public static (string Axes, int[] Shape) LabelShape(LoadedImage image)
    {
        string axes = image.Axes.Replace("C", "", StringComparison.Ordinal);
        return (axes, [.. axes.Select(a => Length(image, a))]);
    }

    private static int Length(LoadedImage image, char axis) =>
        image.Axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? image.Pixels.Shape[i] : 1;
}
