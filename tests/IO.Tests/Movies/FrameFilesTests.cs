using Cellpose3D.IO.Movies;

namespace Cellpose3D.IO.Tests.Movies;

public sealed class FrameFilesTests
{
    [Fact]
    public void InOrder_NumbersOfDifferentLength_ComeAsPeopleCount() =>
        Assert.Equal(["t8.tif", "t9.tif", "t10.tif", "t11.tif"], FrameFiles.InOrder(["t10.tif", "t8.tif", "t11.tif", "t9.tif"]));

    [Fact]
    public void InOrder_EveryThirdFrame_IsARow() =>
        Assert.Equal(["a_000.tif", "a_003.tif", "a_006.tif"], FrameFiles.InOrder(["a_006.tif", "a_000.tif", "a_003.tif"]));

    [Theory]
    [InlineData("has no 't002.tif'", "t000.tif", "t001.tif", "t003.tif")]
    [InlineData("has no 'x9_c1.tif'", "x7_c1.tif", "x8_c1.tif", "x10_c1.tif")]
    [InlineData("have the same number", "t1.tif", "t01.tif", "t2.tif")]
    public void InOrder_HoleOrDouble_IsNamed(string text, params string[] files) =>
        Assert.Contains(text, Assert.Throws<InvalidDataException>(() => FrameFiles.InOrder(files)).Message, StringComparison.Ordinal);

    [Fact]
    public void InOrder_NamesWithoutARow_AreTakenAsTheyAre() =>
        Assert.Equal(["after.tif", "before.tif", "control2.tif"], FrameFiles.InOrder(["control2.tif", "before.tif", "after.tif"]));

    [Fact]
    public void Compare_AnyPair_IsAnOrder()
    {
        string[] names = ["a", "a1", "a01", "a2", "a10", "b", "1", "01", "10b2", "10b10", ""];
        foreach (string a in names)
        {
            Assert.Equal(0, FrameFiles.Compare(a, a));
            foreach (string b in names)
            {
                Assert.Equal(-Math.Sign(FrameFiles.Compare(a, b)), Math.Sign(FrameFiles.Compare(b, a)));
                foreach (string c in names.Where(c => FrameFiles.Compare(a, b) <= 0 && FrameFiles.Compare(b, c) <= 0))
                    Assert.True(FrameFiles.Compare(a, c) <= 0);
            }
        }
    }
}
