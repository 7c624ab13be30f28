using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO.Tests;

public sealed class TiffWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(65_535, PixelType.UInt16)]
    [InlineData(65_536, PixelType.UInt32)]
    [InlineData(int.MaxValue, PixelType.UInt32)]
    public void WriteLabels_LargestLabel_ChoosesTheType(int largest, PixelType type)
    {
        var labels = new NdArray<int>([0, 1, 2, 3, largest, 5], 2, 1, 3);

        TiffWriter.WriteLabels(_folder.File("a.tif"), labels, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(type, ImageReader.Inspect(_folder.File("a.tif")).PixelType);
        NdArray<int> read = Labels("a.tif");
        Assert.Equal([2, 1, 3], read.Shape);
        Assert.Equal(labels.Data, read.Data);
        Assert.Equal(["a.tif"], _folder.Names);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 700)]
    [InlineData(700, 1)]
    [InlineData(701, 503)]
    public void WriteLabels_OddSizes_ReadBack(int height, int width)
    {
        var labels = new NdArray<int>(height, width);
        for (int i = 0; i < labels.Length; i++)
            labels.Data[i] = i * 7 % 70_001;

        TiffWriter.WriteLabels(_folder.File("a.tif"), labels, cancellationToken: TestContext.Current.CancellationToken);

        NdArray<int> read = Labels("a.tif");
        Assert.Equal(labels.Shape, read.Shape);
        Assert.Equal(labels.Data, read.Data);
    }

    [Fact]
    public void WriteLabels_Negative_IsRefusedAndLeavesNothing()
    {
        var e = Assert.Throws<ArgumentException>(() => TiffWriter.WriteLabels(_folder.File("a.tif"), new NdArray<int>([-1], 1, 1), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("got -1", e.Message);
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("YX", false)]
    [InlineData("CYX", false)]
    [InlineData("ZYX", true)]
    [InlineData("TZYX", false)]
    [InlineData("CZYX", false)]
    [InlineData("TCZYX", false)]
    [InlineData("TCZYX", true)]
    public void WriteFloats_AxesSizesAndValues_ReadBack(string axes, bool big)
    {
        var values = Ramp.Pixels(PixelType.Float32, t: Has('T', 2), c: Has('C', 3), z: Has('Z', 4));
        values.Data[5] = float.NaN;
        var options = new TiffWriterOptions { VoxelSizeUm = new VoxelSize(0.7, 0.325, 0.325), FrameIntervalS = 12.5, BigTiff = big };

        TiffWriter.WriteFloats(_folder.File("a.tif"), values, axes, options, TestContext.Current.CancellationToken);
        LoadedImage image = ImageReader.Read(_folder.File("a.tif"), null, TestContext.Current.CancellationToken);

        Assert.Equal(axes, image.Axes);
        Assert.Equal(values.Shape, image.Pixels.Shape);
        Assert.Equal(values.Data, image.Pixels.Data);
        Assert.Equal(options.VoxelSizeUm, image.Info.VoxelSizeUm);
        Assert.Equal(12.5, image.Info.FrameIntervalS);
        Assert.Equal(big ? "OME-XML" : "ImageJ description", image.Info.AxesSource);
        Assert.Equal(big, image.Info.IsBigTiff);
        Assert.Equal("Deflate", image.Info.Compression);

        int Has(char axis, int length) => axes.Contains(axis) ? length : 0;
    }

    [Fact]
    public void WriteFloats_Uncompressed_ReadsBack()
    {
        NdArray<float> values = Ramp.Pixels(PixelType.Float32, z: 3);

        TiffWriter.WriteFloats(_folder.File("a.tif"), values, "ZYX", new TiffWriterOptions { Compress = false }, TestContext.Current.CancellationToken);

        LoadedImage image = ImageReader.Read(_folder.File("a.tif"), null, TestContext.Current.CancellationToken);
        Assert.Equal("none", image.Info.Compression);
        Assert.Equal(default, image.Info.VoxelSizeUm);
        Assert.Equal(values.Data, image.Pixels.Data);
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        NdArray<float> values = Ramp.Pixels(PixelType.Float32, z: 3);

        TiffWriter.WriteFloats(_folder.File("a.tif"), values, "ZYX", cancellationToken: TestContext.Current.CancellationToken);
        TiffWriter.WriteFloats(_folder.File("b.tif"), values, "ZYX", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(File.ReadAllBytes(_folder.File("a.tif")), File.ReadAllBytes(_folder.File("b.tif")));
    }

    [Fact]
    public void WritePlane_Misuse_SaysWhatWasExpected()
    {
        using var writer = new TiffWriter(_folder.File("a.tif"), PixelType.UInt16, "ZYX", [2, 3, 4]);

        Assert.Contains("uint16; got a plane of Single", Assert.Throws<ArgumentException>(() => writer.WritePlane<float>(new float[12])).Message);
        Assert.Contains("3 x 4 values; got 11", Assert.Throws<ArgumentException>(() => writer.WritePlane<ushort>(new ushort[11])).Message);
        Assert.Contains("2 planes must be written; got 0", Assert.Throws<InvalidOperationException>(writer.Complete).Message);
        writer.WritePlane<ushort>(new ushort[12]);
        writer.WritePlane<ushort>(new ushort[12]);
        Assert.Throws<InvalidOperationException>(() => writer.WritePlane<ushort>(new ushort[12]));
    }

    [Theory]
    [InlineData("XY")]
    [InlineData("CTYX")]
    [InlineData("YXC")]
    public void Open_AxesOutOfOrder_AreRefused(string axes)
    {
        Assert.Throws<ArgumentException>(() => new TiffWriter(_folder.File("a.tif"), PixelType.UInt16, axes, [.. Enumerable.Repeat(2, axes.Length)]));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void WriteLabels_Cancelled_KeepsTheOldFile()
    {
        File.WriteAllText(_folder.File("a.tif"), "before");
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => TiffWriter.WriteLabels(_folder.File("a.tif"), new NdArray<int>(2, 2, 2), cancellationToken: source.Token));

        Assert.Equal(["a.tif"], _folder.Names);
        Assert.Equal("before", File.ReadAllText(_folder.File("a.tif")));
    }

    private NdArray<int> Labels(string name) => LabelReader.Read(_folder.File(name), null, TestContext.Current.CancellationToken);
}
