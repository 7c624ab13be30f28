using System.Collections.Concurrent;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A workspace in a folder, which outlives the process: volumes as <see cref="ChunkFolderStore{T}"/>, records as small files.</summary>
/// <remarks>
/// A volume lies in <c>volumes/NAME</c>, a record in <c>records/NAME</c>. Both are renamed into place when they are whole. Disposal
/// leaves everything, so that the next run resumes; <see cref="Clear"/> removes it.
/// </remarks>
public sealed class FolderWorkspace : IVolumeWorkspace
{
    private readonly ConcurrentDictionary<string, IDisposable> _open = new(StringComparer.Ordinal);
    private readonly bool _halfPrecision;

    /// <summary>Begins a workspace, or takes up the one that lies there.</summary>
    /// <param name="folder">Made where it is missing, with those above it.</param>
    /// <param name="halfPrecision">Whether float volumes are kept as float16: half the disk, and other last digits.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public FolderWorkspace(string folder, bool halfPrecision = false)
    {
        (Folder, _halfPrecision) = (Path.GetFullPath(folder), halfPrecision);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>Where everything lies.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The folder holds a volume of that name, written with other options.</exception>
    public IVolumeStore<T> Open<T>(string name, VolumeShape shape, int components, VolumeShape chunk)
        where T : unmanaged
    {
        string folder = PathOf("volumes", name);
        IDisposable volume = _open.GetOrAdd(name, _ => new ChunkFolderStore<T>(folder, shape, new ChunkFolderOptions
        {
            Chunk = chunk,
            Components = components,
            HalfPrecision = _halfPrecision && typeof(T) == typeof(float),
        }));
        if (volume is ChunkFolderStore<T> store && store.Shape == shape && store.Components == components)
            return store;
        throw new InvalidOperationException($"volume '{name}' must be {components} x {typeof(T).Name} of {shape}; it was made otherwise.");
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        string folder = PathOf("volumes", name);
        _open.TryRemove(name, out _);
        if (!Directory.Exists(folder))
            return;
        string doomed = $"{folder}.{Guid.NewGuid():n}.tmp";              // a kill in the middle must not leave half a volume of that name
        Directory.Move(folder, doomed);
        Directory.Delete(doomed, recursive: true);
    }

    /// <inheritdoc/>
    public byte[]? Load(string record)
    {
        string path = PathOf("records", record);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <inheritdoc/>
    public void Save(string record, ReadOnlySpan<byte> bytes)
    {
        string path = PathOf("records", record);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new AtomicFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _open.Clear();
        foreach (string part in (string[])["records", "volumes"])        // records first: without them volumes count as never written
        {
            string folder = Path.Combine(Folder, part);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Leaves the folder for the next run.</summary>
    public void Dispose() => _open.Clear();

    private string PathOf(string kind, string name)
    {
        if (name.Length == 0 || name.Split('/').Any(part => part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            throw new ArgumentException($"name must be letters, digits and hyphens; got '{name}'.", nameof(name));
        return Path.Combine(Folder, kind, name);
    }
}
