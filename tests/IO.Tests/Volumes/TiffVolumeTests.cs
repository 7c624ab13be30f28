using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class TiffVolumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every fixture that reads whole reads the same box by box.</summary>
    public static TheoryData<string> Files => [.. Directory.GetFiles(System.IO.Path.GetDirectoryName(Ramp.Fixture("x"))!, "*.tif")
        .Select(f => System.IO.Path.GetFileName(f)).Where(f => f is not ("page_sizes.tif" or "ome_several_files.tif" or "packbits.tif")).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_RandomBoxes_AreThoseOfTheWholeImage(string name)
    {
        LoadedImage whole = Ramp.Read(name);
        using TiffVolume volume = TiffVolume.Open(Ramp.Fixture(name));
        var random = new Random(3);

        for (int n = 0; n < 12; n++)
        {
            int t = random.Next(volume.Description.Times), c = random.Next(volume.Channels);
            VolumeBox box = n == 0 ? volume.Shape.All : ChunkFolderStoreTests.RandomBox(random, volume.Shape);
            float[] voxels = new float[box.Count];
            volume.Read(t, c, box, voxels);
            Assert.Equal(Cut(whole, volume, t, c, box), voxels);
        }
    }

    [Fact]
    public void Read_ManyThreads_GiveTheSame()
    {
        LoadedImage whole = Ramp.Read("ome_tczyx.ome.tif");
        using TiffVolume volume = TiffVolume.Open(Ramp.Fixture("ome_tczyx.ome.tif"), new VolumeOpenOptions { Time = 1 });

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 7 }, n =>
        {
            VolumeBox box = ChunkFolderStoreTests.RandomBox(new Random(n), volume.Shape);
            float[] voxels = new float[box.Count];
            volume.Read(n % volume.Channels, box, voxels);
            Assert.Equal(Cut(whole, volume, 1, n % volume.Channels, box), voxels);
        });
    }

    [Fact]
    public void ReadLabels_Above2To24_AreExact()
    {
        var labels = new NdArray<int>([0, 16_777_217, int.MaxValue, 65_536, 1, 2], 2, 1, 3);
        TiffWriter.WriteLabels(_folder.File("a.tif"), labels, options: new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.25) });

        using TiffVolume volume = TiffVolume.Open(_folder.File("a.tif"), new VolumeOpenOptions { AsLabels = true });
        int[] read = new int[6];
        volume.ReadLabels(0, 0, volume.Shape.All, read);

        Assert.Equal(labels.Data, read);
        Assert.Equal((new VolumeShape(2, 1, 3), new VolumeShape(1, 1, 3), new VoxelSize(2, 0.5, 0.25)), (volume.Shape, volume.Chunk, volume.SpacingUm));
    }

    [Fact]
    public void Open_PalettedLabels_AreIndices()
    {
        using TiffVolume volume = TiffVolume.Open(Ramp.Fixture("palette.tif"), new VolumeOpenOptions { AsLabels = true });
        int[] read = new int[volume.Shape.Count];

        volume.ReadLabels(0, 0, volume.Shape.All, read);

        Assert.Equal(Ramp.Labels("palette.tif").Data, read);
        Assert.Equal(1, volume.Channels);
    }

    [Fact]
    public void Open_WhatATiffHasNot_IsRefused()
    {
        string path = Ramp.Fixture("pages.tif");

        Assert.Contains("no data sets", Assert.Throws<ArgumentException>(() => TiffVolume.Open(path, new VolumeOpenOptions { Dataset = "raw" })).Message);
        Assert.Contains("one resolution", Assert.Throws<ArgumentException>(() => TiffVolume.Open(path, new VolumeOpenOptions { Level = 1 })).Message);
        Assert.Contains("time point must be 0 to 0", Assert.Throws<ArgumentException>(() => TiffVolume.Open(path, new VolumeOpenOptions { Time = 1 })).Message);
        Assert.Contains("names 4 axes", Assert.Throws<ArgumentException>(() => TiffVolume.Open(path, new VolumeOpenOptions { Axes = "TCYX" })).Message);
        Assert.Contains("plane 1 of", Assert.Throws<InvalidDataException>(() => TiffVolume.Open(Ramp.Fixture("page_sizes.tif"))).Message);
    }

    [Fact]
    public void Read_PlaneCutShort_NamesThePlane()
    {
        var image = new NdArray<float>(3, 40, 40);
        new Random(1).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(image.Span));
        TiffWriter.WriteFloats(_folder.File("a.tif"), image, "ZYX", new TiffWriterOptions { Compress = false, BigTiff = true });
        byte[] bytes = File.ReadAllBytes(_folder.File("a.tif"));
        // the second strip's bytes, pointed to behind the end
        byte[] cut = [.. bytes];
        long offset = 16 + (40 * 40 * 4);
        for (int i = 0; i + 8 <= cut.Length; i++)
        {
            if (BitConverter.ToInt64(cut, i) == offset)
                BitConverter.TryWriteBytes(cut.AsSpan(i), (long)bytes.Length - 10);
        }
        File.WriteAllBytes(_folder.File("b.tif"), cut);

        using TiffVolume volume = TiffVolume.Open(_folder.File("b.tif"));
        volume.Read(0, new VolumeBox(0, 0, 0, 1, 40, 40), new float[1600]);
        var e = Assert.Throws<InvalidDataException>(() => volume.Read(0, volume.Shape.All, new float[4800]));

        Assert.Contains("b.tif' ends inside strip 0 of plane 1", e.Message);
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        using TiffVolume volume = TiffVolume.Open(Ramp.Fixture("pages.tif"));
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => volume.Read(0, volume.Shape.All, new float[volume.Shape.Count], source.Token));
    }

    private static float[] Cut(LoadedImage whole, VolumeReader volume, int t, int c, VolumeBox box)
    {
        VolumeShape shape = volume.Shape;
        int at = checked((int)((((long)t * volume.Channels) + c) * shape.Count));
        float[] part = new float[box.Count];
        Boxes.Copy<float>(whole.Pixels.Data.AsSpan(at, (int)shape.Count), shape.All, part, box);
        return part;
    }
}
