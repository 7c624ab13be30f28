namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Resizes labels without mixing them.</summary>
public static class LabelResize
{
    /// <summary>Nearest-neighbour resize: target pixel i takes source pixel floor(i * source / target).</summary>
    /// <param name="labels">int32 <c>[Y, X]</c>; borrowed.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>int32 <c>[height, width]</c>; owned by the caller.</returns>
    /// <remarks>The rule of OpenCV's <c>INTER_NEAREST</c>, not the half-pixel one; the factor is a double as there.</remarks>
    /// <exception cref="ArgumentException">The array has not two axes, or is empty while the result is not.</exception>
    public static NdArray<int> Nearest(NdArray<int> labels, int height, int width)
    {
        if (labels.Rank != 2 || labels.Length == 0)
            throw new ArgumentException($"labels must be [Y, X] with at least one pixel; got {labels}.", nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int[] columns = Sources(labels.Shape[1], width), rows = Sources(labels.Shape[0], height);
        var resized = new NdArray<int>(height, width);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<int> source = labels.Plane(rows[y]);
            Span<int> target = resized.Plane(y);
            for (int x = 0; x < width; x++)
                target[x] = source[columns[x]];
        }
        return resized;
    }

    private static int[] Sources(int source, int target)
    {
        double factor = 1 / ((double)target / source);
        return [.. Enumerable.Range(0, target).Select(i => Math.Min((int)Math.Floor(i * factor), source - 1))];
    }
}
