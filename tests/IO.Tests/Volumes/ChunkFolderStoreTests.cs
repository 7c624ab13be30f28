using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class ChunkFolderStoreTests : IDisposable
{
    private static readonly VolumeShape Shape = new(7, 10, 13);
    private static readonly ChunkFolderOptions Small = new() { Chunk = new VolumeShape(3, 4, 5), Components = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NeverWritten_IsZero()
    {
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);
        int[] values = [.. Enumerable.Repeat(7, (int)Shape.Count)];

        store.Read(1, Shape.All, values);

        Assert.All(values, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Write_RandomBoxes_ReadsAsAnArrayWould()
    {
        var random = new Random(5);
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);
        int[][] truth = [new int[Shape.Count], new int[Shape.Count]];

        for (int n = 0; n < 200; n++)
        {
            int component = random.Next(2);
            VolumeBox box = RandomBox(random, Shape);
            int[] values = [.. Enumerable.Range(0, (int)box.Count).Select(_ => random.Next(3) == 0 ? 0 : random.Next(int.MinValue, int.MaxValue))];
            if (n % 2 == 0)
            {
                store.Write(component, box, values);
                Boxes.Copy<int>(values, box, truth[component], Shape.All);
            }
            store.Read(component, box, values);
            int[] expected = new int[box.Count];
            Boxes.Copy<int>(truth[component], Shape.All, expected, box);
            Assert.Equal(expected, values);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_FewRowsOfLargePieces_AreThoseRows(bool half)
    {
        var shape = new VolumeShape(9, 300, 170);
        float[] values = [.. Enumerable.Range(0, (int)shape.Count).Select(n => (float)(n % 2011))];        // whole numbers that half precision holds
        using var store = new ChunkFolderStore<float>(At("s"), shape, new ChunkFolderOptions { Chunk = new VolumeShape(4, 160, 128), HalfPrecision = half });
        store.Write(0, shape.All, values);
        var random = new Random(8);

        for (int n = 0; n < 40; n++)
        {
            int y = random.Next(290), z = random.Next(6);
            var box = new VolumeBox(z, y, random.Next(100), random.Next(1, 4), random.Next(1, 11), random.Next(1, 70));
            float[] read = new float[box.Count], expected = new float[box.Count];
            store.Read(0, box, read);

            Boxes.Copy<float>(values, shape.All, expected, box);
            Assert.Equal(expected, read);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 50, 50)]
    [InlineData(50, 1, 1)]
    public void Write_AnyChunk_ReadsBack(int z, int y, int x)
    {
        float[] values = Ramp(Shape);
        values[3] = float.NaN;
        using (ChunkFolderStore<float> store = new ChunkFolderStore<float>(At("s"), Shape, new ChunkFolderOptions { Chunk = new VolumeShape(z, y, x) }))
            store.Write(0, Shape.All, values);

        using var again = new ChunkFolderStore<float>(At("s"));
        float[] read = new float[Shape.Count];
        again.Read(0, Shape.All, read);

        Assert.Equal(values, read);
        Assert.Equal((Shape, 1), (again.Shape, again.Components));
    }

    [Fact]
    public void Write_HalfPrecision_RoundsToTheNearest()
    {
        float[] values = [0, 1, -2.5f, 0.1f, 1e-7f, 65504, 70000, float.NaN, float.NegativeInfinity];
        var shape = new VolumeShape(1, 1, values.Length);
        using (ChunkFolderStore<float> store = new ChunkFolderStore<float>(At("s"), shape, new ChunkFolderOptions { HalfPrecision = true }))
            store.Write(0, shape.All, values);

        using var again = new ChunkFolderStore<float>(At("s"));
        float[] read = new float[values.Length];
        again.Read(0, shape.All, read);

        Assert.Equal(values.Select(v => (float)(Half)v), read);
        Assert.Equal(2 * values.Length, new FileInfo(Path.Combine(At("s"), "0", "0", "0.0")).Length);
    }

    [Fact]
    public void Write_ManyThreadsOnTheirOwnChunks_ReadsBack()
    {
        var shape = new VolumeShape(40, 33, 21);
        var grid = new ChunkGrid(shape, new VolumeShape(4, 8, 8));
        using var store = new ChunkFolderStore<int>(At("s"), shape, new ChunkFolderOptions { Chunk = grid.Chunk });

        Parallel.ForEach(grid.Touching(shape.All).ToList(), new ParallelOptions { MaxDegreeOfParallelism = 7 }, chunk =>
            store.Write(0, chunk, Numbers(shape, chunk)));

        int[] read = new int[shape.Count];
        store.Read(0, shape.All, read);
        Assert.Equal(Numbers(shape, shape.All), read);
    }

    [Fact]
    public void Write_Zeros_TakeNoDisk()
    {
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);
        store.Write(0, new VolumeBox(0, 0, 0, 3, 4, 5), Enumerable.Repeat(1, 60).ToArray());
        Assert.Single(Directory.GetFiles(At("s"), "0.0", SearchOption.AllDirectories));

        store.Write(0, Shape.All, new int[Shape.Count]);

        Assert.Empty(Directory.GetFiles(At("s"), "0.0", SearchOption.AllDirectories));
    }

    [Fact]
    public void Read_BesideTheTemporaryOfAKilledWrite_SeesTheOldChunk()
    {
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);
        int[] ones = [.. Enumerable.Repeat(1, (int)Shape.Count)];
        store.Write(0, Shape.All, ones);
        File.WriteAllBytes(Path.Combine(At("s"), "0", "0", "0.0.abc.tmp"), [1, 2, 3]);      // what a kill in the middle leaves

        using var again = new ChunkFolderStore<int>(At("s"), Shape, Small);
        int[] read = new int[Shape.Count];
        again.Read(0, Shape.All, read);

        Assert.Equal(ones, read);
    }

    [Fact]
    public void Read_ChunkCutShort_NamesIt()
    {
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);
        store.Write(0, Shape.All, [.. Enumerable.Repeat(1, (int)Shape.Count)]);
        string chunk = Path.Combine(At("s"), "0", "1", "0.1");
        File.WriteAllBytes(chunk, File.ReadAllBytes(chunk)[..^1]);

        var e = Assert.Throws<InvalidDataException>(() => store.Read(0, Shape.All, new int[Shape.Count]));

        Assert.Contains($"chunk '{chunk}' must have 240 bytes; it has 239", e.Message);
        store.Read(0, new VolumeBox(0, 0, 0, 3, 10, 13), new int[390]);                     // the others are whole
    }

    [Fact]
    public void Create_OtherLayoutThere_IsRefused()
    {
        new ChunkFolderStore<int>(At("s"), Shape, Small).Dispose();

        Assert.Contains("asked for 1 x int32", Assert.Throws<InvalidDataException>(() => new ChunkFolderStore<int>(At("s"), Shape, Small with { Components = 1 })).Message);
        Assert.Contains("holds int32; asked for single", Assert.Throws<InvalidDataException>(() => new ChunkFolderStore<float>(At("s"))).Message);
        Assert.Contains("half precision", Assert.Throws<ArgumentException>(() => new ChunkFolderStore<int>(At("t"), Shape, Small with { HalfPrecision = true })).Message);
        Assert.Throws<FileNotFoundException>(() => new ChunkFolderStore<int>(At("missing")));
    }

    [Fact]
    public void Open_DamagedHeader_IsRefused()
    {
        new ChunkFolderStore<int>(At("s"), Shape, Small).Dispose();
        File.WriteAllText(Path.Combine(At("s"), "store.json"), "{ \"format\": \"cellpose3d ch");

        Assert.Contains("store.json", Assert.Throws<InvalidDataException>(() => new ChunkFolderStore<int>(At("s"))).Message);
    }

    [Fact]
    public void Access_OutsideTheVolume_IsRefused()
    {
        using var store = new ChunkFolderStore<int>(At("s"), Shape, Small);

        Assert.Contains("box must lie inside", Assert.Throws<ArgumentException>(() => store.Read(0, new VolumeBox(6, 0, 0, 2, 1, 1), new int[2])).Message);
        Assert.Contains("box must lie inside", Assert.Throws<ArgumentException>(() => store.Write(0, new VolumeBox(0, -1, 0, 1, 1, 1), [1])).Message);
        Assert.Contains("must have 4 values", Assert.Throws<ArgumentException>(() => store.Read(0, new VolumeBox(0, 0, 0, 1, 2, 2), new int[3])).Message);
        Assert.Contains("component must be 0 to 1; got 2", Assert.Throws<ArgumentOutOfRangeException>(() => store.Read(2, Shape.All, new int[Shape.Count])).Message);
    }

    [Fact]
    public void Write_FullDisk_SaysSoAndKeepsWhatWasThere()
    {
        using SmallDisk disk = SmallDisk.Mount(megabytes: 1);
        var shape = new VolumeShape(8, 256, 256);
        using var store = new ChunkFolderStore<int>(Path.Combine(disk.Path, "s"), shape, new ChunkFolderOptions { Chunk = new VolumeShape(1, 256, 256) });
        int[] plane = [.. Enumerable.Repeat(5, 256 * 256)];
        int written = 0;

        var e = Assert.Throws<IOException>(() =>
        {
            for (int z = 0; z < 8; z++, written++)
                store.Write(0, new VolumeBox(z, 0, 0, 1, 256, 256), plane);
        });

        Assert.InRange(written, 1, 4);
        Assert.Contains("No space left", e.Message);
        Assert.Empty(Directory.GetFiles(disk.Path, "*.tmp", SearchOption.AllDirectories));
        int[] read = new int[written * 256 * 256];
        store.Read(0, new VolumeBox(0, 0, 0, written, 256, 256), read);
        Assert.All(read, v => Assert.Equal(5, v));
    }

    internal static VolumeBox RandomBox(Random random, VolumeShape shape)
    {
        int z = random.Next(shape.Z), y = random.Next(shape.Y), x = random.Next(shape.X);
        return new VolumeBox(z, y, x, random.Next(1, shape.Z - z + 1), random.Next(1, shape.Y - y + 1), random.Next(1, shape.X - x + 1));
    }

    private static float[] Ramp(VolumeShape shape) => [.. Enumerable.Range(1, (int)shape.Count).Select(i => i * 0.37f)];

    private static int[] Numbers(VolumeShape shape, VolumeBox box)
    {
        int[] all = [.. Enumerable.Range(1, (int)shape.Count)], part = new int[box.Count];
        Boxes.Copy<int>(all, shape.All, part, box);
        return part;
    }

    private string At(string name) => _folder.File(name);
}
