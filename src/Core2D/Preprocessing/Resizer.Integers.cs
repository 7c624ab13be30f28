namespace Cellpose3D.Core2D.Preprocessing;

public static partial class Resizer
{
    private const int One = 2048; // weight 1 of the 8-bit rule

    /// <summary>Resizes every plane by bilinear interpolation, rounding halves to even.</summary>
    /// <param name="image">uint16 [(any axes,) Y, X]; borrowed.</param>
    /// <param name="height">New Y, at least 1.</param>
    /// <param name="width">New X, at least 1.</param>
    /// <param name="threads">Number of threads; 0 is one for each processor. It never changes a value.</param>
    /// <returns>uint16 [(same axes,) height, width]; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has fewer than two axes or an empty plane.</exception>
    public static NdArray<ushort> Bilinear(NdArray<ushort> image, int height, int width, int threads = 0)
    {
        NdArray<ushort> resized = Prepare(image, height, width, threads);
        if (SameSize(image, resized))
            return image.Clone();
        int sourceHeight = image.Shape[^2], sourceWidth = image.Shape[^1];
        var rows = new LinearAxis(sourceHeight, height, dropFractionAtEdge: false);
        var columns = new LinearAxis(sourceWidth, width, dropFractionAtEdge: true);
        ForRows(resized, threads, () => new RowPair<float>(width), (row, pair) =>
        {
            (int plane, int y) = Math.DivRem(row, height);
            int first = plane * sourceHeight + rows.First[y], second = plane * sourceHeight + rows.Second[y];
            pair.Load(first, second, (index, target) =>
            {
                ReadOnlySpan<ushort> source = image.Data.AsSpan(index * sourceWidth, sourceWidth);
                for (int x = 0; x < width; x++)
                    target[x] = source[columns.First[x]] * (1 - columns.Fraction[x]) + source[columns.Second[x]] * columns.Fraction[x];
            });
            float fraction = rows.Fraction[y];
            for (int x = 0; x < width; x++)
                resized.Data[row * width + x] = (ushort)MathF.Round(pair.First[x] * (1 - fraction) + pair.Second[x] * fraction);
        });
        return resized;
    }

    /// <summary>Resizes every plane by bilinear interpolation in OpenCV's fixed-point arithmetic.</summary>
    /// <param name="image">uint8 [(any axes,) Y, X]; borrowed.</param>
    /// <param name="height">New Y, at least 1.</param>
    /// <param name="width">New X, at least 1.</param>
    /// <param name="threads">Number of threads; 0 is one for each processor. It never changes a value.</param>
    /// <returns>uint8 [(same axes,) height, width]; owned by the caller.</returns>
    /// <remarks>Weights are multiples of 1/2048 and products lose their low bits, so one value in eight is a grey level below the exact mean.</remarks>
    /// <exception cref="ArgumentException">The image has fewer than two axes or an empty plane.</exception>
    public static NdArray<byte> Bilinear(NdArray<byte> image, int height, int width, int threads = 0)
    {
        NdArray<byte> resized = Prepare(image, height, width, threads);
        if (SameSize(image, resized))
            return image.Clone();
        int sourceHeight = image.Shape[^2], sourceWidth = image.Shape[^1];
        var rows = new LinearAxis(sourceHeight, height, dropFractionAtEdge: false);
        var columns = new LinearAxis(sourceWidth, width, dropFractionAtEdge: true);
        ForRows(resized, threads, () => new RowPair<int>(width), (row, pair) =>
        {
            (int plane, int y) = Math.DivRem(row, height);
            int first = plane * sourceHeight + rows.First[y], second = plane * sourceHeight + rows.Second[y];
            pair.Load(first, second, (index, target) =>
            {
                ReadOnlySpan<byte> source = image.Data.AsSpan(index * sourceWidth, sourceWidth);
                for (int x = 0; x < width; x++)
                {
                    (int before, int after) = Weights(columns.Fraction[x]);
                    target[x] = source[columns.First[x]] * before + source[columns.Second[x]] * after;
                }
            });
            (int above, int below) = Weights(rows.Fraction[y]);
            for (int x = 0; x < width; x++)
            {
                int sum = ((above * (pair.First[x] >> 4)) >> 16) + ((below * (pair.Second[x] >> 4)) >> 16);
                resized.Data[row * width + x] = (byte)((sum + 2) >> 2);
            }
        });
        return resized;
    }

    private static (int Before, int After) Weights(float fraction)
        => ((int)MathF.Round((1 - fraction) * One), (int)MathF.Round(fraction * One));
}
