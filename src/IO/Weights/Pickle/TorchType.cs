using Cellpose3D.Core2D.Network;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>An element type of PyTorch and how it is stored here.</summary>
/// <param name="Name">PyTorch's name of the type, for messages.</param>
/// <param name="Size">Bytes of one element.</param>
/// <param name="Type">The type it is read as; null when weights never have it (complex, quantised).</param>
internal sealed record TorchType(string Name, int Size, WeightType? Type)
{
    private static readonly (string Storage, string Dtype, int Size, WeightType? Type)[] Known =
    [
        ("FloatStorage", "float32", 4, WeightType.Float32),
        ("DoubleStorage", "float64", 8, WeightType.Float64),
        ("HalfStorage", "float16", 2, WeightType.Float16),
        ("BFloat16Storage", "bfloat16", 2, WeightType.BFloat16),
        ("LongStorage", "int64", 8, WeightType.Int64),
        ("IntStorage", "int32", 4, WeightType.Int32),
        ("ShortStorage", "int16", 2, WeightType.Int32),                  // widened: weights have no 16-bit type of their own
        ("CharStorage", "int8", 1, WeightType.Int32),
        ("ByteStorage", "uint8", 1, WeightType.UInt8),
        ("BoolStorage", "bool", 1, WeightType.Bool),
        ("ComplexFloatStorage", "complex64", 8, null),
        ("ComplexDoubleStorage", "complex128", 16, null),
        ("QInt8Storage", "qint8", 1, null),
        ("QUInt8Storage", "quint8", 1, null),
        ("QInt32Storage", "qint32", 4, null),
    ];

    public static TorchType? FromStorageName(string global) => Find(global, k => k.Storage);

    public static TorchType? FromDtypeName(string global) => Find(global, k => k.Dtype);

    private static TorchType? Find(string global, Func<(string Storage, string Dtype, int Size, WeightType? Type), string> key)
    {
        const string torch = "torch.";
        if (!global.StartsWith(torch, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> name = global.AsSpan(torch.Length);
        foreach (var known in Known)
        {
            if (name.SequenceEqual(key(known)))
                return new TorchType(known.Dtype, known.Size, known.Type);
        }
        return null;
    }
}
