namespace Cellpose3D.Core2D.Measurements;

/// <summary>Perimeter and convex hull of one cell in a plane, by the rules of scikit-image.</summary>
/// <param name="Perimeter">Length of the line through the cell's border pixels.</param>
/// <param name="ConvexArea">Pixels whose middles lie in or on the hull of the middles of all pixels' edges.</param>
internal readonly record struct PlaneShape(double Perimeter, long ConvexArea)
{
    /// <summary>Measures a cell.</summary>
    /// <param name="region">The cell and its box.</param>
    /// <param name="labels">int32 [Y, X].</param>
    /// <param name="width">Columns of the plane.</param>
    public static PlaneShape Measure(in LabelRegion region, ReadOnlySpan<int> labels, int width)
    {
        int rows = region.Y1 - region.Y0, columns = region.X1 - region.X0, stride = columns + 4;
        bool[] inside = new bool[(rows + 4) * stride];                   // two pixels of frame on every side
        int[] left = new int[rows], right = new int[rows];
        for (int y = 0; y < rows; y++)
        {
            (left[y], right[y]) = (int.MaxValue, -1);
            ReadOnlySpan<int> row = labels.Slice((region.Y0 + y) * width + region.X0, columns);
            for (int x = 0; x < columns; x++)
            {
                if (row[x] != region.Label)
                    continue;
                inside[(y + 2) * stride + x + 2] = true;
                left[y] = Math.Min(left[y], x);
                right[y] = x;
            }
        }
        return new PlaneShape(MeasurePerimeter(inside, stride), CountConvex(left, right));
    }

    // a border pixel counts by the border pixels around it: 1 where the line goes on straight, the root of 2 where it goes on
    // diagonally, half of each where it does both (Benkrid and Crookes, as in scikit-image)
    private static double MeasurePerimeter(bool[] inside, int stride)
    {
        bool[] border = new bool[inside.Length];
        for (int i = stride + 1; i < inside.Length - stride - 1; i++)
            border[i] = inside[i] && !(inside[i - 1] && inside[i + 1] && inside[i - stride] && inside[i + stride]);
        long straight = 0, diagonal = 0, both = 0;
        for (int i = stride + 1; i < inside.Length - stride - 1; i++)
        {
            if (!border[i])
                continue;
            int sides = Count(border, i - 1, i + 1, i - stride, i + stride);
            int corners = Count(border, i - stride - 1, i - stride + 1, i + stride - 1, i + stride + 1);
            switch (1 + 2 * sides + 10 * corners)
            {
                case 5 or 7 or 15 or 17 or 25 or 27:
                    straight++;
                    break;
                case 21 or 33:
                    diagonal++;
                    break;
                case 13 or 23:
                    both++;
                    break;
            }
        }
        return straight + diagonal * Math.Sqrt(2) + both * (1 + Math.Sqrt(2)) / 2;
    }

    private static int Count(bool[] border, int a, int b, int c, int d) =>
        (border[a] ? 1 : 0) + (border[b] ? 1 : 0) + (border[c] ? 1 : 0) + (border[d] ? 1 : 0);

    /// <summary>In half pixels: the leftmost and rightmost middles of edges in each half row make two convex chains.</summary>
    private static long CountConvex(int[] left, int[] right)
    {
        int rows = left.Length;
        var leftChain = new List<(long Y, long X)>();
        var rightChain = new List<(long Y, long X)>();
        for (int half = -1; half <= 2 * rows - 1; half++)
        {
            long least = long.MaxValue, most = long.MinValue;
            if (half % 2 == 0)
            {
                Include(left, right, half / 2, 1, ref least, ref most);
            }
            else
            {
                Include(left, right, (half - 1) / 2, 0, ref least, ref most);
                Include(left, right, (half + 1) / 2, 0, ref least, ref most);
            }
            if (least > most)
                continue;
            Extend(leftChain, (half, least), 1);
            Extend(rightChain, (half, most), -1);
        }

        long count = 0;
        int l = 0, r = 0;
        for (int y = 0; y < rows; y++)
        {
            while (leftChain[l + 1].Y < 2 * y)
                l++;
            while (rightChain[r + 1].Y < 2 * y)
                r++;
            // the first whole pixel at or right of the left chain, the last at or left of the right one
            long first = -FloorAt(leftChain[l], leftChain[l + 1], 2 * y, -1), last = FloorAt(rightChain[r], rightChain[r + 1], 2 * y, 1);
            count += Math.Max(0, last - first + 1);
        }
        return count;
    }

    private static void Include(int[] left, int[] right, int row, int reach, ref long least, ref long most)
    {
        if (row < 0 || row >= left.Length || right[row] < 0)
            return;
        least = Math.Min(least, 2L * left[row] - reach);
        most = Math.Max(most, 2L * right[row] + reach);
    }

    private static void Extend(List<(long Y, long X)> chain, (long Y, long X) point, int side)
    {
        while (chain.Count >= 2)
        {
            ((long y0, long x0), (long y1, long x1)) = (chain[^2], chain[^1]);
            // the middle point must lie beyond the line from the one before it to the new one
            if (side * ((x1 - x0) * (point.Y - y0) - (point.X - x0) * (y1 - y0)) < 0)
                break;
            chain.RemoveAt(chain.Count - 1);
        }
        chain.Add(point);
    }

    /// <summary>Half of where the line between two points is at a height, times a sign, rounded down.</summary>
    private static long FloorAt((long Y, long X) from, (long Y, long X) to, long y, int sign)
    {
        long dividend = sign * (from.X * (to.Y - from.Y) + (to.X - from.X) * (y - from.Y)), divisor = 2 * (to.Y - from.Y);
        long quotient = Math.DivRem(dividend, divisor, out long rest);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
