namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A byte string of a pickle: in memory when short, else a stretch of the file it came from.</summary>
/// <remarks>
/// Arrays of gigabytes are never copied while a pickle is read, so memory stays small until someone asks for the values;
/// the file must still be open then.
/// </remarks>
internal sealed class PickleBytes
{
    private readonly byte[]? _bytes;
    private readonly Stream? _source;
    private readonly long _offset;

    public PickleBytes(byte[] bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    public PickleBytes(Stream source, long offset, long length)
    {
        _source = source;
        _offset = offset;
        Length = length;
    }

    public long Length { get; }

    /// <summary>A stream over the bytes, from their start.</summary>
    public Stream Open() => _bytes is not null ? new MemoryStream(_bytes, writable: false) : new StreamSlice(_source!, _offset, Length);

    /// <summary>The bytes in one array; borrowed when they were short.</summary>
    /// <exception cref="NotSupportedException">More than one .NET array can hold.</exception>
    public byte[] ToArray()
    {
        if (_bytes is not null)
            return _bytes;
        if (Length > Array.MaxLength)
            throw new NotSupportedException($"a byte string of {Length} bytes is more than one array holds ({Array.MaxLength}).");
        byte[] copy = new byte[Length];
        using Stream stream = Open();
        stream.ReadExactly(copy);
        return copy;
    }
}
