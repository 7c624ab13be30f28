using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class VolumeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.ome.tif")]
    [InlineData("a.h5")]
    [InlineData("b.h5:/run/cells")]
    [InlineData("a.zarr")]
    public void CreateLabels_RandomBoxes_ReadsAsAnArrayWould(string name)
    {
        var shape = new VolumeShape(6, 13, 17);
        var random = new Random(4);
        int[] truth = new int[shape.Count];
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(At(name), shape, new VolumeWriteOptions { Chunk = new VolumeShape(4, 5, 8), VoxelSizeUm = new VoxelSize(3, 1, 1) }))
        {
            for (int n = 0; n < 40; n++)
            {
                VolumeBox box = ChunkFolderStoreTests.RandomBox(random, shape);
                int[] values = [.. Enumerable.Range(0, (int)box.Count).Select(_ => random.Next(100_000))];
                output.Write(0, box, values);
                Boxes.Copy<int>(values, box, truth, shape.All);
                int[] all = new int[shape.Count];
                output.Read(0, shape.All, all);
                Assert.Equal(truth, all);
            }
            output.Flush();
            output.Complete();
        }

        using VolumeReader volume = VolumeFile.Open(At(name), new VolumeOpenOptions { AsLabels = true });
        Assert.Equal(truth, TestVolumes.AllLabels(volume));
        Assert.Equal((shape, new VoxelSize(3, 1, 1), PixelType.UInt32), (volume.Shape, volume.SpacingUm, volume.Description.Image.PixelType));
        Assert.Equal(truth, LabelReader.Read(At(name)).Data);
        Assert.Single(_folder.Names);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void CreateLabels_Abandoned_LeavesNothing(string name)
    {
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(At(name), new VolumeShape(2, 3, 4)))
            output.Write(0, new VolumeBox(0, 0, 0, 2, 3, 4), Enumerable.Range(1, 24).ToArray());

        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void WriteLabels_FromAStore_OneVoxelOrNoCells(string name)
    {
        foreach ((VolumeShape shape, int label) in ((VolumeShape, int)[])[(new VolumeShape(1, 1, 1), 70_000), (new VolumeShape(3, 5, 7), 0)])
        {
            string scratch = At("scratch");
            var store = new ChunkFolderStore<int>(scratch, shape);
            store.Write(0, new VolumeBox(0, 0, 0, 1, 1, 1), [label]);

            VolumeFile.WriteLabels(At(name), store, new VolumeWriteOptions { VoxelSizeUm = new VoxelSize(1, 2, 3) });

            using VolumeReader volume = VolumeFile.Open(At(name));
            int[] all = TestVolumes.AllLabels(volume);
            Assert.Equal((label, (int)shape.Count), (all[0], all.Length));
            Assert.All(all[1..], v => Assert.Equal(0, v));
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Fact]
    public void WriteLabels_SeveralComponents_AreChannels()
    {
        var shape = new VolumeShape(2, 3, 4);
        var store = new ChunkFolderStore<int>(At("scratch"), shape, new ChunkFolderOptions { Components = 3 });
        for (int c = 0; c < 3; c++)
            store.Write(c, shape.All, TestVolumes.Labels(shape, c, 99));

        VolumeFile.WriteLabels(At("a.zarr"), store);

        using VolumeReader volume = VolumeFile.Open(At("a.zarr"));
        Assert.Equal(3, volume.Channels);
        Assert.Equal(TestVolumes.Labels(shape, 2, 99), TestVolumes.AllLabels(volume, channel: 2));
    }

    [Theory]
    [InlineData("a.tif", VolumeFormat.Tiff)]
    [InlineData("a.b.TIFF", VolumeFormat.Tiff)]
    [InlineData("a.ome.tif", VolumeFormat.OmeTiff)]
    [InlineData("a.OME.tiff", VolumeFormat.OmeTiff)]
    [InlineData("a.h5", VolumeFormat.Hdf5)]
    [InlineData("a.hdf5:/x/y", VolumeFormat.Hdf5)]
    [InlineData("a.zarr", VolumeFormat.OmeZarr)]
    [InlineData("a.ome.zarr/", VolumeFormat.OmeZarr)]
    public void FormatOf_Extension_IsTheFormat(string path, VolumeFormat format) => Assert.Equal(format, VolumeFile.FormatOf(path));

    [Theory]
    [InlineData("a.png")]
    [InlineData("a")]
    [InlineData("a.ims")]
    [InlineData("nowhere/labels/cells")]
    public void FormatOf_NotWritten_IsRefused(string path) =>
        Assert.Contains($"got '{path}'", Assert.Throws<ArgumentException>(() => VolumeFile.FormatOf(path)).Message);

    [Theory]
    [InlineData("<u2", false)]
    [InlineData(">f4", true)]
    [InlineData("|u1", false)]
    public void Open_Npy_ReadsBoxes(string descr, bool isBig)
    {
        int[] shape = [3, 2, 7, 9];
        int size = descr[2] - '0';
        using (FileStream stream = File.Create(At("a.npy")))
        {
            string header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': (3, 2, 7, 9), }}".PadRight(117) + "\n";
            stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0]);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(header));
            for (int i = 0; i < 378; i++)
            {
                byte[] value = size == 1 ? [(byte)(i % 251)] : size == 2 ? BitConverter.GetBytes((ushort)(i % 251)) : BitConverter.GetBytes((float)(i % 251));
                stream.Write(isBig ? [.. value.Reverse()] : value);
            }
        }

        using VolumeReader volume = VolumeFile.Open(At("a.npy"), new VolumeOpenOptions { Axes = "ZCYX" });

        Assert.Equal((new VolumeShape(3, 7, 9), 2), (volume.Shape, volume.Channels));
        Assert.Equal(Ramp4(shape), TestVolumes.All(volume));
        TestVolumes.BoxesAreOfTheWhole(volume, 6);
    }

    [Fact]
    public void Open_NpyCutShort_SaysSo()
    {
        using (FileStream stream = File.Create(At("a.npy")))
            NpyFile.Write(stream, new NdArray<float>(3, 4, 5));
        File.WriteAllBytes(At("a.npy"), File.ReadAllBytes(At("a.npy"))[..^1]);

        Assert.Contains("has 239 of 240 bytes", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(At("a.npy"))).Message);
    }

    [Fact]
    public void Open_WhatIsNoVolume_SaysWhatItIs()
    {
        File.WriteAllText(At("empty.tif"), "");
        File.WriteAllText(At("text.tif"), "hello");

        Assert.Throws<FileNotFoundException>(() => VolumeFile.Open(At("missing.tif")));
        Assert.Throws<FileNotFoundException>(() => VolumeFile.Open(At("missing.h5:/raw")));
        Assert.Contains("is empty", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(At("empty.tif"))).Message);
        Assert.Contains("is not TIFF, HDF5, OME-Zarr or .npy: its first bytes are 68656C6C6F", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(At("text.tif"))).Message);
        Assert.Contains("not read in parts", Assert.Throws<NotSupportedException>(() => VolumeFile.Open(Ramp.Fixture("grey8.png"))).Message);
        Assert.Contains("no data sets", Assert.Throws<ArgumentException>(() => VolumeFile.Open($"{Ramp.Fixture("pages.tif")}:/raw")).Message);
    }

    public static TheoryData<string, string, int> RealVolumes => new()
    {
        { "ovule_nuclei/1135_mini.h5", "100 x 100 x 100", 1 },
        { "ovule_nuclei/1136_mini.h5:/label", "100 x 100 x 100", 1 },
        { "mouse_embryo/8_cell_img.tif", "51 x 120 x 122", 1 },
        { "plantseg_rgb3d/rgb_3D_0.tiff", "75 x 75 x 75", 1 },
        { "plantseg_rgb3d/rgb_3D_c_raw.tif", "75 x 75 x 75", 2 },
        { "stardist_demo/img3d.tif", "31 x 61 x 57", 1 },
    };

    [Theory]
    [MemberData(nameof(RealVolumes))]
    public void Convert_RealVolume_ToEveryFormatAndBack_IsTheSame(string name, string shape, int channels)
    {
        string folder = Golden.Shared("datasets", "volumes");
        using VolumeReader source = VolumeFile.Open(Path.Combine(folder, name));
        Assert.Equal((shape, channels), (source.Shape.ToString(), source.Channels));
        float[] all = TestVolumes.All(source);

        foreach (string target in (string[])["a.ome.tif", "a.h5", "a.zarr"])
        {
            VolumeConverter.Run(source, At(target));
            using VolumeReader copy = VolumeFile.Open(At(target), new VolumeOpenOptions { AsLabels = source.Description.IsLabels });
            Assert.Equal((source.Shape, source.Channels, source.SpacingUm), (copy.Shape, copy.Channels, copy.SpacingUm));
            Assert.True(all.SequenceEqual(TestVolumes.All(copy)), target);
        }
    }

    private static float[] Ramp4(int[] shape)
    {
        // [Z, C, Y, X] in the file, [C, Z, Y, X] as read
        float[] result = new float[378];
        int to = 0;
        for (int c = 0; c < shape[1]; c++)
        {
            for (int z = 0; z < shape[0]; z++)
            {
                for (int i = 0; i < 63; i++)
                    result[to++] = ((((z * 2) + c) * 63) + i) % 251;
            }
        }
        return result;
    }

    private string At(string name) => _folder.File(name);
}
