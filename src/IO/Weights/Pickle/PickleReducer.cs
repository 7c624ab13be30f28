using System.Numerics;
using System.Text;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>Builds the values that <see cref="PickleGlobal"/>'s names stand for.</summary>
/// <param name="malformed">Makes the error for arguments that do not fit.</param>
/// <param name="count">Charges the number of values copied.</param>
/// <param name="countCopy">Charges the number of bytes copied.</param>
internal sealed class PickleReducer(Func<string, InvalidDataException> malformed, Action<long> count, Action<long> countCopy)
{
    /// <summary>What Python would get by calling <paramref name="global"/>.</summary>
    /// <exception cref="InvalidDataException">The arguments do not fit, or the name only labels something.</exception>
    public object? Reduce(PickleGlobal global, object?[] arguments) => global.Name switch
    {
        "collections.OrderedDict" or "builtins.dict" => Dict(arguments, 0),
        "collections.defaultdict" => Dict(arguments, 1),
        "builtins.set" or "builtins.frozenset" or "builtins.list" => new List<object?>(Items(arguments)),
        "builtins.tuple" or "torch.Size" => Items(arguments),
        "builtins.bytes" or "builtins.bytearray" or "_codecs.encode" => Bytes(arguments),
        "pathlib.PosixPath" or "pathlib.PurePosixPath" => Joined(arguments, '/'),
        "pathlib.WindowsPath" or "pathlib.PureWindowsPath" => Joined(arguments, '\\'),
        "torch.device" => Joined(arguments, ':'),
        "numpy.dtype" => Argument<string>(arguments, 0, global) is { Length: <= 32 } code ? new NumpyDtype(code) : throw malformed("an element type's code is too long"),
        "numpy.core.multiarray._reconstruct" => new NumpyArray(),
        "numpy.core.multiarray.scalar" => NumpyScalar(Argument<NumpyDtype>(arguments, 0, global), arguments.ElementAtOrDefault(1)),
        "numpy.core.numeric._frombuffer" => FromBuffer(arguments, global),
        "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => Tensor(arguments, global),
        "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" => Argument<TorchTensor>(arguments, 0, global),
        "torch._tensor._rebuild_from_type_v2" => FromType(arguments, global),
        _ => throw malformed($"'{global.Name}' is a label here and is not called"),
    };

    /// <summary>Gives an array, element type or container the state the file has for it.</summary>
    public void Build(object? target, object? state)
    {
        switch (target)
        {
            case NumpyArray array when state is object?[] s:
                SetState(array, s);
                break;
            case NumpyDtype dtype when state is object?[] { Length: >= 4 } s:
                dtype.Order = s[1] is string { Length: 1 } order ? order[0] : throw malformed("an element type's byte order is no letter");
                dtype.IsRecord = s[2] is not null || s[3] is not null;
                break;
            case PickleDict or TorchTensor:                              // attributes such as _metadata: nothing we need
                break;
            default: throw malformed("a state is given to a value that has none");
        }
    }

    private T Argument<T>(object?[] arguments, int index, PickleGlobal global)
        where T : class =>
        index < arguments.Length && arguments[index] is T value
            ? value
            : throw malformed($"argument {index} of '{global.Name}' is missing or of another kind");

    private string Joined(object?[] parts, char separator)
    {
        var texts = new List<string>();
        foreach (object? part in parts)
        {
            string text = part as string ?? (part is long number ? $"{number}" : throw malformed("a path's part is no text"));
            countCopy(text.Length + 1);
            texts.Add(texts.Count == 0 && text.EndsWith(separator) ? text[..^1] : text);
        }
        return string.Join(separator, texts);
    }

    private PickleDict Dict(object?[] arguments, int first)
    {
        var dict = new PickleDict();
        switch (arguments.ElementAtOrDefault(first))
        {
            case null:
                break;
            case PickleDict other:
                count(other.Count);
                foreach (KeyValuePair<object?, object?> entry in other.Entries)
                    dict.Set(entry.Key, entry.Value);
                break;
            case List<object?> pairs:
                count(pairs.Count);
                foreach (object? pair in pairs)
                {
                    (object? key, object? value) = pair switch
                    {
                        List<object?> { Count: 2 } p => (p[0], p[1]),
                        object?[] { Length: 2 } p => (p[0], p[1]),
                        _ => throw malformed("a dict's pair must have 2 values"),
                    };
                    dict.Set(key, value);
                }
                break;
            default: throw malformed("a dict is made from something that is no dict");
        }
        return dict;
    }

    private object?[] Items(object?[] arguments)
    {
        object?[] items = arguments.ElementAtOrDefault(0) switch
        {
            null => [],
            List<object?> list => [.. list],
            object?[] tuple => tuple,
            _ => throw malformed("a container is made from something that is no list"),
        };
        count(items.Length);
        return items;
    }

