using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Images of bright discs on a dark, noisy ground, and files of them.</summary>
internal static class TestImages
{
    /// <summary>Discs of 16 to 20 pixels, one to a square of 40, none on the border.</summary>
    /// <returns>float32 [Y, X], whole numbers, 0 to 255.</returns>
    public static NdArray<float> Discs(int height, int width, int seed)
    {
        const int Square = 40;
        var random = new Random(seed);
        var image = new NdArray<float>(height, width);
        foreach (ref float value in image.Span)
            value = 18 + random.Next(8);
        for (int top = 0; top + Square <= height; top += Square)
        {
            for (int left = 0; left + Square <= width; left += Square)
            {
                int cy = top + 20 + random.Next(-4, 5), cx = left + 20 + random.Next(-4, 5), radius = random.Next(8, 11);
                for (int y = top; y < top + Square; y++)
                {
                    for (int x = left; x < left + Square; x++)
                    {
                        if ((y - cy) * (y - cy) + (x - cx) * (x - cx) <= radius * radius)
                            image.Data[y * width + x] += 100;
                    }
                }
            }
        }
        return image;
    }

    /// <summary>Only the noise of <see cref="Discs"/>.</summary>
    public static NdArray<float> Empty(int height, int width, int seed)
    {
        var random = new Random(seed);
        var image = new NdArray<float>(height, width);
        foreach (ref float value in image.Span)
            value = 18 + random.Next(8);
        return image;
    }

    /// <summary>Arrays of one shape as the planes of a new first axis.</summary>
    public static NdArray<float> Stack(params NdArray<float>[] planes)
    {
        var stack = new NdArray<float>([planes.Length, .. planes[0].Shape]);
        for (int n = 0; n < planes.Length; n++)
            planes[n].Span.CopyTo(stack.Plane(n));
        return stack;
    }

    /// <summary>Writes a 16-bit TIFF with axes in its metadata.</summary>
    public static string WriteTiff(string path, NdArray<float> image, string axes)
    {
        using var writer = new TiffWriter(path, PixelType.UInt16, axes, image.Shape);
        int size = image.Shape[^1] * image.Shape[^2];
        for (int from = 0; from < image.Length; from += size)
            writer.WritePlane<ushort>(Array.ConvertAll(image.Data[from..(from + size)], v => ushort.CreateChecked(v)));
        writer.Complete();
        return path;
    }

    /// <summary>Writes a .npy file.</summary>
    public static string WriteNpy<T>(string path, NdArray<T> image)
        where T : unmanaged
    {
        using FileStream stream = File.Create(path);
        IO.Numpy.NpyFile.Write(stream, image);
        return path;
    }

    /// <summary>Writes the first half of a file.</summary>
    public static string WriteHalf(string whole, string path)
    {
        byte[] bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        return path;
    }

    /// <summary>Bytes that are no file of any kind.</summary>
    public static string WriteNoise(string path)
    {
        byte[] bytes = new byte[5000];
        new Random(11).NextBytes(bytes);
        bytes[0] = 0xEE;                 // begins no format
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>The files of a folder and those below it, by their path within it.</summary>
    public static string[] FilesIn(string folder) =>
        !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    /// <summary>The index of each label's first pixel, by label from 1.</summary>
    public static int[] FirstPixels(NdArray<int> labels)
    {
        int[] first = Enumerable.Repeat(-1, labels.Data.Length == 0 ? 0 : labels.Data.Max() + 1).ToArray();
        for (int i = labels.Length - 1; i >= 0; i--)
            first[labels.Data[i]] = i;
        return first[1..];
    }

    /// <summary>A number as the program prints it.</summary>
    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
