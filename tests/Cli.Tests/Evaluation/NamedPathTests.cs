using Cellpose3D.Cli.Evaluation;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class NamedPathTests
{
    [Fact]
    public void Parse_NameAndPath_KeepsBoth()
    {
        Assert.Equal(new NamedPath("ours", "out/masks"), NamedPath.Parse("ours=out/masks"));
        Assert.Equal(new NamedPath("ours", "a=b"), NamedPath.Parse("ours = a=b"));
    }

    [Fact]
    public void Parse_BarePath_IsCalledAfterItsFolderOrStem()
    {
        using var folder = new TemporaryFolder();
        string dir = folder.Folder("star=dist"), file = folder.Write("cells_cp_masks.npy", "1");

        Assert.Equal(new NamedPath("star=dist", dir + "/"), NamedPath.Parse(dir + "/"));
        Assert.Equal(new NamedPath("cells", file), NamedPath.Parse(file));
    }

    [Theory]
    [InlineData("=x")]
    [InlineData("x=")]
    [InlineData("")]
    [InlineData("  ")]
    public void Parse_PartMissing_Throws(string text) => Assert.Throws<ArgumentException>(() => NamedPath.Parse(text));
}
