using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class FolderWorkspaceTests : IDisposable
{
    private static readonly VolumeShape Shape = new(5, 6, 7);
    private static readonly VolumeShape Chunk = new(2, 3, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_AfterAnotherProcess_FindsVolumesAndRecords(bool half)
    {
        float[] flows = [.. Enumerable.Range(0, (int)Shape.Count).Select(i => i * 0.25f)];
        int[] labels = [.. Enumerable.Range(70_000, (int)Shape.Count)];
        using (var first = new FolderWorkspace(_folder.File("w/deep"), half))
        {
            IVolumeStore<float> store = first.Open<float>("flows", Shape, 4, Chunk);
            store.Write(3, Shape.All, flows);
            first.Open<int>("labels", Shape, 1, Chunk).Write(0, Shape.All, labels);
            Assert.Same(store, first.Open<float>("flows", Shape, 4, Chunk));
            first.Save("done/block-1", [1, 2, 3]);
            first.Save("done/block-1", []);
            first.Save("plan", [9]);
        }

        using var second = new FolderWorkspace(_folder.File("w/deep"), half);
        float[] read = new float[Shape.Count];
        second.Open<float>("flows", Shape, 4, Chunk).Read(3, Shape.All, read);
        int[] readLabels = new int[Shape.Count];
        second.Open<int>("labels", Shape, 1, Chunk).Read(0, Shape.All, readLabels);

        Assert.Equal(flows, read);
        Assert.Equal(labels, readLabels);
        Assert.Equal([], second.Load("done/block-1")!);
        Assert.Equal([9], second.Load("plan")!);
        Assert.Null(second.Load("done/block-2"));
    }

    [Fact]
    public void Delete_GivesTheRoomBackAndKeepsRecords()
    {
        using var workspace = new FolderWorkspace(_folder.Path);
        workspace.Open<int>("labels", Shape, 1, Chunk).Write(0, Shape.All, [.. Enumerable.Repeat(1, (int)Shape.Count)]);
        workspace.Save("plan", [9]);

        workspace.Delete("labels");
        workspace.Delete("labels");

        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("volumes")));
        Assert.Equal([9], workspace.Load("plan")!);
        int[] read = [.. Enumerable.Repeat(1, (int)Shape.Count)];
        workspace.Open<int>("labels", Shape, 1, Chunk).Read(0, Shape.All, read);
        Assert.All(read, v => Assert.Equal(0, v));

        workspace.Clear();
        Assert.Null(workspace.Load("plan"));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Open_OtherwiseThanBefore_IsRefused()
    {
        using var workspace = new FolderWorkspace(_folder.Path);
        workspace.Open<int>("labels", Shape, 1, Chunk);

        Assert.Throws<InvalidOperationException>(() => workspace.Open<float>("labels", Shape, 1, Chunk));
        Assert.Throws<InvalidOperationException>(() => workspace.Open<int>("labels", Shape, 2, Chunk));
        using var again = new FolderWorkspace(_folder.Path);
        Assert.Throws<InvalidDataException>(() => again.Open<int>("labels", Shape, 2, Chunk));
        Assert.Throws<ArgumentException>(() => workspace.Save("../escape", []));
        Assert.Throws<ArgumentException>(() => workspace.Load(""));
    }
}
