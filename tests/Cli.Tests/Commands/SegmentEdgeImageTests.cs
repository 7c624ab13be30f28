using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Images that are odd but valid: segmented, with a warning where the user should know.</summary>
public sealed class SegmentEdgeImageTests(EdgeImages images) : IClassFixture<EdgeImages>
{
    [Fact]
    public void Segment_EdgeImages_AllSucceed()
    {
        images.Result.Succeeds();

        Assert.Equal(9, images.Result.Json["images"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("s1x1", 1, 1)]
    [InlineData("s1x17", 1, 17)]
    [InlineData("s17x1", 17, 1)]
    [InlineData("s3x5", 3, 5)]
    [InlineData("constant", 64, 64)]
    [InlineData("noise", 64, 64)]
    [InlineData("nan", 40, 40)]
    public void Segment_NothingToFind_GivesEmptyLabels(string stem, int height, int width)
    {
        NdArray<int> labels = Labels(stem);

        Assert.Equal([height, width], labels.Shape);
        Assert.All(labels.Data, label => Assert.Equal(0, label));
        Assert.Equal(0, (int)images.Entry(stem)["cells"]!);
        Assert.Single(File.ReadAllLines(Out(stem + "_cells.csv")));
    }

    [Fact]
    public void Segment_SomePixelsNotFinite_WarnsAndFindsTheCells()
    {
        Assert.Equal(6, (int)images.Entry("discs")["cells"]!);
        Assert.Equal(6, (int)images.Entry("holed")["cells"]!);
        Assert.Contains("warning: holed.npy: 3 pixels are NaN or infinite", images.Result.Error);
        Assert.DoesNotContain("discs.npy: 0 pixels", images.Result.Error);
        JsonNode warning = Assert.Single(images.Entry("holed")["warnings"]!.AsArray())!;
        Assert.StartsWith("3 pixels are NaN or infinite", (string)warning!);
    }

    [Fact]
    public void Segment_AllPixelsNaN_Warns() => Assert.Contains("warning: nan.npy: 1600 pixels are NaN or infinite", images.Result.Error);

    [Fact]
    public void Segment_EdgeImages_WriteEveryKindWhole()
    {
        string[] files = TestImages.FilesIn(images.Output);

        Assert.Equal(9 * 8 + 1, files.Length);
        Assert.All(files, file => Assert.True(new FileInfo(Out(file)).Length > 0 || file.EndsWith(".txt", StringComparison.Ordinal), file));
        Assert.DoesNotContain(files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private string Out(string name) => Path.Combine(images.Output, name);

    private NdArray<int> Labels(string stem) => LabelReader.Read(Out(stem + "_cp_masks.tif"));
}
