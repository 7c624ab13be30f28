namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A flat block of numbers that tensors of a PyTorch file look into.</summary>
/// <param name="type">Element type.</param>
/// <param name="count">Number of elements.</param>
internal sealed class TorchStorage(TorchType type, long count)
{
    private byte[]? _bytes;

    public TorchType Type => type;

    /// <summary>Bytes in the block.</summary>
    public long ByteLength { get; } = checked(count * type.Size);

    /// <summary>Whether each element's first byte is its highest.</summary>
    public bool BigEndian { get; set; }

    /// <summary>Fetches the block's bytes from the container; set once the container knows where they are.</summary>
    public Func<byte[]>? Source { get; set; }

    /// <summary>The block's bytes, fetched on first use; shared, not a copy.</summary>
    public byte[] Load() => _bytes ??= (Source ?? throw new InvalidDataException("a tensor's values are missing from the file."))();
}
