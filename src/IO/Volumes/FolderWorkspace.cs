using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A workspace on disk: a folder of volumes as <see cref="ChunkFolderStore{T}"/> and of records as small files, each written atomically.</summary>
/// <remarks>
/// What is finished outlives the process, however it ends. A file that is kept open and locked keeps a second run of the same
/// output out. The folder stays until <see cref="Remove"/>.
/// </remarks>
public sealed class FolderWorkspace : IVolumeWorkspace
{
    private const string Volumes = "volumes", Records = "records", LockName = "lock";

    private readonly Dictionary<string, IDisposable> _open = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly FileStream? _lock;

    /// <summary>Opens a workspace, which is made where there is none.</summary>
    /// <param name="folder">Holds nothing but the workspace.</param>
    /// <param name="isShared">Several processes work in it, each on parts of its own; then no lock keeps others out.</param>
    /// <exception cref="IOException">The folder cannot be written to, or another process works in it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public FolderWorkspace(string folder, bool isShared = false)
    {
        Folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Folder);
        if (isShared)
            return;
        try
        {
            _lock = new FileStream(Path.Combine(Folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new IOException($"'{Folder}' is in use by another run, or cannot be written to ({e.Message}): wait for it or name another output.", e);
        }
    }

    /// <summary>Where the workspace lies.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public IVolumeStore<T> Open<T>(string name, VolumeShape shape, int components, VolumeShape chunk)
        where T : unmanaged
    {
        lock (_gate)
        {
            string folder = Path.Combine(Folder, Volumes, name);
            if (!_open.TryGetValue(name, out IDisposable? store))
            {
                _open[name] = store = File.Exists(Path.Combine(folder, ChunkFolderHeader.FileName))
                    ? new ChunkFolderStore<T>(folder)                    // an earlier process began it: its chunks stay as they are
                    : new ChunkFolderStore<T>(folder, shape, new ChunkFolderOptions { Chunk = chunk, Components = components });
            }
            return store is ChunkFolderStore<T> known && known.Shape == shape && known.Components == components
                ? known
                : throw new InvalidOperationException($"volume '{name}' must be {components} x {typeof(T).Name} of {shape}; it was opened otherwise.");
        }
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        lock (_gate)
        {
            if (_open.Remove(name, out IDisposable? store))
                store.Dispose();
            RemoveFolder(Path.Combine(Folder, Volumes, name));
        }
    }

    /// <summary>Gives the room of all volumes back but one; records stay.</summary>
    /// <param name="name">The volume that stays.</param>
    public void DeleteAllBut(string name)
    {
        lock (_gate)
        {
            string volumes = Path.Combine(Folder, Volumes);
            foreach (string folder in Directory.Exists(volumes) ? Directory.GetDirectories(volumes) : [])
            {
                if (Path.GetFileName(folder) != name)
                    Delete(Path.GetFileName(folder));
            }
        }
    }

    /// <inheritdoc/>
    public byte[]? Load(string record)
    {
        string path = PathOf(record);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <inheritdoc/>
    public bool Has(string record) => File.Exists(PathOf(record));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder)
    {
        string path = PathOf(folder);
        return !Directory.Exists(path) ? []
            : [.. Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];   // a dot begins a temporary
    }

    /// <inheritdoc/>
    public void Save(string record, ReadOnlySpan<byte> bytes)
    {
        string path = PathOf(record);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new AtomicFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (IDisposable store in _open.Values)
                store.Dispose();
            _open.Clear();
            RemoveFolder(Path.Combine(Folder, Records));                 // first: volumes without records are not taken for finished
            RemoveFolder(Path.Combine(Folder, Volumes));
        }
    }

    /// <summary>Lets go of the folder, which stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (IDisposable store in _open.Values)
                store.Dispose();
            _open.Clear();
        }
        _lock?.Dispose();
    }

    /// <summary>Removes the folder and all in it, and lets go of it.</summary>
    public void Remove()
    {
        Clear();
        Dispose();
        File.Delete(Path.Combine(Folder, LockName));
        if (!Directory.EnumerateFileSystemEntries(Folder).Any())
            Directory.Delete(Folder);
    }

    private string PathOf(string record) => Path.Combine([Folder, Records, .. record.Split('/')]);

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
