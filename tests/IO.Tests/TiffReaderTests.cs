using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO.Tests;

public sealed class TiffReaderTests
{
    [Theory]
    [InlineData("type_uint8.tif", PixelType.UInt8)]
    [InlineData("type_int8.tif", PixelType.Int8)]
    [InlineData("type_uint16.tif", PixelType.UInt16)]
    [InlineData("type_int16.tif", PixelType.Int16)]
    [InlineData("type_uint32.tif", PixelType.UInt32)]
    [InlineData("type_int32.tif", PixelType.Int32)]
    [InlineData("type_uint64.tif", PixelType.UInt64)]
    [InlineData("type_int64.tif", PixelType.Int64)]
    [InlineData("type_float16.tif", PixelType.Float16)]
    [InlineData("type_float32.tif", PixelType.Float32)]
    [InlineData("type_float64.tif", PixelType.Float64)]
    [InlineData("big_endian_uint8.tif", PixelType.UInt8)]
    [InlineData("big_endian_uint16.tif", PixelType.UInt16)]
    [InlineData("big_endian_int16.tif", PixelType.Int16)]
    [InlineData("big_endian_uint32.tif", PixelType.UInt32)]
    [InlineData("big_endian_int32.tif", PixelType.Int32)]
    [InlineData("big_endian_float16.tif", PixelType.Float16)]
    [InlineData("big_endian_float32.tif", PixelType.Float32)]
    [InlineData("big_endian_float64.tif", PixelType.Float64)]
    [InlineData("tiles.tif", PixelType.UInt16)]
    [InlineData("tiles_deflate.tif", PixelType.UInt16)]
    [InlineData("bigtiff.tif", PixelType.UInt16)]
    [InlineData("bigtiff_big_endian_tiles_deflate.tif", PixelType.UInt16)]
    [InlineData("deflate.tif", PixelType.UInt16)]
    [InlineData("deflate_float64.tif", PixelType.Float64)]
    [InlineData("deflate_predictor_uint8.tif", PixelType.UInt8)]
    [InlineData("deflate_predictor_uint16.tif", PixelType.UInt16)]
    [InlineData("lzw_uint8.tif", PixelType.UInt8)]
    [InlineData("lzw_uint16.tif", PixelType.UInt16)]
    [InlineData("lzw_predictor_uint8.tif", PixelType.UInt8)]
    [InlineData("lzw_predictor_uint16.tif", PixelType.UInt16)]
    [InlineData("packbits_uint8.tif", PixelType.UInt8)]
    [InlineData("packbits_uint16.tif", PixelType.UInt16)]
    [InlineData("float_predictor.tif", PixelType.Float32)]
    [InlineData("float_predictor_lzw.tif", PixelType.Float32)]
    [InlineData("predictor_uint64.tif", PixelType.UInt64)]
    [InlineData("fill_order.tif", PixelType.UInt8)]
    [InlineData("fill_order_deflate.tif", PixelType.UInt8)]
    public void Read_OnePage_GivesTheRamp(string name, PixelType type)
    {
        LoadedImage image = Ramp.Read(name);

        Assert.Equal("YX", image.Axes);
        Assert.Equal(type, image.Info.PixelType);
        Parity.Close(Ramp.Pixels(type), image.Pixels, 0);
    }

    [Theory]
    [InlineData("rgb.tif", "YXC", "none")]
    [InlineData("rgb_planar.tif", "CYX", "none")]
    [InlineData("rgb_planar_tiles_deflate.tif", "CYX", "Deflate")]
    [InlineData("lzw_rgb.tif", "YXC", "LZW")]
    [InlineData("lzw_predictor_rgb.tif", "YXC", "LZW")]
    [InlineData("packbits_rgb.tif", "YXC", "PackBits")]
    [InlineData("deflate_predictor_rgb.tif", "YXC", "Deflate")]
    [InlineData("ome_rgb.ome.tif", "YXC", "none")]
    public void Read_Rgb_GivesChannelsFirst(string name, string fileAxes, string compression)
    {
        LoadedImage image = Ramp.Read(name);

        Assert.Equal(fileAxes, image.Info.Axes);
        Assert.Equal("CYX", image.Axes);
        Assert.Equal(compression, image.Info.Compression);
        Parity.Close(Ramp.Pixels(PixelType.UInt8, c: 3), image.Pixels, 0);
    }

