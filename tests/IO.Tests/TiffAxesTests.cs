using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tests;

public sealed class TiffAxesTests
{
    [Theory]
    [InlineData("imagej_tzcyx.tif", "TZCYX", "ImageJ description")]
    [InlineData("imagej_deflate.tif", "TZCYX", "ImageJ description")]
    [InlineData("ome_tczyx.ome.tif", "TCZYX", "OME-XML")]
    public void Read_FiveAxes_GivesCanonicalOrder(string name, string fileAxes, string source)
    {
        LoadedImage image = Ramp.Read(name);

        Assert.Equal("TCZYX", image.Axes);
        Assert.Equal(fileAxes, image.Info.Axes);
        Assert.Equal(source, image.Info.AxesSource);
        Assert.Equal(12, image.Info.Pages);
        Parity.Close(Ramp.Pixels(PixelType.UInt16, t: 2, c: 2, z: 3), image.Pixels, 0);
    }

    [Fact]
    public void Inspect_ImageJ_ReadsVoxelSizeAndInterval()
    {
        ImageInfo info = ImageReader.Inspect(Ramp.Fixture("imagej_tzcyx.tif"));

        Assert.Equal(1.5, info.VoxelSizeUm.Z);
        Assert.Equal(0.325, info.VoxelSizeUm.Y!.Value, 1e-6);
        Assert.Equal(0.325, info.VoxelSizeUm.X!.Value, 1e-6);
        Assert.Equal(30.0, info.FrameIntervalS);
        Assert.Equal(1.5 / 0.325, info.VoxelSizeUm.Anisotropy!.Value, 1e-4);
    }

    [Fact]
    public void Inspect_Ome_ConvertsUnitsAndReadsNames()
    {
        ImageInfo info = ImageReader.Inspect(Ramp.Fixture("ome_tczyx.ome.tif"));

        Assert.Equal(1.5, info.VoxelSizeUm.Z);
        Assert.Equal(0.325, info.VoxelSizeUm.Y!.Value, 1e-12);       // written in mm
        Assert.Equal(0.325, info.VoxelSizeUm.X!.Value, 1e-12);       // written in nm
        Assert.Equal(0.5, info.FrameIntervalS);                      // written in ms
        Assert.Equal(["DAPI", "GFP"], info.ChannelNames);
    }

    [Fact]
    public void Read_OneHeaderForAllPlanes_ReadsThem()
    {
        LoadedImage image = Ramp.Read("imagej_one_header.tif");

        Assert.Equal("ZYX", image.Axes);
        Assert.Equal(3, image.Info.Pages);
        Assert.Equal(new VoxelSize(2, 0.5, 0.5), image.Info.VoxelSizeUm);
        Parity.Close(Ramp.Pixels(PixelType.UInt16, z: 3), image.Pixels, 0);
    }

    [Fact]
    public void Read_RgbStack_PutsSamplesBeforePlanes()
    {
        LoadedImage image = Ramp.Read("imagej_rgb.tif");

        Assert.Equal("ZYXC", image.Info.Axes);
        Assert.Equal("CZYX", image.Axes);
        Assert.Equal([3, 2, Ramp.Height, Ramp.Width], image.Pixels.Shape);
        for (int c = 0; c < 3; c++)
        {
            float[] plane = Ramp.Make(v => (float)v + (7 * c)).Data;
            Assert.Equal([.. plane, .. plane], image.Pixels.Plane(c).ToArray());
        }
    }

    [Fact]
    public void Read_OmeBigTiffTiles_GivesFloats()
    {
        LoadedImage image = Ramp.Read("ome_bigtiff_tiles.ome.tif");

        Assert.Equal("CZYX", image.Axes);
        Parity.Close(Ramp.Pixels(PixelType.Float32, c: 2, z: 3), image.Pixels, 0);
    }

    [Fact]
    public void Read_OmePagesInAnotherOrder_FollowsTiffData()
    {
        LoadedImage image = Ramp.Read("ome_reversed_pages.tif");

        Parity.Close(Ramp.Pixels(PixelType.UInt16, z: 3), image.Pixels, 0);
    }

