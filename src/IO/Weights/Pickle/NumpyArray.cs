using System.Numerics;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A NumPy array of a pickle: shape, element type, and bytes or objects.</summary>
internal sealed class NumpyArray
{
    public int[] Shape { get; set; } = [0];

    public NumpyDtype Dtype { get; set; } = new("u1");

    public bool FortranOrder { get; set; }

    /// <summary>The values, when the type is a plain number.</summary>
    public PickleBytes? Bytes { get; set; }

    /// <summary>The values, when the type is object.</summary>
    public List<object?>? Objects { get; set; }

    /// <summary>Number of values.</summary>
    public Int128 Count
    {
        get
        {
            Int128 count = 1;
            foreach (int length in Shape)
                count = Int128.Min(count * length, long.MaxValue);
            return Shape.Contains(0) ? 0 : count;
        }
    }

    /// <summary>Copies the values out, converted to <typeparamref name="T"/>.</summary>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">Objects, or another number of bytes than the shape needs.</exception>
    /// <exception cref="NotSupportedException">Not plain numbers, or more values than one array holds.</exception>
    public NdArray<T> ToNdArray<T>(string name)
        where T : unmanaged, INumber<T>
    {
        if (Dtype.Size == 0)
            throw new NotSupportedException($"{name} holds values of type '{PickleReader.Printable(Dtype.Code)}'; plain integers, floats and booleans are read.");
        long length = Bytes?.Length ?? 0;
        if (Count * Dtype.Size != length)
            throw new InvalidDataException($"{name} of [{string.Join(", ", Shape)}] {Dtype.Descr} needs {Count * Dtype.Size} bytes; the file has {length}.");
        if (Count > Array.MaxLength)
            throw new NotSupportedException($"{name} has {Count} values; at most {Array.MaxLength} fit one array.");
        if (Count == 0)
            return new NdArray<T>(Shape);
        using Stream stream = Bytes!.Open();
        return NpyFile.ReadValues<T>(stream, new NpyHeader(Dtype.Descr, FortranOrder, Shape), name);
    }
}
