using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.IO.Tests;

public sealed class NumpyImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new[] { 7, 9 }, "YX")]
    [InlineData(new[] { 7, 9, 3 }, "YXC")]
    [InlineData(new[] { 2, 7, 9 }, "CYX")]
    [InlineData(new[] { 5, 7, 9 }, "ZYX")]
    [InlineData(new[] { 3, 3, 3 }, "ZYX")]
    [InlineData(new[] { 1, 7, 9 }, "YX")]
    [InlineData(new[] { 6, 2, 7, 9 }, "ZCYX")]
    [InlineData(new[] { 2, 6, 7, 9 }, "CZYX")]
    [InlineData(new[] { 6, 7, 9, 2 }, "ZYXC")]
    [InlineData(new[] { 6, 5, 7, 9 }, "TZYX")]
    [InlineData(new[] { 6, 5, 2, 7, 9 }, "TZCYX")]
    [InlineData(new[] { 1, 1, 1, 1, 7, 9 }, "YX")]
    public void Inspect_Shape_DecidesAxes(int[] shape, string axes)
    {
        Write(new NdArray<byte>(shape));

        ImageInfo info = ImageReader.Inspect(_folder.File("a.npy"));

        Assert.Equal(axes, info.Axes);
        Assert.Equal($"guessed from shape [{string.Join(", ", shape)}]", info.AxesSource);
    }

    [Fact]
    public void Read_SamplesLast_MovesThemFirst()
    {
        Write(new NdArray<short>([.. Enumerable.Range(0, 5 * 6 * 2).Select(i => (short)i)], 5, 6, 2));

        LoadedImage image = ImageReader.Read(_folder.File("a.npy"), null, TestContext.Current.CancellationToken);

        Assert.Equal([2, 5, 6], image.Pixels.Shape);
        Assert.Equal([.. Enumerable.Range(0, 30).Select(i => 2f * i), .. Enumerable.Range(0, 30).Select(i => (2f * i) + 1)], image.Pixels.Data);
    }

    [Fact]
    public void Read_AxesGiven_MayNameLengthsOfOne()
    {
        Write(new NdArray<float>(1, 7, 9));

        Assert.Equal([1, 7, 9], Shape("ZYX"));
        Assert.Equal([7, 9], Shape("YX"));
        Assert.Contains("has 3: [1, 7, 9]", Assert.Throws<ArgumentException>(() => Shape("TCYX")).Message);

        int[] Shape(string axes) => ImageReader.Read(_folder.File("a.npy"), axes, TestContext.Current.CancellationToken).Pixels.Shape;
    }

    [Fact]
    public void Read_FortranBigEndian_GivesTheRamp() =>
        Parity.Close(Ramp.Pixels(PixelType.Float64), Ramp.Read("fortran_big_endian.npy").Pixels, 0);

    [Fact]
    public void Read_SeveralArraysWithoutAName_ListsThem()
    {
        var e = Assert.Throws<InvalidDataException>(() => ImageReader.Inspect(Ramp.Fixture("two_arrays.npz")));

        Assert.Contains("it holds masks, flows", e.Message);
    }

    [Fact]
    public void WriteNpz_ThenRead_KeepsArrays()
    {
        var a = new NdArray<float>([1, float.NaN, -3], 3);
        var b = new NdArray<float>(0, 4);

        NpzFile.Write(_folder.File("a.npz"), ("a", a), ("b", b));

        Assert.Equal(["a", "b"], NpzFile.Names(_folder.File("a.npz")));
        Assert.Equal(a.Data, NpzFile.Read<float>(_folder.File("a.npz"), "a").Data);
        Assert.Equal([0, 4], NpzFile.Read<float>(_folder.File("a.npz"), "b").Shape);
    }

    [Theory]
    [InlineData("(2000000000, 2000000000, 2000000000)")]
    [InlineData("(2147483647, 2147483647, 2147483647, 2147483647)")]
    [InlineData("(1000000, 1000)")]
    [InlineData("(0, 5)")]
    [InlineData("()")]
    public void Read_AbsurdShape_IsACleanError(string shape)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}";
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];
        File.WriteAllBytes(_folder.File("a.npy"), bytes);

        Exception? e = Record.Exception(() => ImageReader.Read(_folder.File("a.npy"), null, TestContext.Current.CancellationToken));

        Assert.True(e is InvalidDataException or NotSupportedException, e?.ToString());
        Assert.DoesNotContain('\n', e!.Message);
    }

    private void Write<T>(NdArray<T> array)
        where T : unmanaged
    {
        using FileStream stream = File.Create(_folder.File("a.npy"));
        NpyFile.Write(stream, array);
    }
}
