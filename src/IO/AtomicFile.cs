namespace Cellpose3D.IO;

/// <summary>Writes a file that appears whole or not at all: a temporary beside it, renamed by <see cref="Commit"/>.</summary>
/// <remarks>Disposed without a commit (failure, cancellation), it removes the temporary and leaves what was there before.</remarks>
public sealed class AtomicFile : IDisposable
{
    private readonly string _temporary;
    private bool _done;

    /// <summary>Opens the temporary file.</summary>
    /// <param name="path">Where the file appears; its folder must exist.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">The path names a folder, or the folder cannot be written to.</exception>
    public AtomicFile(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        string folder = System.IO.Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
            throw new IOException($"'{path}' is a folder; name a file to write.");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{path}' cannot be written: its folder does not exist; make it first.");
        Path = full;
        _temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    /// <summary>Where the file appears.</summary>
    public string Path { get; }

    /// <summary>The temporary's content, readable and seekable; owned by this object.</summary>
    public Stream Stream { get; }

    /// <summary>Writes a file in one call.</summary>
    /// <param name="path">Where the file appears.</param>
    /// <param name="write">Writes the content; an exception from it leaves nothing behind.</param>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new AtomicFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Removes what writers of a file or folder left beside it when their process was killed.</summary>
    /// <param name="path">Where the file was to appear; no other process may be writing it now.</param>
    public static void RemoveLeftovers(string path)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        string folder = System.IO.Path.GetDirectoryName(full) ?? full, begin = $".{System.IO.Path.GetFileName(full)}.";
        if (!Directory.Exists(folder))
            return;
        foreach (string found in Directory.GetFileSystemEntries(folder))
        {
            string name = System.IO.Path.GetFileName(found);
            if (!name.StartsWith(begin, StringComparison.Ordinal) || !IsTemporary(name[begin.Length..]))
                continue;
            if (Directory.Exists(found))
                Directory.Delete(found, recursive: true);
            else
                File.Delete(found);
        }
    }

    /// <summary>Flushes to the disk and gives the file its name, replacing what was there.</summary>
    /// <exception cref="InvalidOperationException">Called twice, or after disposal.</exception>
    public void Commit()
    {
        if (_done)
            throw new InvalidOperationException($"'{Path}' was committed or disposed before.");
        ((FileStream)Stream).Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, Path, overwrite: true);
        _done = true;
    }

    private static bool IsTemporary(string ending) =>
        ending.Split('.') is [{ Length: 32 } guid, "tmp", .. [] or ["old"]] && Guid.TryParseExact(guid, "n", out _);

    /// <summary>Removes the temporary unless it was committed.</summary>
    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        try
        {
            Stream.Dispose();        // flushes, so it fails too where the disk is full
        }
        finally
        {
            File.Delete(_temporary);
        }
    }
}
