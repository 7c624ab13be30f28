namespace Cellpose3D.Core2D.Metrics;

/// <summary>Counts marked pixels under a disc around every pixel, the plane being mirrored at its borders.</summary>
/// <remarks>A convolution with a disc of ones, by sums along rows: pixels times rows of the disc.</remarks>
internal static class DiscCounts
{
    /// <summary>Counts the marked pixels.</summary>
    /// <param name="marked">bool <c>[height, width]</c>; borrowed.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="radius">Pixels at this distance or nearer are under the disc.</param>
    /// <returns>int32 <c>[height, width]</c>; owned by the caller.</returns>
    public static int[] Count(bool[] marked, int height, int width, double radius)
    {
        int reach = (int)Math.Floor(radius), stride = width + 2 * reach + 1;
        int[] sums = new int[height * stride];                           // [y, x + reach]: marked pixels left of x, from -reach on
        for (int y = 0; y < height; y++)
        {
            for (int x = -reach; x < width + reach; x++)
                sums[y * stride + x + reach + 1] = sums[y * stride + x + reach] + (marked[y * width + Mirror(x, width)] ? 1 : 0);
        }

        int[] counts = new int[height * width];
        for (int dy = -reach; dy <= reach; dy++)
        {
            int half = reach;
            while (Math.Sqrt((double)dy * dy + (double)half * half) > radius)
                half--;
            for (int y = 0; y < height; y++)
            {
                int row = Mirror(y + dy, height) * stride + reach;
                for (int x = 0; x < width; x++)
                    counts[y * width + x] += sums[row + x + half + 1] - sums[row + x - half];
            }
        }
        return counts;
    }

    /// <summary>The pixel found at an index when the axis is mirrored at its ends, edge pixels repeated: c b a | a b c | c b a.</summary>
    private static int Mirror(int index, int length)
    {
        int place = index % (2 * length);
        if (place < 0)
            place += 2 * length;
        return place < length ? place : 2 * length - 1 - place;
    }
}
