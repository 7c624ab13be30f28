namespace Cellpose3D.IO.Zarr;

/// <summary>The chunks decoded last, up to a number of bytes: thin boxes read one chunk many times.</summary>
internal sealed class DecodedChunks(long mostBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, byte[]? Bytes)>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, byte[]? Bytes)> _byUse = new();        // first: used last
    private long _bytes;

    /// <summary>Gets a chunk; null is a chunk known to have no file.</summary>
    public bool TryGet(string key, out byte[]? bytes)
    {
        lock (_lock)
        {
            bytes = null;
            if (!_byKey.TryGetValue(key, out LinkedListNode<(string Key, byte[]? Bytes)>? node))
                return false;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            bytes = node.Value.Bytes;
            return true;
        }
    }

    /// <summary>Keeps a chunk, and drops those used longest ago; one larger than everything kept together is not kept.</summary>
    public void Add(string key, byte[]? bytes)
    {
        long size = Size(bytes);
        lock (_lock)
        {
            if (size > mostBytes || _byKey.ContainsKey(key))
                return;
            _byKey[key] = _byUse.AddFirst((key, bytes));
            _bytes += size;
            while (_bytes > mostBytes)
            {
                (string oldest, byte[]? dropped) = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _byKey.Remove(oldest);
                _bytes -= Size(dropped);
            }
        }
    }

    private static long Size(byte[]? bytes) => 256 + (bytes?.Length ?? 0);
}