    [Fact]
    public void Read_Rgba16_KeepsFourChannels()
    {
        LoadedImage image = Ramp.Read("rgba.tif");

        Assert.Equal("RGB samples", image.Info.AxesSource);
        Parity.Close(Ramp.Pixels(PixelType.UInt16, c: 4), image.Pixels, 0);
    }

    [Fact]
    public void Read_Palette_ExpandsToColours_AndLabelsAreIndices()
    {
        NdArray<float> image = Ramp.Read("palette.tif").Pixels;
        NdArray<int> labels = Ramp.Labels("palette.tif");

        float[][] colours = [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]];
        for (int c = 0; c < 3; c++)
            Assert.Equal(Ramp.Make(v => colours[v % 5][c]).Data, image.Plane(c).ToArray());
        Assert.Equal(Ramp.Make(v => v % 5).Data, labels.Data);
        Assert.Equal([Ramp.Height, Ramp.Width], labels.Shape);
    }

    [Fact]
    public void Read_WhiteIsZero_InvertsIntensitiesButNotLabels()
    {
        NdArray<float> image = Ramp.Read("min_is_white.tif").Pixels;
        NdArray<int> labels = Ramp.Labels("min_is_white.tif");

        Assert.Equal(Ramp.Make(v => 255f - v).Data, image.Data);
        Assert.Equal(Ramp.Make(v => v).Data, labels.Data);
    }

    [Fact]
    public void Read_PackedBits_Unpacks()
    {
        Assert.Equal(Ramp.Make(v => v % 3 == 0 ? 1f : 0f).Data, Ramp.Read("bool.tif").Pixels.Data);
        Assert.Equal(Ramp.Make(v => (float)(v % 16)).Data, Ramp.Read("bits4.tif").Pixels.Data);
        Assert.Equal(Ramp.Make(v => v * 10f).Data, Ramp.Read("bits12.tif").Pixels.Data);
    }

    [Fact]
    public void Read_JpegInsideTiff_GivesColours()
    {
        NdArray<float> image = Ramp.Read("jpeg_inside.tif").Pixels;

        Assert.Equal([3, 16, 16], image.Shape);
        foreach ((int c, float value) in ((int, float)[])[(0, 200), (1, 100), (2, 50)])
            Assert.All(image.Plane(c).ToArray(), v => Assert.InRange(v, value - 2, value + 2));
    }

    [Fact]
    public void Inspect_TiledBigTiff_SaysSo()
    {
        ImageInfo info = ImageReader.Inspect(Ramp.Fixture("bigtiff_big_endian_tiles_deflate.tif"));

        Assert.Equal("BigTIFF", info.Format);
        Assert.True(info.IsBigTiff);
        Assert.True(info.IsTiled);
        Assert.Equal("Deflate", info.Compression);
        Assert.Equal(1, info.Pages);
        Assert.Equal("one page", info.AxesSource);
    }

    [Fact]
    public void ReadPlane_AnyOrderAndSeveralThreads_GivesEachPage()
    {
        using var reader = new TiffReader(Ramp.Fixture("imagej_deflate.tif"));
        NdArray<float> expected = Ramp.Pixels(PixelType.UInt16, t: 2, c: 2, z: 3);
        int size = Ramp.Height * Ramp.Width;

        Parallel.For(0, 200, i =>
        {
            (int t, int c, int z) = (i % 2, i / 2 % 2, i / 4 % 3);
            float[] plane = new float[reader.PageLength];
            reader.ReadPlane(reader.PageOf(t, c, z), plane);
            Assert.Equal(expected.Data.AsSpan(((((t * 2) + c) * 3) + z) * size, size).ToArray(), plane);
        });
    }

    [Fact]
    public void ReadPlane_WrongPageOrRoom_SaysWhich()
    {
        using var reader = new TiffReader(Ramp.Fixture("pages.tif"));

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.ReadPlane(3, new float[reader.PageLength]));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.PageOf(0, 0, 3));
        Assert.Contains("has 437 values; got room for 5", Assert.Throws<ArgumentException>(() => reader.ReadPlane(0, new float[5])).Message);
    }

    [Fact]
    public void Read_PagesOfDifferentSizes_NamesThePlane()
    {
        string path = Ramp.Fixture("page_sizes.tif");

        var e = Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(path));

        Assert.Equal($"plane 1 of '{path}' is 12 x 10; plane 0 is 12 x 12.", e.Message);
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => ImageReader.Read(Ramp.Fixture("pages.tif"), cancellationToken: source.Token));
    }
}
