using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests;

public sealed class PlaneFilesTests
{
    [Theory]
    [InlineData("TCZYX", 2, 3, 4, 5, 6)]
    [InlineData("CZYX", 3, 4, 5, 6)]
    [InlineData("TYX", 4, 5, 6)]
    [InlineData("YX", 5, 6)]
    public void OpenImage_Tiff_GivesEveryPlane(string axes, params int[] shape)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.tif");
        var image = new NdArray<float>([.. Enumerable.Range(0, shape.Aggregate(1, (n, l) => n * l)).Select(i => i + 0.5f)], shape);
        TiffWriter.WriteFloats(path, image, axes, new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });

        using PlaneFile<float> file = PlaneFiles.OpenImage(path);

        Assert.Equal((axes.Contains('T'), axes.Contains('Z')), (file.HasTime, file.IsVolume));
        Assert.Equal(0.5, file.SpacingUm.X);
        Assert.Equal(image.Data, All(file));
    }

    [Theory]
    [InlineData("TZYX", 2, 3, 4, 5)]
    [InlineData("ZYX", 3, 4, 5)]
    public void OpenLabels_Tiff_GivesEveryPlane(string axes, params int[] shape)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.tif");
        var labels = new NdArray<int>([.. Enumerable.Range(70_000, shape.Aggregate(1, (n, l) => n * l))], shape);
        TiffWriter.WriteLabels(path, labels, axes);

        using PlaneFile<int> file = PlaneFiles.OpenLabels(path);

        Assert.Equal(labels.Data, All(file));
    }

    [Fact]
    public void OpenLabels_OverriddenAxes_AreTaken()
    {
        using var folder = new TemporaryFolder();
        string tiff = Path.Combine(folder.Path, "a.tif"), npy = Path.Combine(folder.Path, "a.npy");
        var labels = new NdArray<int>([.. Enumerable.Range(0, 24)], 2, 3, 4);
        TiffWriter.WriteLabels(tiff, labels, "ZYX");
        using (FileStream stream = File.Create(npy))
            NpyFile.Write(stream, labels);

        foreach (string path in (string[])[tiff, npy])
        {
            using PlaneFile<int> file = PlaneFiles.OpenLabels(path, "TYX"), turned = PlaneFiles.OpenLabels(path, "ZXY");

            Assert.Equal((2, false), (file.Frames, file.IsVolume));
            Assert.Equal((4, 3), (turned.Planes(0, 0).Height, turned.Planes(0, 0).Width));
            Assert.Equal([0, 4, 8, 1], All(turned)[..4]);
        }
    }

    [Theory]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void Open_ChunkedVolumes_GiveEveryPlaneInAnyOrder(string name)
    {
        using var folder = new TemporaryFolder();
        var image = new NdArray<float>([.. Enumerable.Range(0, 2 * 3 * 11 * 20 * 9).Select(i => i % 60_000 + 0f)], 2, 3, 11, 20, 9);
        TiffWriter.WriteFloats(folder.File("a.tif"), image, "TCZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });
        var write = new VolumeWriteOptions { Type = PixelType.UInt16, Chunk = new VolumeShape(4, 8, 8) };
        using (VolumeReader source = VolumeFile.Open(folder.File("a.tif")))
        {
            VolumeConverter.Run(source, folder.File(name), new VolumeConvertOptions { Write = write });
            VolumeConverter.Run(source, folder.File($"labels_{name}"), new VolumeConvertOptions { Write = write, IsLabels = true, Channel = 1 });
        }

        using PlaneFile<float> file = PlaneFiles.OpenImage(folder.File(name));
        using PlaneFile<int> labels = PlaneFiles.OpenLabels(folder.File($"labels_{name}"));

        Assert.Equal(image.Data, All(file));
        Assert.Equal((2, 3, true, 2.0), (file.Frames, file.Channels, file.IsVolume, file.SpacingUm.Z!.Value));
        Assert.Equal((2, true), (labels.Frames, labels.IsVolume));
        var random = new Random(4);
        float[] plane = new float[20 * 9];
        int[] labelPlane = new int[20 * 9];
        for (int n = 0; n < 60; n++)
        {
            (int t, int c, int z) = (random.Next(2), random.Next(3), random.Next(11));
            file.Planes(t, c).Read(z, plane);
            labels.Planes(t, 0).Read(z, labelPlane);
            Assert.Equal(image.Data.AsSpan(((t * 3 + c) * 11 + z) * 180, 180).ToArray(), plane);
            Assert.Equal(Array.ConvertAll(image.Data.AsSpan(((t * 3 + 1) * 11 + z) * 180, 180).ToArray(), v => (int)v), labelPlane);
        }
        Assert.Contains("labels must have one channel", Assert.Throws<InvalidDataException>(() => PlaneFiles.OpenLabels(folder.File(name))).Message);
    }

    [Fact]
    public void OpenLabels_NoLabels_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.tif");
        TiffWriter.WriteFloats(path, new NdArray<float>([1, 2.5f], 1, 2), "YX");

        using PlaneFile<int> file = PlaneFiles.OpenLabels(path);

        Assert.Contains("holds 2.5", Assert.Throws<InvalidDataException>(() => All(file)).Message);
        Assert.Throws<FileNotFoundException>(() => PlaneFiles.OpenLabels(Path.Combine(folder.Path, "none.tif")));
        Assert.Throws<FileNotFoundException>(() => PlaneFiles.OpenImage(Path.Combine(folder.Path, "none.tif")));
    }

    private static T[] All<T>(PlaneFile<T> file)
        where T : unmanaged
    {
        var all = new List<T>();
        for (int t = 0; t < file.Frames; t++)
        {
            for (int c = 0; c < file.Channels; c++)
            {
                PlaneSource<T> planes = file.Planes(t, c);
                T[] plane = new T[planes.Height * planes.Width];
                for (int z = 0; z < planes.Depth; z++)
                {
                    planes.Read(z, plane);
                    all.AddRange(plane);
                }
            }
        }
        return [.. all];
    }
}
