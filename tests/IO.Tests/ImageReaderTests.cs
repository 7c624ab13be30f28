using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tests;

public sealed class ImageReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        string path = _folder.File("no.tif");

        Assert.Equal($"'{path}' does not exist.", Assert.Throws<FileNotFoundException>(() => ImageReader.Inspect(path)).Message);
    }

    [Fact]
    public void Read_Folder_SaysSo() =>
        Assert.Equal($"'{_folder.Path}' is a folder; name an image file.", Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(_folder.Path)).Message);

    [Fact]
    public void Read_EmptyFile_SaysSo()
    {
        File.WriteAllBytes(_folder.File("a.tif"), []);

        Assert.EndsWith("is empty (0 bytes).", Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(_folder.File("a.tif"))).Message);
    }

    [Fact]
    public void Read_TextFile_ShowsItsFirstBytes()
    {
        File.WriteAllText(_folder.File("a.tif"), "hello");

        Assert.EndsWith("is not TIFF, PNG, JPEG, .npy, .npz, HDF5 or OME-Zarr: its first bytes are 68656C6C6F.",
            Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(_folder.File("a.tif"))).Message);
    }

    [Fact]
    public void Read_FormatToldByContent_NotByName()
    {
        File.Copy(Ramp.Fixture("grey16.png"), _folder.File("a.tif"));

        Assert.Equal("PNG", ImageReader.Inspect(_folder.File("a.tif")).Format);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    public void Read_AbsurdSize_IsACleanError(int tag)
    {
        byte[] bytes = File.ReadAllBytes(Ramp.Fixture("fill_order.tif"));
        int directory = BitConverter.ToInt32(bytes, 4);
        for (int i = 0; i < BitConverter.ToUInt16(bytes, directory); i++)
        {
            int entry = directory + 2 + (12 * i);
            if (BitConverter.ToUInt16(bytes, entry) == tag)
                BitConverter.TryWriteBytes(bytes.AsSpan(entry + 8), int.MaxValue);
        }
        File.WriteAllBytes(_folder.File("a.tif"), bytes);

        var e = Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(_folder.File("a.tif")));

        Assert.Contains("2147483647", e.Message);
        Assert.Contains("a.tif", e.Message);
    }

    [Fact]
    public void Read_NothingIsPrinted()
    {
        TextWriter error = Console.Error, output = Console.Out;
        using var captured = new StringWriter();
        Console.SetError(captured);
        Console.SetOut(captured);
        try
        {
            byte[] bytes = File.ReadAllBytes(Ramp.Fixture("lzw_uint16.tif"));
            Array.Fill<byte>(bytes, 0xAA, 8, 200);
            File.WriteAllBytes(_folder.File("a.tif"), bytes);

            Assert.Throws<InvalidDataException>(() => ImageReader.Read(_folder.File("a.tif"), null, TestContext.Current.CancellationToken));
        }
        finally
        {
            Console.SetError(error);
            Console.SetOut(output);
        }

        Assert.Equal("", captured.ToString());
    }

    [Theory]
    [InlineData("utils/masks.tif")]
    [InlineData("eval3d/vol.tif")]
    public void Read_ReferenceFiles_Read(string name)
    {
        NdArray<float> image = ImageReader.Read(Golden.Path(name.Split('/')), null, TestContext.Current.CancellationToken).Pixels;

        Assert.True(image.Rank >= 2);
        Assert.Contains(image.Data, v => v > 0);
    }
}
