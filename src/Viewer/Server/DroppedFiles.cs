namespace Cellpose3D.Viewer.Server;

/// <summary>Files that were dropped on a page: kept in a temporary folder until the session ends.</summary>
internal sealed class DroppedFiles : IDisposable
{
    private readonly Lock _gate = new();
    private string? _folder;
    private int _count;

    /// <summary>Keeps a file under its own name, in a folder of its own.</summary>
    /// <param name="name">As the page calls it; what is before the last slash does not count.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Where it is.</returns>
    /// <exception cref="ArgumentException">A name that no file can have.</exception>
    public async Task<string> KeepAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        string file = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        if (file.Trim('.', ' ').Length == 0 || file.Length > 200 || file.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
            throw new ArgumentException($"a file cannot be called '{name}'.", nameof(name));
        string path;
        lock (_gate)
        {
            _folder ??= Directory.CreateTempSubdirectory("cellpose3d-view-").FullName;      // only its owner can read it
            path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, FormattableString.Invariant($"{++_count}"))).FullName, file);
        }
        try
        {
            FileStream kept = File.Create(path);
            await using (kept.ConfigureAwait(false))
                await content.CopyToAsync(kept, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Remove(path);
            throw;
        }
        return path;
    }

    /// <summary>Removes a file that cannot be shown.</summary>
    public static void Remove(string path) => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    public void Dispose()
    {
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
