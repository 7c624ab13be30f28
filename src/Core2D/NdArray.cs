namespace Cellpose3D.Core2D;

/// <summary>A dense array on the host: values in C order and a shape, nothing else.</summary>
/// <remarks>
/// The currency between readers, kernels and writers. Axes follow the project's order, [T, C, Z, Y, X] minus absent
/// ones, unless a member says otherwise. Large work runs over <see cref="Span"/>; torch tensors appear only inside the network.
/// </remarks>
/// <typeparam name="T">Element type.</typeparam>
public sealed class NdArray<T>
    where T : unmanaged
{
    /// <summary>Wraps values without copying them.</summary>
    /// <param name="data">[product of shape], C order; owned by the new array from here on.</param>
    /// <param name="shape">Length of each axis, slowest first; an empty shape is a scalar.</param>
    /// <exception cref="ArgumentException">The shape's product is not the number of values, or an axis is negative.</exception>
    public NdArray(T[] data, params int[] shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            count *= length;
        }
        if (count != data.LongLength)
            throw new ArgumentException($"shape [{string.Join(", ", shape)}] needs {count} values; got {data.LongLength}.", nameof(data));
        Data = data;
        Shape = shape;
    }

    /// <summary>Makes an array of zeros.</summary>
    /// <param name="shape">Length of each axis, slowest first.</param>
    /// <exception cref="ArgumentException">The array would hold more than 2^31 - 57 elements, which is .NET's limit.</exception>
    public NdArray(params int[] shape)
        : this(new T[Count(shape)], shape)
    {
    }

    /// <summary>The values, C order; shared, not a copy.</summary>
    public T[] Data { get; }

    /// <summary>Length of each axis, slowest first.</summary>
    public int[] Shape { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Length;

    /// <summary>Number of values.</summary>
    public int Length => Data.Length;

    /// <summary>The values, C order.</summary>
    public Span<T> Span => Data;

    /// <summary>The values at one index of the first axis, C order; shared, not a copy.</summary>
    /// <param name="index">Index along the first axis.</param>
    public Span<T> Plane(int index)
    {
        int size = Shape[0] == 0 ? 0 : Length / Shape[0];
        return Data.AsSpan(checked(index * size), size);
    }

    /// <summary>The same values under another shape; shared, not a copy.</summary>
    /// <param name="shape">Length of each axis, slowest first, with the same product.</param>
    public NdArray<T> Reshape(params int[] shape) => new(Data, shape);

    /// <summary>A copy with its own values.</summary>
    public NdArray<T> Clone() => new((T[])Data.Clone(), (int[])Shape.Clone());

    /// <summary>For messages, for example <c>Single [2, 512, 512]</c>.</summary>
    public override string ToString() => $"{typeof(T).Name} [{string.Join(", ", Shape)}]";

    private static int Count(int[] shape)
    {
        long count = 1;
        foreach (int length in shape)
            count *= length;
        if (count > Array.MaxLength)
            throw new ArgumentException($"an array of [{string.Join(", ", shape)}] has {count} values; at most {Array.MaxLength} fit one array.", nameof(shape));
        return (int)count;
    }
}
