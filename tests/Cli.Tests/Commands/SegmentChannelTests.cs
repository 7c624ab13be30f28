using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Png;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Which channels of a file the network sees.</summary>
public sealed class SegmentChannelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Segment_FiveChannels_TakesTheirMeanUnlessOneIsNamed()
    {
        NdArray<float> discs = TestImages.Discs(40, 80, 1), empty = TestImages.Empty(40, 80, 2);
        string image = TestImages.WriteTiff(At("five.tif"), TestImages.Stack(empty, empty, empty, empty, discs), "CYX");
        var mean = new NdArray<float>([.. discs.Data.Zip(empty.Data, (d, e) => (4 * e + d) / 5)], 40, 80);

        NdArray<int> grey = Labels(image, []), fifth = Labels(image, ["--chan", "5"]);

        Assert.Equal(2, fifth.Data.Max());
        Assert.Equal(Labels(TestImages.WriteTiff(At("one.tif"), discs, "YX"), []).Data, fifth.Data);
        Assert.Equal(Labels(TestImages.WriteNpy(At("mean.npy"), mean), []).Data, grey.Data);
        CliProgram.Segment(image, "-o", At("out"), "--chan", "6").FailsWith(ExitCode.Usage, image, "chan must be 0 or a channel from 1 to 5; got 6");
    }

    [Fact]
    public void Segment_TwoChannels_TakesThemInTheOrderNamed()
    {
        NdArray<float> cells = TestImages.Discs(80, 80, 1), nuclei = TestImages.Discs(80, 80, 2);
        string nucleiFirst = TestImages.WriteTiff(At("nuclei_first.tif"), TestImages.Stack(nuclei, cells), "CYX");
        string cellsFirst = TestImages.WriteTiff(At("cells_first.tif"), TestImages.Stack(cells, nuclei), "CYX");

        string[] keepAll = ["--flow-threshold", "0"];      // this network was trained on one channel; a second one confuses its flows
        NdArray<int> second = Labels(nucleiFirst, ["--chan", "2", "--chan2", "1", .. keepAll]), first = Labels(cellsFirst, ["--chan", "1", "--chan2", "2", .. keepAll]);

        Assert.Equal([80, 80], second.Shape);
        Assert.True(second.Data.Max() > 0);
        Assert.Equal(first.Data, second.Data);
        Assert.NotEqual(first.Data, Labels(cellsFirst, ["--chan", "1", .. keepAll]).Data);     // the nuclei do reach the network
    }

    [Fact]
    public void Segment_RgbPng_TakesTheMeanOfItsColours()
    {
        NdArray<float> discs = TestImages.Discs(80, 80, 3);
        PngFile.Write(At("rgb.png"), new NdArray<byte>([.. discs.Data.SelectMany(v => (byte[])[(byte)v, 30, (byte)(v / 2)])], 80, 80, 3));

        NdArray<int> labels = Labels(At("rgb.png"), []);

        Assert.Equal([80, 80], labels.Shape);
        Assert.Equal(4, labels.Data.Max());
    }

    [Fact]
    public void Segment_AxesGiven_AreTakenForTheFiles()
    {
        NdArray<float> discs = TestImages.Discs(40, 80, 1);
        string image = TestImages.WriteTiff(At("stack.tif"), TestImages.Stack(discs, TestImages.Empty(40, 80, 2)), "ZYX");

        NdArray<int> labels = Labels(image, ["--axes", "CYX", "--chan", "1"]);

        Assert.Equal([40, 80], labels.Shape);
        Assert.Equal(2, labels.Data.Max());
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private NdArray<int> Labels(string image, string[] words)
    {
        string output = At($"out{Directory.GetDirectories(_folder.Path).Length}");
        CliProgram.Segment([image, "-o", output, "--save", "masks", .. words]).Succeeds();
        return LabelReader.Read(Path.Combine(output, Path.GetFileNameWithoutExtension(image) + "_cp_masks.tif"));
    }
}
