using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.Cli.Tests;

/// <summary>A folder of label files that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;

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
