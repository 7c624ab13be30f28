namespace Cellpose3D.Core2D.Measurements;

/// <summary>Grows cells by whole pixels in all eight directions.</summary>
public static class LabelDilation
{
    /// <summary>Grows every cell.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed. A volume is taken plane by plane.</param>
    /// <param name="rounds">Number of pixels to grow by.</param>
    /// <param name="overwriteNeighbours">
    /// Lets each cell, in ascending order of labels, grow over its neighbours, as the reference does against its own comment: small cells
    /// beside larger labels vanish. By default only background is taken, and a pixel between two cells goes to the smaller label.
    /// </param>
    /// <returns>int32, shaped like <paramref name="labels"/>; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    public static NdArray<int> Dilate(NdArray<int> labels, int rounds, bool overwriteNeighbours = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rounds);
        (int depth, int height, int width) = LabelRegions.Axes(labels);
        NdArray<int> result = labels.Clone();
        for (int z = 0; z < depth; z++)
        {
            LabelRegion[] regions = LabelRegions.FindInPlane(labels.Data, z, height, width);
            Span<int> plane = result.Data.AsSpan(z * height * width, height * width);
            for (int round = 0; round < rounds; round++)
            {
                if (overwriteNeighbours)
                    GrowOver(plane, regions, round, height, width);
                else
                    GrowIntoBackground(plane, height, width);
            }
        }
        return result;
    }

    private static void GrowIntoBackground(Span<int> plane, int height, int width)
    {
        int[] before = plane.ToArray();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (before[y * width + x] != 0)
                    continue;
                int smallest = int.MaxValue;
                for (int ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
                {
                    for (int nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                    {
                        int label = before[ny * width + nx];
                        if (label != 0 && label < smallest)
                            smallest = label;
                    }
                }
                if (smallest != int.MaxValue)
                    plane[y * width + x] = smallest;
            }
        }
    }

    /// <summary>One round, label after label in ascending order, each over whatever the round has made so far.</summary>
    private static void GrowOver(Span<int> plane, LabelRegion[] regions, int round, int height, int width)
    {
        var own = new List<int>();
        foreach (LabelRegion region in regions)
        {
            own.Clear();
            for (int y = Math.Max(0, region.Y0 - round); y < Math.Min(height, region.Y1 + round); y++)
            {
                for (int x = Math.Max(0, region.X0 - round); x < Math.Min(width, region.X1 + round); x++)
                {
                    if (plane[y * width + x] == region.Label)
                        own.Add(y * width + x);
                }
            }
            foreach (int i in own)
            {
                int y = i / width, x = i % width;
                for (int ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
                {
                    for (int nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                        plane[ny * width + nx] = region.Label;
                }
            }
        }
    }
}
