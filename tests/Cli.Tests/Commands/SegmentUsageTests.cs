using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Command lines that cannot be meant: one line with the remedy, and nothing written.</summary>
public sealed class SegmentUsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image;

    public SegmentUsageTests() => _image = TestImages.WriteTiff(At("image.tif"), TestImages.Discs(40, 40, 1), "YX");

    [Theory]
    [InlineData("--frobnicate", "'--frobnicate'")]
    [InlineData("--frobnicate=3", "'--frobnicate=3'")]
    [InlineData("-x", "'-x'")]
    public void Segment_UnknownOption_IsNotTakenForAFile(string option, string shown) =>
        Refuses(ExitCode.Usage, [option], "there is no option", shown, "cellpose3d segment --help");

    [Theory]
    [InlineData("0")]
    [InlineData("-4")]
    [InlineData("large")]
    [InlineData("NaN")]
    public void Segment_DiameterIsNone_SaysWhatItMustBe(string diameter) =>
        Refuses(ExitCode.Usage, ["--diameter", diameter], "--diameter must be a number of pixels above 0, auto or model", $"'{diameter}'");

    [Fact]
    public void Segment_DiameterAutoWithoutSizeModel_SaysSo() =>
        Refuses(ExitCode.Usage, ["--diameter", "auto"], "'eval_model' has no size model", "give the diameter");

    [Fact]
    public void Segment_DeviceNotThere_SaysSo() => Refuses(ExitCode.DeviceOrMemory, ["--device", "cuda:99"], "device 'cuda:99' was asked for");

    [Fact]
    public void Segment_DeviceUnknown_ListsDevices() => Refuses(ExitCode.Usage, ["--device", "gpu"], "device must be auto, cpu, cuda or cuda:N", "'gpu'");

    [Fact]
    public void Segment_SaveUnknownKind_ListsKinds() => Refuses(ExitCode.Usage, ["--save", "masks,pictures"], "--save must be", "masks, output, table", "'pictures'");

    [Theory]
    [InlineData("--niter", "0", "niter must be 1 or more")]
    [InlineData("--tile-size", "100", "tile size must be a multiple of 16")]
    [InlineData("--min-size", "few", "'few' for option '--min-size' as a whole number")]
    [InlineData("--flow-threshold", "strict", "'strict' for option '--flow-threshold' as a number")]
    [InlineData("--threads", "-1", "threads must be 0 (all) or more")]
    public void Segment_NumberOutOfRange_SaysTheRange(string option, string value, string text) => Refuses(ExitCode.Usage, [option, value], text);

    [Theory]
    [InlineData("ZYX", "names 3 axes")]
    [InlineData("YQ", "must be letters of T, C, Z, Y, X")]
    [InlineData("YY", "names Y twice")]
    public void Segment_AxesDoNotFit_NamesTheFile(string axes, string text) => Refuses(ExitCode.Usage, ["--axes", axes], text, _image);

    [Theory]
    [InlineData("--chan", "2", "chan must be 0 or a channel from 1 to 1; got 2")]
    [InlineData("--chan", "-1", "chan must be 0 or a channel from 1 to 1; got -1")]
    [InlineData("--chan2", "1", "chan2 must be 0 where chan is 0")]
    public void Segment_ChannelNotThere_NamesTheFile(string option, string value, string text) => Refuses(ExitCode.Usage, [option, value], text, _image);

    [Fact]
    public void Segment_TwoInputsOfOneStem_NamesBoth()
    {
        string other = TestImages.WriteTiff(Path.Combine(_folder.Folder("other"), "image.tif"), TestImages.Discs(40, 40, 2), "YX");

        Refuses(ExitCode.Usage, [other], _image, other, "different folders");
    }

    [Theory]
    [InlineData("image.tif")]
    [InlineData("image.tif/below")]
    public void Segment_OutputIsFile_SaysSo(string output)
    {
        CliResult result = CliProgram.Segment(_image, "-o", At(output));

        result.FailsWith(ExitCode.Usage, "--output must be a folder", $"'{_image}' is a file");
        Assert.Equal(["image.tif"], TestImages.FilesIn(_folder.Path));
    }

    [Fact]
    public void Segment_ResultNameIsTakenByAFolder_SaysSoAndLeavesNothing()
    {
        Directory.CreateDirectory(At("out/image_cp_masks.tif"));

        CliResult result = CliProgram.Segment(_image, "-o", At("out"));

        result.FailsWith(ExitCode.BadInput, "image_cp_masks.tif' is a folder");
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_WithoutImage_SaysWhatIsMissing() => CliProgram.Segment().FailsWith(ExitCode.Usage, "'images' missing", "cellpose3d segment --help");

    [Fact]
    public void Segment_FileNameBeginsWithDashes_IsReadBehindTwoDashes()
    {
        CliResult result = CliProgram.Segment("-o", At("out"), "--", "--odd.tif");

        result.FailsWith(ExitCode.BadInput, "'--odd.tif' does not exist");
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Refuses(ExitCode code, string[] words, params string[] texts)
    {
        CliResult result = CliProgram.Run(["segment", _image, "--model", CliProgram.Model, "-o", At("out"), .. words]);

        result.FailsWith(code, texts);
        Assert.Empty(result.Output);
        Assert.Empty(TestImages.FilesIn(At("out")));
    }
}
