using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.Tests;

/// <summary>Draws movies of discs and balls for tests.</summary>
internal static class Discs
{
    /// <summary>A frame of discs (or balls) given by label, centre and radius; later ones do not cover earlier ones.</summary>
    public static NdArray<int> Draw(int[] shape, params (int Label, double Z, double Y, double X, double Radius)[] discs)
    {
        var labels = new NdArray<int>(shape);
        int height = shape[^2], width = shape[^1], depth = shape.Length == 3 ? shape[0] : 1;
        foreach ((int label, double cz, double cy, double cx, double r) in discs)
        {
            for (int z = 0; z < depth; z++)
            {
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                    {
                        ref int at = ref labels.Data[(z * height + y) * width + x];
                        if (at == 0 && (z - cz) * (z - cz) + (y - cy) * (y - cy) + (x - cx) * (x - cx) <= r * r)
                            at = label;
                    }
                }
            }
        }
        return labels;
    }

    /// <summary>A frame of discs in two dimensions.</summary>
    public static NdArray<int> Draw(int height, int width, params (int Label, double Y, double X, double Radius)[] discs) =>
        Draw([height, width], [.. discs.Select(d => (d.Label, 0.0, d.Y, d.X, d.Radius))]);
}
