using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Takes boxes in any order for a format that must be written in one: they lie in a scratch store beside the file until it is complete.</summary>
internal sealed class ScratchOutput : IVolumeOutput<int>
{
    private readonly string _path;
    private readonly VolumeWriteOptions _options;
    private readonly string _folder;
    private readonly ChunkFolderStore<int> _scratch;
    private bool _done;

    public ScratchOutput(string path, VolumeShape shape, VolumeWriteOptions options)
    {
        (_path, _options) = (path, options);
        string full = Path.GetFullPath(path), above = Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
            throw new IOException($"'{path}' is a folder; name a file to write.");
        if (!Directory.Exists(above))
            throw new DirectoryNotFoundException($"'{path}' cannot be written: its folder does not exist; make it first.");
        _folder = Path.Combine(above, $".{Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        _scratch = new ChunkFolderStore<int>(_folder, shape, new ChunkFolderOptions
        {
            Chunk = options.Chunk ?? new ChunkFolderOptions().Chunk,
            Components = options.Times * options.Channels,
        });
    }

    public VolumeShape Shape => _scratch.Shape;

    public int Components => _scratch.Components;

    public VolumeShape Chunk => _scratch.Chunk;

    public void Read(int component, VolumeBox box, Span<int> values) => _scratch.Read(component, box, values);

    public void Write(int component, VolumeBox box, ReadOnlySpan<int> values) => _scratch.Write(component, box, values);

    public void Flush() => _scratch.Flush();

    public void Complete(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_done)
            throw new InvalidOperationException($"'{_path}' was completed or disposed before.");
        VolumeFile.WriteLabels(_path, _scratch, _options, progress, cancellationToken);
        Dispose();
    }

    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
