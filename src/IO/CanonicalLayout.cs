using Cellpose3D.Core2D;

namespace Cellpose3D.IO;

/// <summary>Puts values that lie in a file's order of axes into the project's order, [T, C, Z, Y, X] minus absent axes.</summary>
internal static class CanonicalLayout
{
    /// <summary>Lengths in canonical order.</summary>
    public static int[] Shape(string axes, int[] shape) =>
        [.. AxisOrder.Sorted(axes).Select(a => shape[axes.IndexOf(a, StringComparison.Ordinal)])];

    /// <summary>For each axis of the file, the distance of neighbours along it in the canonical array.</summary>
    public static long[] Strides(string axes, int[] shape)
    {
        long[] strides = new long[axes.Length];
        long step = 1;
        foreach (char axis in AxisOrder.Sorted(axes).Reverse())
        {
            int i = axes.IndexOf(axis, StringComparison.Ordinal);
            strides[i] = step;
            step *= shape[i];
        }
        return strides;
    }

    /// <summary>Number of values, checked against what one array can hold.</summary>
    public static int Count(int[] shape, string path)
    {
        UInt128 count = 1;
        foreach (int length in shape)
            count *= (uint)length;
        return count <= (UInt128)Array.MaxLength ? (int)count : throw new NotSupportedException(
            $"'{path}' has [{string.Join(", ", shape)}] values; at most {Array.MaxLength} are read at once: cut it or read it plane by plane.");
    }

    /// <summary>Reorders axes; the same array comes back when they are in order already.</summary>
    /// <param name="array"><typeparamref name="T"/> with the axes of <paramref name="axes"/>; borrowed.</param>
    /// <param name="axes">Letters of its axes.</param>
    public static NdArray<T> Arrange<T>(NdArray<T> array, string axes)
        where T : unmanaged
    {
        if (AxisOrder.Sorted(axes) == axes)
            return array;
        long[] strides = Strides(axes, array.Shape);
        T[] result = new T[array.Length];
        int last = axes.Length - 1, run = array.Shape[last];
        int[] index = new int[last];                                  // all axes but the fastest of the file
        for (int from = 0; from < array.Length; from += run)
        {
            long to = 0;
            for (int axis = 0; axis < last; axis++)
                to += index[axis] * strides[axis];
            for (int i = 0; i < run; i++, to += strides[last])
                result[to] = array.Data[from + i];
            for (int axis = last - 1; axis >= 0 && ++index[axis] == array.Shape[axis]; axis--)
                index[axis] = 0;
        }
        return new NdArray<T>(result, Shape(axes, array.Shape));
    }
}
