using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.Cli.Tests;

/// <summary>A folder of label files that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";                            // a disk in memory: files that are flushed one by one cost nothing

    /// <summary>Makes the folder.</summary>
    /// <param name="inMemory">In memory, where the system has such a place.</param>
    public TemporaryFolder(bool inMemory = false) => Path = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"cellpose3d-test-{Guid.NewGuid():n}")).FullName
        : Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;

    public string Path { get; }

    /// <summary>Writes rows of digits as a label image.</summary>
    public string Write(string file, params string[] rows) =>
        Write(file, new NdArray<int>([.. rows.SelectMany(row => row.Select(digit => digit - '0'))], rows.Length, rows.Length == 0 ? 0 : rows[0].Length));

    public string Write(string file, NdArray<int> labels)
    {
        string path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        NpyFile.Write(stream, labels);
        return path;
    }

    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
