using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Movies of discs with known tracks.</summary>
internal static class TestMovies
{
    /// <summary>Draws discs of given labels.</summary>
    public static NdArray<int> Discs(int height, int width, params (int Label, double Y, double X, double Radius)[] discs)
    {
        var labels = new NdArray<int>(height, width);
        foreach ((int label, double cy, double cx, double radius) in discs)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    if ((y - cy) * (y - cy) + (x - cx) * (x - cx) <= radius * radius)
                        labels.Data[y * width + x] = label;
                }
            }
        }
        return labels;
    }

    /// <summary>A cell that glides and one that divides after frame 2; their labels are shuffled from frame to frame.</summary>
    public static NdArray<int>[] GlideAndDivide(int frames = 6) =>
    [
        .. Enumerable.Range(0, frames).Select(t => t <= 2
            ? Discs(80, 96, (t % 2 == 0 ? 1 : 5, 16, 14 + 4 * t, 7), (t % 2 == 0 ? 2 : 3, 54, 60, 11))
            : Discs(80, 96, (4, 16, 14 + 4 * t, 7), (1, 54, 60 - 5 - 2 * t, 7.5), (9, 54, 60 + 5 + 2 * t, 7.5))),
    ];

    /// <summary>The same frame again and again.</summary>
    public static NdArray<T> Stack<T>(params NdArray<T>[] frames)
        where T : unmanaged =>
        new([.. frames.SelectMany(f => f.Data)], [frames.Length, .. frames[0].Shape]);

    /// <summary>Writes frames as <c>folder/t000.tif</c> and so on.</summary>
    public static string WriteLabels(string folder, params NdArray<int>[] frames)
    {
        Directory.CreateDirectory(folder);
        for (int t = 0; t < frames.Length; t++)
            TiffWriter.WriteLabels(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"t{t:d3}.tif")), frames[t]);
        return folder;
    }
}
