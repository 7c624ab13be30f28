using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO.Tests;

public sealed class LabelReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("type_uint8.tif", 1)]
    [InlineData("type_uint16.tif", 257)]
    [InlineData("big_endian_uint16.tif", 257)]
    [InlineData("grey8.png", 1)]
    [InlineData("grey16.png", 257)]
    [InlineData("one_array.npz", 257)]
    public void Read_Integers_AreExact(string name, int factor) =>
        Assert.Equal(Ramp.Make(v => v * factor).Data, Ramp.Labels(name).Data);

    [Fact]
    public void Read_NamedArrayOfSeveral_IsTaken()
    {
        NdArray<int> labels = Ramp.Labels("two_arrays.npz");

        Assert.Equal(Ramp.Make(v => v * 16_000_000).Data, labels.Data);
    }

    [Theory]
    [InlineData("type_int16.tif", "holds -20000")]
    [InlineData("type_float32.tif", "holds -3.25")]
    [InlineData("rgb.tif", "one channel; ")]
    [InlineData("rgb8.png", "one channel; ")]
    [InlineData("grey.jpg", "does not keep labels exactly")]
    public void Read_NotLabels_SaysWhy(string name, string part)
    {
        var e = Assert.Throws<InvalidDataException>(() => Ramp.Labels(name));

        Assert.Contains(part, e.Message);
        Assert.Contains(name, e.Message);
    }

    [Theory]
    [InlineData(2147483648.0, "holds 2147483648")]
    [InlineData(1e30, "whole number from 0 to 2,147,483,647")]
    [InlineData(double.NaN, "holds NaN")]
    [InlineData(double.PositiveInfinity, "whole number")]
    [InlineData(0.5, "holds 0.5")]
    public void Read_ValueOutsideLabels_IsAnError(double value, string part)
    {
        using (FileStream stream = File.Create(_folder.File("a.npy")))
            NpyFile.Write(stream, new NdArray<double>([0, value], 1, 2));

        var e = Assert.Throws<InvalidDataException>(() => Read("a.npy"));

        Assert.Contains(part, e.Message);
    }

    [Fact]
    public void Read_UnsignedAboveInt32_IsAnError()
    {
        using (var writer = new TiffWriter(_folder.File("a.tif"), PixelType.UInt32, "YX", [1, 2]))
        {
            writer.WritePlane<uint>([1, 2147483648]);
            writer.Complete();
        }

        Assert.Contains("plane 0 of", Assert.Throws<InvalidDataException>(() => Read("a.tif")).Message);
    }

    [Fact]
    public void Read_WholeFloats_AreLabels()
    {
        TiffWriter.WriteFloats(_folder.File("a.tif"), new NdArray<float>([0, 70_000, 3, 3], 2, 2), "YX", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([0, 70_000, 3, 3], Read("a.tif").Data);
    }

    [Fact]
    public void Read_NumpyStack_IsNeverTakenForChannels()
    {
        using (FileStream stream = File.Create(_folder.File("a.npy")))
            NpyFile.Write(stream, new NdArray<int>(3, 20, 30));

        Assert.Equal([3, 20, 30], Read("a.npy").Shape);
    }

    private NdArray<int> Read(string name) => LabelReader.Read(_folder.File(name), null, TestContext.Current.CancellationToken);
}
