using Cellpose3D.Core2D.Network;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A view on a <see cref="TorchStorage"/>: where it starts, how long its axes are and how far apart their elements.</summary>
internal sealed class TorchTensor
{
    /// <param name="storage">The block looked into.</param>
    /// <param name="offset">First element, counted in elements.</param>
    /// <param name="sizes">Length of each axis.</param>
    /// <param name="strides">Step of each axis, counted in elements.</param>
    /// <exception cref="InvalidDataException">The view reaches outside the block, or its numbers make no sense.</exception>
    public TorchTensor(TorchStorage storage, long offset, long[] sizes, long[] strides)
    {
        Storage = storage;
        Offset = offset;
        Sizes = sizes;
        Strides = strides;
        if (sizes.Length != strides.Length || sizes.Length > 32)
            throw new InvalidDataException($"a tensor has {sizes.Length} axes and {strides.Length} strides; they must be as many, at most 32.");
        Int128 count = 1, last = offset;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] is < 0 or > int.MaxValue || strides[axis] < 0)
                throw new InvalidDataException($"axis {axis} of a tensor has length {sizes[axis]} and stride {strides[axis]}; both must be 0 or more.");
            count = sizes[axis] == 0 ? 0 : Int128.Min(count * sizes[axis], long.MaxValue);
            last += (Int128)Math.Max(0, sizes[axis] - 1) * strides[axis];
        }
        count = sizes.Contains(0) ? 0 : count;
        if (offset < 0 || (count > 0 && (last + 1) * Type.Size > storage.ByteLength))
            throw new InvalidDataException(
                $"a tensor of [{string.Join(", ", sizes)}] {Type.Name} reaches outside its {storage.ByteLength} stored bytes.");
        Count = (long)count;
    }

    public TorchStorage Storage { get; }

    public TorchType Type => Storage.Type;

    public long Offset { get; }

    public long[] Sizes { get; }

    public long[] Strides { get; }

    /// <summary>Number of elements of the view.</summary>
    public long Count { get; }

    /// <summary>Bytes that <see cref="ToWeight"/> will take.</summary>
    public long ByteLength => (long)Int128.Min((Int128)Count * WeightSize, long.MaxValue);

    private int WeightSize => Type.Type is { } type ? WeightTensor.SizeOf(type) : Type.Size;

    /// <summary>Copies the view's values out, C order, little-endian.</summary>
    /// <param name="name">Key in the state dict.</param>
    /// <exception cref="NotSupportedException">An element type weights never have, or more than 2 GB.</exception>
    public WeightTensor ToWeight(string name)
    {
        if (Type.Type is not { } type)
            throw new NotSupportedException($"tensor '{name}' holds {Type.Name} values; plain floats, integers and booleans are read.");
        if (ByteLength > Array.MaxLength)
            throw new NotSupportedException($"tensor '{name}' has {Count} values; at most {Array.MaxLength / WeightSize} are read.");
        byte[] values = Gather();
        if (Storage.BigEndian && Type.Size > 1)
        {
            for (int i = 0; i < values.Length; i += Type.Size)
                values.AsSpan(i, Type.Size).Reverse();
        }
        return new WeightTensor(name, type, Array.ConvertAll(Sizes, s => (int)s), WeightSize == Type.Size ? values : Widen(values));
    }

    private byte[] Gather()
    {
        byte[] result = new byte[Count * Type.Size];
        if (Count == 0)
            return result;
        byte[] stored = Storage.Load();
        int rows = Sizes.Length == 0 ? 1 : (int)Sizes[^1];
        long step = Sizes.Length == 0 ? 1 : Strides[^1];
        long[] index = new long[Sizes.Length];
        for (long done = 0; done < Count; done += rows)
        {
            long start = Offset;
            for (int axis = 0; axis < Sizes.Length - 1; axis++)
                start += index[axis] * Strides[axis];
            if (step == 1 || rows == 1)
            {
                stored.AsSpan((int)(start * Type.Size), rows * Type.Size).CopyTo(result.AsSpan((int)(done * Type.Size)));
            }
            else
            {
                for (int i = 0; i < rows; i++)
                    stored.AsSpan((int)((start + i * step) * Type.Size), Type.Size).CopyTo(result.AsSpan((int)((done + i) * Type.Size)));
            }
            for (int axis = Sizes.Length - 2; axis >= 0 && ++index[axis] == Sizes[axis]; axis--)
                index[axis] = 0;
        }
        return result;
    }

    private byte[] Widen(byte[] values)
    {
        byte[] wide = new byte[Count * 4];
        for (int i = 0; i < Count; i++)
        {
            int value = Type.Size == 2 ? BitConverter.ToInt16(values, i * 2) : (sbyte)values[i];
            BitConverter.TryWriteBytes(wide.AsSpan(i * 4), value);
        }
        return wide;
    }
}
