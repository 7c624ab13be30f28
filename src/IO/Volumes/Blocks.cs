namespace Cellpose3D.IO.Volumes;

/// <summary>Copies between arrays of any number of axes, sample by sample or row by row.</summary>
internal static class Blocks
{
    /// <summary>Distances of neighbours along each axis, in samples, C order.</summary>
    public static long[] Strides(int[] shape)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= shape[axis];
        }
        return strides;
    }

    /// <summary>Distances in a source that is one row, repeated along every other axis.</summary>
    public static long[] RowStrides(int rank)
    {
        long[] strides = new long[rank];
        strides[^1] = 1;
        return strides;
    }

    /// <summary>Copies a block between two places that may order the axes differently.</summary>
    /// <param name="from">Bytes of the source; borrowed.</param>
    /// <param name="fromAt">First sample of the block there.</param>
    /// <param name="fromStrides">Distances along the block's axes there, in samples.</param>
    /// <param name="to">Bytes of the target.</param>
    /// <param name="toAt">First sample of the block there.</param>
    /// <param name="toStrides">Distances along the block's axes there, in samples.</param>
    /// <param name="count">Lengths of the block.</param>
    /// <param name="size">Bytes of a sample.</param>
    public static void Copy(
        ReadOnlySpan<byte> from, long fromAt, long[] fromStrides, Span<byte> to, long toAt, long[] toStrides, int[] count, int size)
    {
        int last = count.Length - 1;
        if (count.Any(length => length == 0))
            return;
        bool isRow = last < 0 || (fromStrides[last] == 1 && toStrides[last] == 1);
        int[] index = new int[Math.Max(0, last)];
        while (true)
        {
            if (isRow)
            {
                int bytes = (last < 0 ? 1 : count[last]) * size;
                from.Slice(checked((int)(fromAt * size)), bytes).CopyTo(to.Slice(checked((int)(toAt * size)), bytes));
            }
            else
            {
                for (int i = 0; i < count[last]; i++)
                {
                    from.Slice(checked((int)((fromAt + (i * fromStrides[last])) * size)), size)
                        .CopyTo(to.Slice(checked((int)((toAt + (i * toStrides[last])) * size)), size));
                }
            }
            int axis = last - 1;
            for (; axis >= 0; axis--)
            {
                fromAt += fromStrides[axis];
                toAt += toStrides[axis];
                if (++index[axis] < count[axis])
                    break;
                fromAt -= fromStrides[axis] * count[axis];
                toAt -= toStrides[axis] * count[axis];
                index[axis] = 0;
            }
            if (axis < 0)
                return;
        }
    }
}
