using Cellpose3D.Core2D;
using Cellpose3D.IO.Png;

namespace Cellpose3D.IO.Tests;

public sealed class RasterImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("grey8.png", PixelType.UInt8, 0)]
    [InlineData("grey16.png", PixelType.UInt16, 0)]
    [InlineData("rgb8.png", PixelType.UInt8, 3)]
    [InlineData("rgb16.png", PixelType.UInt16, 3)]
    [InlineData("rgba8.png", PixelType.UInt8, 4)]
    public void Read_Png_GivesTheRamp(string name, PixelType type, int channels)
    {
        LoadedImage image = Ramp.Read(name);

        Assert.Equal("PNG", image.Info.Format);
        Assert.Equal(type, image.Info.PixelType);
        Assert.Equal(channels == 0 ? "YX" : "YXC", image.Info.Axes);
        Parity.Close(Ramp.Pixels(type, c: channels), image.Pixels, 0);
    }

    [Fact]
    public void Read_PalettePng_ExpandsToColours()
    {
        NdArray<float> image = Ramp.Read("palette.png").Pixels;

        Assert.Equal(Ramp.Make(v => new float[] { 0, 255, 0, 0, 10 }[v % 5]).Data, image.Plane(0).ToArray());
        Assert.Equal(Ramp.Make(v => new float[] { 0, 0, 0, 255, 30 }[v % 5]).Data, image.Plane(2).ToArray());
    }

    [Fact]
    public void Read_GreyWithAlpha_GivesWhatTheHeaderSays()
    {
        LoadedImage image = Ramp.Read("grey_alpha.png");

        Assert.Equal(ImageReader.Inspect(Ramp.Fixture("grey_alpha.png")).Shape, image.Info.Shape);
        Assert.Equal(4, image.Pixels.Shape[0]);
        Assert.Equal(Ramp.Make(v => (float)v).Data, image.Pixels.Plane(0).ToArray());
        Assert.All(image.Pixels.Plane(3).ToArray(), v => Assert.Equal(255, v));
    }

    [Fact]
    public void Read_OneBit_IsZeroAndWhite() =>
        Assert.Equal(Ramp.Make(v => v % 3 == 0 ? 255f : 0f).Data, Ramp.Read("bits1.png").Pixels.Data);

    [Fact]
    public void Read_Jpeg_IsRgbAndIgnoresTheRotationNote()
    {
        LoadedImage image = Ramp.Read("rgb_rotation_note.jpg");

        Assert.Equal([3, 16, 32], image.Pixels.Shape);
        Assert.InRange(image.Pixels.Plane(0)[(8 * 32) + 4], 235, 255);       // left half red, as stored
        Assert.InRange(image.Pixels.Plane(2)[(8 * 32) + 4], 5, 35);
        Assert.InRange(image.Pixels.Plane(0)[(8 * 32) + 28], 0, 10);
    }

    [Fact]
    public void Read_GreyJpeg_IsOnePlane()
    {
        LoadedImage image = Ramp.Read("grey.jpg");

        Assert.Equal("JPEG", image.Info.Format);
        Assert.Equal([Ramp.Height, Ramp.Width], image.Pixels.Shape);
        Assert.All(image.Pixels.Data, v => Assert.InRange(v, 76, 78));
    }

    [Theory]
    [InlineData("grey16.png")]
    [InlineData("rgb8.png")]
    [InlineData("rgb_rotation_note.jpg")]
    public void Read_CutAnywhere_IsInvalidData(string name)
    {
        byte[] bytes = File.ReadAllBytes(Ramp.Fixture(name));
        for (int length = 4; length < bytes.Length; length += 3)
        {
            File.WriteAllBytes(_folder.File(name), bytes[..length]);

            Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(_folder.File(name)));
        }
    }

    [Fact]
    public void WritePng_RgbAndGrey_ReadBack()
    {
        var rgb = new NdArray<byte>([1, 2, 3, 250, 0, 128], 1, 2, 3);
        var grey = new NdArray<byte>([7, 8, 9], 3, 1);

        PngFile.Write(_folder.File("rgb.png"), rgb);
        PngFile.Write(_folder.File("grey.png"), grey);

        Assert.Equal([1, 250, 2, 0, 3, 128], Read("rgb.png").Data);
        Assert.Equal([7, 8, 9], Read("grey.png").Data);
        Assert.Equal(["grey.png", "rgb.png"], _folder.Names);
    }

    [Fact]
    public void WriteLabels_SixteenBits_ReadBackAndMoreIsRefused()
    {
        PngFile.WriteLabels(_folder.File("a.png"), new NdArray<int>([0, 1, 65_535, 256], 2, 2));

        Assert.Equal([0, 1, 65_535, 256], LabelReader.Read(_folder.File("a.png"), null, TestContext.Current.CancellationToken).Data);
        Assert.Contains("got 65536: write a TIFF",
            Assert.Throws<ArgumentException>(() => PngFile.WriteLabels(_folder.File("b.png"), new NdArray<int>([65_536], 1, 1))).Message);
    }

    [Theory]
    [InlineData("libgtk-3.so.0: cannot open shared object file: No such file or directory", "(libgtk-3.so.0: cannot open shared object file: No such file or directory)")]
    [InlineData("/opt/app/OpenCvSharpExtern.so: cannot open shared object file: No such file or directory", "not beside the program")]
    public void Explain_NamesWhatIsMissingAndThePackages(string line, string part)
    {
        string loader = "Unable to load shared library 'OpenCvSharpExtern' or one of its dependencies. \n"
            + line + "\n/opt/app/OpenCvSharpExtern: cannot open shared object file: No such file or directory\n";

        string message = OpenCv.Explain(OpenCv.Reason(loader));

        Assert.Contains(part, message);
        Assert.Contains("libgtk-3-0 and libatomic1", message);
        Assert.DoesNotContain('\n', message);
    }

    private NdArray<float> Read(string name) => ImageReader.Read(_folder.File(name), null, TestContext.Current.CancellationToken).Pixels;
}
