using System.Collections.Concurrent;

namespace Cellpose3D.Volume.Sources;

/// <summary>A workspace for volumes that fit in memory; what it holds ends with the process.</summary>
public sealed class MemoryWorkspace : IVolumeWorkspace
{
    private readonly ConcurrentDictionary<string, object> _volumes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _records = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IVolumeStore<T> Open<T>(string name, VolumeShape shape, int components, VolumeShape chunk)
        where T : unmanaged
    {
        object volume = _volumes.GetOrAdd(name, _ => new MemoryVolumeStore<T>(shape, components));
        if (volume is MemoryVolumeStore<T> store && store.Shape == shape && store.Components == components)
            return store;
        throw new InvalidOperationException($"volume '{name}' must be {components} x {typeof(T).Name} of {shape}; it was made otherwise.");
    }

    /// <inheritdoc/>
    public void Delete(string name) => _volumes.TryRemove(name, out _);

    /// <inheritdoc/>
    public byte[]? Load(string record) => _records.GetValueOrDefault(record);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder) =>
        [.. _records.Keys.Where(k => k.Length > folder.Length && k[folder.Length] == '/' && k.StartsWith(folder, StringComparison.Ordinal))
            .Select(k => k[(folder.Length + 1)..]).Where(name => !name.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Save(string record, ReadOnlySpan<byte> bytes) => _records[record] = bytes.ToArray();

    /// <inheritdoc/>
    public void Clear()
    {
        _volumes.Clear();
        _records.Clear();
    }

    /// <summary>Drops the volumes.</summary>
    public void Dispose() => Clear();
}
