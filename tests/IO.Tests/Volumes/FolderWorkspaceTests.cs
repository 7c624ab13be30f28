using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class FolderWorkspaceTests : IDisposable
{
    private static readonly VolumeShape Shape = new(3, 4, 5);

    private readonly TemporaryFolder _folder = new();

    private string Work => Path.Combine(_folder.Path, "deep", "work");

    [Fact]
    public void Open_Again_FindsVolumesAndRecords()
    {
        int[] values = [.. Enumerable.Range(1, 60)];
        using (var workspace = new FolderWorkspace(Work))
        {
            workspace.Open<int>("labels", Shape, 1, new VolumeShape(2, 2, 2)).Write(0, Shape.All, values);
            workspace.Save("step/0-0-0", [1, 2, 3]);
            workspace.Save("empty", []);
        }

        using var later = new FolderWorkspace(Work);

        int[] read = new int[60];
        later.Open<int>("labels", Shape, 1, new VolumeShape(2, 2, 2)).Read(0, Shape.All, read);
        Assert.Equal(values, read);
        Assert.Equal([1, 2, 3], later.Load("step/0-0-0"));
        Assert.Equal([], later.Load("empty")!);
        Assert.Null(later.Load("step/0-0-1"));
    }

    [Fact]
    public void Open_SameName_IsTheSameObject()
    {
        using var workspace = new FolderWorkspace(Work);

        IVolumeStore<float> first = workspace.Open<float>("flows", Shape, 4, Shape);

        Assert.Same(first, workspace.Open<float>("flows", Shape, 4, Shape));
        Assert.Throws<InvalidOperationException>(() => workspace.Open<int>("flows", Shape, 4, Shape));
        Assert.Throws<InvalidOperationException>(() => workspace.Open<float>("flows", Shape, 3, Shape));
    }

    [Fact]
    public void Delete_Volume_ReadsAsZerosAgain()
    {
        using var workspace = new FolderWorkspace(Work);
        workspace.Open<int>("a", Shape, 1, Shape).Write(0, Shape.All, [.. Enumerable.Repeat(7, 60)]);

        workspace.Delete("a");
        workspace.Delete("never");

        int[] read = [.. Enumerable.Repeat(1, 60)];
        workspace.Open<int>("a", Shape, 1, Shape).Read(0, Shape.All, read);
        Assert.All(read, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Clear_ForgetsEverything()
    {
        using var workspace = new FolderWorkspace(Work);
        workspace.Open<int>("a", Shape, 1, Shape).Write(0, Shape.All, [.. Enumerable.Repeat(7, 60)]);
        workspace.Save("done", []);

        workspace.Clear();

        Assert.Null(workspace.Load("done"));
        Assert.False(Directory.Exists(Path.Combine(Work, "volumes")));
    }

    [Fact]
    public void New_SecondRunInTheSameFolder_IsRefused()
    {
        using var workspace = new FolderWorkspace(Work);

        var error = Assert.Throws<IOException>(() => new FolderWorkspace(Work));

        Assert.Contains(Work, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_LeavesNothing()
    {
        var workspace = new FolderWorkspace(Work);
        workspace.Open<int>("a", Shape, 1, Shape).Write(0, Shape.All, [.. Enumerable.Repeat(7, 60)]);
        workspace.Save("step/done", []);

        workspace.Remove();

        Assert.False(Directory.Exists(Work));
    }

    public void Dispose() => _folder.Dispose();
}
