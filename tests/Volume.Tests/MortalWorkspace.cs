using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>A workspace whose process dies at a chosen write: half of that write arrives, nothing after it does.</summary>
/// <remarks>The workspace below plays the disk, which outlives it.</remarks>
internal sealed class MortalWorkspace(IVolumeWorkspace disk, int writes) : IVolumeWorkspace
{
    private readonly Dictionary<string, object> _open = [];
    private int _left = writes;

    /// <summary>Writes that were made.</summary>
    public int Writes { get; private set; }

    public IVolumeStore<T> Open<T>(string name, VolumeShape shape, int components, VolumeShape chunk)
        where T : unmanaged
    {
        if (!_open.TryGetValue(name, out object? store))
            _open[name] = store = new MortalStore<T>(this, disk.Open<T>(name, shape, components, chunk));
        return (IVolumeStore<T>)store;
    }

    public void Delete(string name)
    {
        disk.Delete(name);
        _open.Remove(name);
    }

    public byte[]? Load(string record) => disk.Load(record);

    public IReadOnlyList<string> List(string folder) => disk.List(folder);

    public void Save(string record, ReadOnlySpan<byte> bytes)
    {
        if (Dies())
            throw new KilledException();
        disk.Save(record, bytes);
    }

    public void Clear()
    {
        disk.Clear();
        _open.Clear();
    }

    public void Dispose()
    {
    }

    private bool Dies()
    {
        Writes++;
        return _left <= 0 || --_left == 0;
    }

    private sealed class MortalStore<T>(MortalWorkspace owner, IVolumeStore<T> store) : IVolumeStore<T>
        where T : unmanaged
    {
        public VolumeShape Shape => store.Shape;

        public int Components => store.Components;

        public VolumeShape Chunk => store.Chunk;

        public void Read(int component, VolumeBox box, Span<T> values) => store.Read(component, box, values);

        public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
        {
            if (!owner.Dies())
            {
                store.Write(component, box, values);
                return;
            }
            VolumeBox half = box with { Height = (box.Height + 1) / 2, Depth = 1 };
            store.Write(component, half, values[..(int)half.Count]);
            throw new KilledException();
        }

        public void Flush() => store.Flush();

        public void Dispose()
        {
        }
    }
}