    private PickleBytes Bytes(object?[] arguments)
    {
        switch (arguments.ElementAtOrDefault(0))
        {
            case null: return new PickleBytes([]);
            case PickleBytes bytes: return bytes;
            case string text:                                            // Python 3 writes bytes so for protocols 0 to 2
                countCopy(text.Length);
                if (arguments.ElementAtOrDefault(1) is not (null or "latin1" or "latin-1" or "iso-8859-1"))
                    throw malformed("bytes are encoded in another way than Latin-1");
                foreach (char c in text)
                {
                    if (c > 255)
                        throw malformed("bytes hold a character above 255");
                }
                return new PickleBytes(Encoding.Latin1.GetBytes(text));
            default: throw malformed("bytes are made from something that is no text");
        }
    }

    private void SetState(NumpyArray array, object?[] state)
    {
        int at = state.Length == 5 ? 1 : 0;                              // the oldest arrays have no version in front
        if (state.Length is < 4 or > 5 || state[at] is not object?[] shape || state[at + 1] is not NumpyDtype dtype)
            throw malformed("an array's state must be (version, shape, type, order, values)");
        array.Shape = Shape(shape);
        array.Dtype = dtype;
        array.FortranOrder = state[at + 2] is true or > 0L;
        SetValues(array, state[at + 3]);
    }

    private void SetValues(NumpyArray array, object? values)
    {
        switch (values)
        {
            case PickleBytes bytes: array.Bytes = bytes; break;
            case string: array.Bytes = Bytes([values]); break;           // Python 2
            case List<object?> objects when array.Count == objects.Count: array.Objects = objects; break;
            default: throw malformed("an array's values are missing or of another number than its shape says");
        }
    }

    private NumpyArray FromBuffer(object?[] arguments, PickleGlobal global)
    {
        var array = new NumpyArray
        {
            Dtype = Argument<NumpyDtype>(arguments, 1, global),
            Shape = Shape(Argument<object?[]>(arguments, 2, global)),
            FortranOrder = arguments.ElementAtOrDefault(3) is "F",
        };
        SetValues(array, Argument<PickleBytes>(arguments, 0, global));
        return array;
    }

    private int[] Shape(object?[] axes)
    {
        if (axes.Length > 64)
            throw malformed($"an array has {axes.Length} axes");
        return [.. axes.Select(a => a is long and >= 0 and <= int.MaxValue
            ? (int)(long)a : throw malformed($"an axis of an array must be an integer of 0 to {int.MaxValue}"))];
    }

    private object NumpyScalar(NumpyDtype dtype, object? value)
    {
        byte[] bytes = value switch
        {
            PickleBytes { Length: <= 8 } b => (byte[])b.ToArray().Clone(),
            string { Length: <= 8 } text => Encoding.Latin1.GetBytes(text),
            _ => throw malformed("a number has no bytes"),
        };
        if (dtype.Size == 0 || bytes.Length != dtype.Size)
            throw malformed($"a number of type '{PickleReader.Printable(dtype.Code)}' has {bytes.Length} bytes");
        if (dtype.Order == '>')
            Array.Reverse(bytes);
        return dtype.Code switch
        {
            "b1" => bytes[0] != 0,
            "f8" => BitConverter.ToDouble(bytes),
            "f4" => (double)BitConverter.ToSingle(bytes),
            "f2" => (double)BitConverter.ToHalf(bytes),
            ['i', ..] => (object)(long)new BigInteger(bytes),
            ['u', ..] => new BigInteger(bytes, isUnsigned: true) is var u && u <= long.MaxValue ? (object)(long)u : u,
            _ => throw malformed($"a number of type '{PickleReader.Printable(dtype.Code)}' is not read"),
        };
    }

    private TorchTensor Tensor(object?[] arguments, PickleGlobal global)
    {
        TorchStorage storage = Argument<TorchStorage>(arguments, 0, global);
        if (arguments.ElementAtOrDefault(1) is not long offset)
            throw malformed("a tensor's offset is no integer");
        long[] sizes = Longs(Argument<object?[]>(arguments, 2, global)), strides = Longs(Argument<object?[]>(arguments, 3, global));
        try
        {
            return new TorchTensor(storage, offset, sizes, strides);
        }
        catch (InvalidDataException e)
        {
            throw malformed(e.Message.TrimEnd('.'));
        }
    }

    private long[] Longs(object?[] values) =>
        [.. values.Select(v => v is long number ? number : throw malformed("a tensor's axis is no integer"))];

    private TorchTensor FromType(object?[] arguments, PickleGlobal global)
    {
        PickleGlobal inner = Argument<PickleGlobal>(arguments, 0, global);
        if (inner.Name == global.Name)
            throw malformed("a tensor is made from itself");
        return Reduce(inner, Argument<object?[]>(arguments, 2, global)) as TorchTensor
            ?? throw malformed($"'{inner.Name}' makes no tensor");
    }
}