    [Fact]
    public void Read_OmeOfSeveralFiles_IsNotSupported()
    {
        var e = Assert.Throws<NotSupportedException>(() => ImageReader.Inspect(Ramp.Fixture("ome_several_files.tif")));

        Assert.Contains("2 files of an OME-TIFF", e.Message);
        Assert.Equal("ZYX", ImageReader.Inspect(Ramp.Fixture("ome_several_files.tif"), "ZYX").Axes);
    }

    [Fact]
    public void Inspect_TifffileShape_TakesAxesAndCentimetres()
    {
        LoadedImage image = Ramp.Read("shaped_axes.tif");

        Assert.Equal("CZYX", image.Axes);
        Assert.Equal("tifffile shape metadata", image.Info.AxesSource);
        Assert.Equal(0.5, image.Info.VoxelSizeUm.X!.Value, 1e-9);
        Parity.Close(Ramp.Pixels(PixelType.UInt16, c: 2, z: 3), image.Pixels, 0);
    }

    [Theory]
    [InlineData("pages.tif", "ZYX", "pages without metadata taken as Z")]
    [InlineData("shaped_one_by_one.tif", "ZYX", "pages without metadata taken as Z")]
    [InlineData("shaped.tif", "ZYX", "tifffile shape metadata (axes guessed from the shape)")]
    [InlineData("shaped_two_planes.tif", "CYX", "tifffile shape metadata (axes guessed from the shape)")]
    [InlineData("rgb.tif", "YXC", "RGB samples")]
    public void Inspect_LittleMetadata_SaysHowAxesWereFound(string name, string axes, string source)
    {
        ImageInfo info = ImageReader.Inspect(Ramp.Fixture(name));

        Assert.Equal(axes, info.Axes);
        Assert.Equal(source, info.AxesSource);
        Assert.Equal(default, info.VoxelSizeUm);
    }

    [Fact]
    public void Labels_GuessedAxes_NeverHaveChannels()
    {
        Assert.Equal([2, Ramp.Height, Ramp.Width], Ramp.Labels("shaped_two_planes.tif").Shape);
    }

    [Theory]
    [InlineData("pages.tif", "CYX", "CYX")]
    [InlineData("pages.tif", "tyx", "TYX")]
    [InlineData("rgb.tif", "YXS", "CYX")]
    [InlineData("imagej_tzcyx.tif", "TCZYX", "TCZYX")]
    public void Read_AxesGiven_ReplaceTheFiles(string name, string axes, string canonical)
    {
        LoadedImage image = Ramp.Read(name, axes);

        Assert.Equal(canonical, image.Axes);
        Assert.Equal("--axes", image.Info.AxesSource);
    }

    [Fact]
    public void Read_AxesGivenAcrossPages_TransposePixels()
    {
        // file axes [3, 19, 23] named X, Z, Y: canonical [Z = 19, Y = 23, X = 3]
        float[] expected = [.. from z in Enumerable.Range(0, 19) from y in Enumerable.Range(0, 23) from x in Enumerable.Range(0, 3)
                               select (float)Ramp.Scaled(y + (2 * z) + (40 * x), PixelType.UInt16)];

        LoadedImage image = Ramp.Read("pages.tif", "XZY");

        Assert.Equal([Ramp.Height, Ramp.Width, 3], image.Pixels.Shape);
        Assert.Equal(expected, image.Pixels.Data);
    }

    [Theory]
    [InlineData("pages.tif", "ZCYX", "names 4 axes; ")]
    [InlineData("pages.tif", "YX", "has 3: [3, 19, 23], read as ZYX")]
    [InlineData("pages.tif", "QYX", "letters of T, C, Z, Y, X (S is read as C); got 'QYX'")]
    [InlineData("pages.tif", "ZZYX", "names Z twice")]
    [InlineData("pages.tif", "TZC", "must include Y and X")]
    public void Read_AxesThatDoNotFit_SayWhy(string name, string axes, string part)
    {
        var e = Assert.Throws<ArgumentException>(() => ImageReader.Inspect(Ramp.Fixture(name), axes));

        Assert.Contains(part, e.Message);
    }
}
