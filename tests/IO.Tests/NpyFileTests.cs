using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.IO.Tests;

public sealed class NpyFileTests
{
    [Fact]
    public void Write_ThenRead_KeepsShapeAndValues()
    {
        var a = new NdArray<float>([1, -2.5f, float.NaN, 4, 5, 6], 3, 2);
        using var s = new MemoryStream();

        NpyFile.Write(s, a);
        s.Position = 0;
        NdArray<float> b = NpyFile.Read<float>(s, "memory");

        Assert.Equal(a.Shape, b.Shape);
        Assert.Equal(a.Data, b.Data);
    }

    [Fact]
    public void Read_TruncatedValues_SaysWhereAndWhat()
    {
        using var s = new MemoryStream();
        NpyFile.Write(s, new NdArray<int>([1, 2, 3, 4], 4));
        s.SetLength(s.Length - 3);
        s.Position = 0;

        var e = Assert.Throws<InvalidDataException>(() => NpyFile.Read<int>(s, "cut.npy"));

        Assert.Contains("'cut.npy' ends before its 4 values", e.Message);
    }
}
