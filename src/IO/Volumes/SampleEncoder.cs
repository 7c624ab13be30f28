using System.Runtime.InteropServices;

namespace Cellpose3D.IO.Volumes;

/// <summary>Turns intensities and labels into stored samples.</summary>
internal static class SampleEncoder
{
    /// <summary>Encodes labels exactly, or intensities to the nearest value of the type, clamped to its range; NaN becomes 0 in whole numbers.</summary>
    /// <param name="values">float or int; borrowed.</param>
    /// <param name="type">uint8, uint16, uint32 or float32.</param>
    /// <param name="samples">Receives native samples.</param>
    /// <exception cref="ArgumentException">A label that the type does not hold.</exception>
    public static void Encode<T>(ReadOnlySpan<T> values, PixelType type, Span<byte> samples)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            EncodeLabels(MemoryMarshal.Cast<T, int>(values), type, samples);
        else if (typeof(T) == typeof(float))
            EncodeFloats(MemoryMarshal.Cast<T, float>(values), type, samples);
        else
            throw new ArgumentException($"volumes hold float or int; got {typeof(T).Name}.", nameof(values));
    }

    private static void EncodeLabels(ReadOnlySpan<int> labels, PixelType type, Span<byte> samples)
    {
        long most = type switch { PixelType.UInt8 => byte.MaxValue, PixelType.UInt16 => ushort.MaxValue, PixelType.UInt32 => int.MaxValue, _ => 1 << 24 };
        foreach (int label in labels)
        {
            if (label < 0 || label > most)
                throw new ArgumentException($"labels stored as {type.Name()} must be 0 to {most}; got {label}.", nameof(labels));
        }
        switch (type)
        {
            case PixelType.UInt8:
                for (int i = 0; i < labels.Length; i++)
                    samples[i] = (byte)labels[i];
                break;
            case PixelType.UInt16:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(samples);
                for (int i = 0; i < labels.Length; i++)
                    shorts[i] = (ushort)labels[i];
                break;
            case PixelType.UInt32:
                MemoryMarshal.AsBytes(labels).CopyTo(samples);
                break;
            default:
                Span<float> floats = MemoryMarshal.Cast<byte, float>(samples);
                for (int i = 0; i < labels.Length; i++)
                    floats[i] = labels[i];
                break;
        }
    }

    private static void EncodeFloats(ReadOnlySpan<float> values, PixelType type, Span<byte> samples)
    {
        switch (type)
        {
            case PixelType.UInt8:
                for (int i = 0; i < values.Length; i++)
                    samples[i] = byte.CreateSaturating(MathF.Round(values[i]));
                break;
            case PixelType.UInt16:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(samples);
                for (int i = 0; i < values.Length; i++)
                    shorts[i] = ushort.CreateSaturating(MathF.Round(values[i]));
                break;
            case PixelType.UInt32:
                Span<uint> words = MemoryMarshal.Cast<byte, uint>(samples);
                for (int i = 0; i < values.Length; i++)
                    words[i] = uint.CreateSaturating(MathF.Round(values[i]));
                break;
            default:
                MemoryMarshal.AsBytes(values).CopyTo(samples);
                break;
        }
    }
}
