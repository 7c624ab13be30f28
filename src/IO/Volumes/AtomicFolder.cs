namespace Cellpose3D.IO.Volumes;

/// <summary>Writes a folder that appears whole or not at all: a temporary beside it, renamed by <see cref="Commit"/>.</summary>
internal sealed class AtomicFolder : IDisposable
{
    private readonly string _path;
    private readonly Func<string, bool> _mayReplace;
    private readonly string _kind;
    private bool _done;

    /// <summary>Makes the temporary folder.</summary>
    /// <param name="path">Where the folder appears; the one above must exist.</param>
    /// <param name="mayReplace">Whether a folder that is there already may be replaced.</param>
    /// <param name="kind">What such a folder is called.</param>
    /// <exception cref="DirectoryNotFoundException">The folder above does not exist.</exception>
    /// <exception cref="IOException">A file, or a folder that may not be replaced, is there, or the place cannot be written to.</exception>
    public AtomicFolder(string path, Func<string, bool> mayReplace, string kind = "Zarr store")
    {
        _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        (_mayReplace, _kind) = (mayReplace, kind);
        string above = Path.GetDirectoryName(_path) ?? _path;
        if (!Directory.Exists(above))
            throw new DirectoryNotFoundException($"'{path}' cannot be written: the folder '{above}' does not exist; make it first.");
        RequireReplaceable();
        Temporary = Path.Combine(above, $".{Path.GetFileName(_path)}.{Guid.NewGuid():n}.tmp");
        Directory.CreateDirectory(Temporary);
    }

    /// <summary>Where to write.</summary>
    public string Temporary { get; }

    /// <summary>Gives the folder its name, replacing what was there.</summary>
    public void Commit()
    {
        if (_done)
            throw new InvalidOperationException($"'{_path}' was committed or disposed before.");
        RequireReplaceable();
        string old = $"{Temporary}.old";
        bool replaces = Directory.Exists(_path);
        if (replaces)
            Directory.Move(_path, old);
        Directory.Move(Temporary, _path);
        _done = true;
        if (replaces)
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Removes the temporary unless it was committed.</summary>
    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        if (Directory.Exists(Temporary))
            Directory.Delete(Temporary, recursive: true);
    }

    private void RequireReplaceable()
    {
        if (File.Exists(_path))
            throw new IOException($"'{_path}' is a file; name a folder to write, or remove it.");
        if (Directory.Exists(_path) && Directory.EnumerateFileSystemEntries(_path).Any() && !_mayReplace(_path))
            throw new IOException($"'{_path}' is a folder that is no {_kind}; name another, or remove it.");
    }
}
