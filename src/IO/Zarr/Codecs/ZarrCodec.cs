namespace Cellpose3D.IO.Zarr.Codecs;

/// <summary>One step from stored bytes to plain ones and back; instances hold no state and serve any thread.</summary>
internal abstract class ZarrCodec
{
    /// <summary>Its name in metadata and messages.</summary>
    public abstract string Name { get; }

    /// <summary>Undoes the step.</summary>
    /// <param name="stored">As stored; borrowed.</param>
    /// <param name="most">Bytes that may come out at most; no memory is taken for more.</param>
    /// <param name="place">The chunk, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, cut short or give more than <paramref name="most"/>.</exception>
    public abstract byte[] Decode(ReadOnlySpan<byte> stored, int most, string place);

    /// <summary>Takes the step.</summary>
    /// <param name="plain">Bytes to store; borrowed.</param>
    /// <exception cref="NotSupportedException">The codec is read only.</exception>
    public virtual byte[] Encode(ReadOnlySpan<byte> plain) =>
        throw new NotSupportedException($"codec '{Name}' is read, not written; use zstd or gzip.");

    protected InvalidDataException Damaged(string place, string why, Exception? inner = null) =>
        new($"{place} does not decode ({Name}): {why.TrimEnd('.')}; it is damaged or was cut short: copy it again.", inner);
}
