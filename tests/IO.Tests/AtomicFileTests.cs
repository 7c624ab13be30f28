namespace Cellpose3D.IO.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ReplacesTheFile()
    {
        File.WriteAllText(_folder.File("a"), "old");

        AtomicFile.Write(_folder.File("a"), s => s.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(_folder.File("a")));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void Write_Failing_KeepsTheOldFileAndNoTemporary()
    {
        File.WriteAllText(_folder.File("a"), "old");

        Assert.Throws<IOException>(() => AtomicFile.Write(_folder.File("a"), s =>
        {
            s.Write("half"u8);
            throw new IOException("disk full");
        }));

        Assert.Equal("old", File.ReadAllText(_folder.File("a")));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void Open_MissingFolderOrFolderAsFile_SaysSo()
    {
        Assert.Contains("its folder does not exist", Assert.Throws<DirectoryNotFoundException>(() => new AtomicFile(_folder.File("no/a"))).Message);
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => new AtomicFile(_folder.Path)).Message);
    }

    [Fact]
    public void Commit_Twice_IsRefused()
    {
        using var file = new AtomicFile(_folder.File("a"));
        file.Commit();

        Assert.Throws<InvalidOperationException>(file.Commit);
    }
}
