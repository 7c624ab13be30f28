namespace Cellpose3D.Core2D.Tests;

public sealed class NdArrayTests
{
    [Fact]
    public void Constructor_WrongCount_Throws()
    {
        var e = Assert.Throws<ArgumentException>(() => new NdArray<float>(new float[5], 2, 3));

        Assert.Contains("[2, 3] needs 6 values; got 5", e.Message);
    }

    [Fact]
    public void Plane_SecondOfThree_IsItsSlice()
    {
        var a = new NdArray<int>([0, 1, 2, 3, 4, 5], 3, 2);

        Assert.Equal([2, 3], a.Plane(1).ToArray());
    }
}
