using System.Buffers;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Exact squared Euclidean distance to the nearest marked pixel of a plane, in time proportional to its pixels.</summary>
/// <remarks>Columns first, then per row the lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012), in integers.</remarks>
internal static class SquaredDistance
{
    /// <summary>A distance along a column that stands for "no marked pixel"; its square fits a long sum.</summary>
    public const int None = 1 << 30;

    /// <summary>Distance of every pixel to the nearest marked one of its column.</summary>
    /// <param name="sites">bool <c>[height, width]</c>, the marked pixels; borrowed.</param>
    /// <param name="columns">int32 <c>[height, width]</c>, receives pixels or <see cref="None"/>.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void AlongColumns(ReadOnlySpan<bool> sites, Span<int> columns, int height, int width)
    {
        for (int i = 0; i < height * width; i++)
            columns[i] = sites[i] ? 0 : i < width || columns[i - width] == None ? None : columns[i - width] + 1;
        for (int i = (height - 1) * width - 1; i >= 0; i--)
        {
            if (columns[i + width] < columns[i])
                columns[i] = columns[i + width] + 1;
        }
    }

    /// <summary>Turns one row of column distances into squared distances in the plane.</summary>
    /// <param name="columns">int32 [width], distances along columns; borrowed.</param>
    /// <param name="squared">int64 [width], receives squared pixels; <see cref="long.MaxValue"/> when nothing is marked.</param>
    public static void AlongRow(ReadOnlySpan<int> columns, Span<long> squared)
    {
        int width = columns.Length, count = 0;
        int[] apex = ArrayPool<int>.Shared.Rent(width), from = ArrayPool<int>.Shared.Rent(width);
        for (int x = 0; x < width; x++)
        {
            if (columns[x] == None)
                continue;
            int begin = 0;
            while (count > 0)
            {
                begin = FirstBelow(columns, apex[count - 1], x);
                if (begin > from[count - 1])
                    break;
                count--;                                                 // the new parabola covers all of the last one
                begin = 0;
            }
            if (begin >= width)
                continue;
            apex[count] = x;
            from[count++] = begin;
        }

        if (count == 0)
            squared.Fill(long.MaxValue);
        for (int k = 0; k < count; k++)
        {
            int end = k + 1 < count ? from[k + 1] : width;
            long height = (long)columns[apex[k]] * columns[apex[k]];
            for (int x = from[k]; x < end; x++)
                squared[x] = height + (long)(x - apex[k]) * (x - apex[k]);
        }
        ArrayPool<int>.Shared.Return(apex);
        ArrayPool<int>.Shared.Return(from);
    }

    /// <summary>The first place where the parabola at <paramref name="right"/> lies below the one at <paramref name="left"/>.</summary>
    private static int FirstBelow(ReadOnlySpan<int> columns, int left, int right)
    {
        long a = (long)columns[left] * columns[left] + (long)left * left;
        long b = (long)columns[right] * columns[right] + (long)right * right;
        // below where 2 x (right - left) > b - a
        long place = Math.DivRem(b - a, 2L * (right - left), out long rest);
        if (rest < 0)
            place--;                                                     // floor
        return (int)Math.Clamp(place + 1, 0, int.MaxValue);
    }
}
