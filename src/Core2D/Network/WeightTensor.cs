using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Network;

/// <summary>One named tensor of a checkpoint, on the host, as stored.</summary>
/// <param name="Name">Key in the state dict, for example <c>output.2.weight</c>.</param>
/// <param name="Type">Element type of <paramref name="Bytes"/>.</param>
/// <param name="Shape">Length of each axis, slowest first; empty for a scalar.</param>
/// <param name="Bytes">The values, C order, little-endian; owned.</param>
public sealed record WeightTensor(string Name, WeightType Type, int[] Shape, byte[] Bytes)
{
    /// <summary>Bytes of one element of <paramref name="type"/>.</summary>
    public static int SizeOf(WeightType type) => type switch
    {
        WeightType.Float64 or WeightType.Int64 => 8,
        WeightType.Float32 or WeightType.Int32 => 4,
        WeightType.Float16 or WeightType.BFloat16 => 2,
        _ => 1,
    };

    /// <summary>Makes a float32 tensor.</summary>
    /// <param name="name">Key in the state dict.</param>
    /// <param name="shape">Length of each axis, slowest first.</param>
    /// <param name="values">float32 [product of shape], C order; copied.</param>
    public static WeightTensor FromFloats(string name, int[] shape, ReadOnlySpan<float> values) =>
        new(name, WeightType.Float32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The values as float32, whatever they are stored as.</summary>
    /// <returns>float32 [product of shape], C order; owned by the caller.</returns>
    public float[] ToFloats()
    {
        float[] values = new float[Bytes.Length / SizeOf(Type)];
        switch (Type)
        {
            case WeightType.Float32: MemoryMarshal.Cast<byte, float>(Bytes).CopyTo(values); break;
            case WeightType.Float64: Convert<double>(values, static v => (float)v); break;
            case WeightType.Float16: Convert<Half>(values, static v => (float)v); break;
            case WeightType.BFloat16: Convert<ushort>(values, static v => BitConverter.UInt32BitsToSingle((uint)v << 16)); break;
            case WeightType.Int64: Convert<long>(values, static v => v); break;
            case WeightType.Int32: Convert<int>(values, static v => v); break;
            default: Convert<byte>(values, static v => v); break;
        }
        return values;
    }

    private void Convert<TIn>(float[] values, Func<TIn, float> convert)
        where TIn : unmanaged
    {
        ReadOnlySpan<TIn> stored = MemoryMarshal.Cast<byte, TIn>(Bytes);
        for (int i = 0; i < values.Length; i++)
            values[i] = convert(stored[i]);
    }
}
