using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Png;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Inputs that cannot be segmented: one line, exit code 4, nothing written.</summary>
public sealed class SegmentBadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Segment_MissingFile_SaysWhich()
    {
        string path = At("missing.tif");

        Refuses(path, $"'{path}' does not exist", "check the path");
    }

    [Fact]
    public void Segment_EmptyFile_SaysSo()
    {
        string path = At("empty.tif");
        File.WriteAllBytes(path, []);

        Refuses(path, $"'{path}'", "0 bytes");
    }

    [Fact]
    public void Segment_TruncatedTiff_SaysWhereItEnds()
    {
        string path = TestImages.WriteHalf(TestImages.WriteTiff(At("whole.tif"), TestImages.Discs(80, 80, 1), "YX"), At("cut.tif"));

        Refuses(path, $"'{path}' ends inside");
    }

    [Fact]
    public void Segment_TruncatedPng_SaysSo()
    {
        PngFile.Write(At("whole.png"), new NdArray<byte>(Array.ConvertAll(TestImages.Discs(80, 80, 1).Data, v => (byte)v), 80, 80));
        string path = TestImages.WriteHalf(At("whole.png"), At("cut.png"));

        Refuses(path, $"'{path}' ends inside its PNG data");
    }

    [Fact]
    public void Segment_FolderWithoutImage_SaysWhatItLooksFor()
    {
        string path = _folder.Folder("nothing");
        File.WriteAllText(Path.Combine(path, "notes.txt"), "no image");
        TestImages.WriteTiff(Path.Combine(path, "a_cp_masks.tif"), TestImages.Empty(4, 4, 1), "YX");

        Refuses(path, $"'{path}' holds no image", ".tif");
    }

    [Theory]
    [InlineData("noise.tif")]
    [InlineData("noise.npy")]
    public void Segment_RandomBytes_SaysWhatIsRead(string name)
    {
        string path = TestImages.WriteNoise(At(name));

        Refuses(path, $"'{path}' is not TIFF, PNG, JPEG, .npy, .npz, HDF5 or OME-Zarr");
    }

    [Fact]
    public void Segment_WithoutOutputFolder_LeavesNothingBesideABadImage()
    {
        string path = TestImages.WriteNoise(Path.Combine(_folder.Folder("images"), "noise.tif"));

        CliProgram.Segment(path).FailsWith(ExitCode.BadInput, path);

        Assert.Equal(["noise.tif"], TestImages.FilesIn(At("images")));
    }

    [Fact]
    public void Segment_AllOfSeveralBad_NamesEachAndWritesNothing()
    {
        string noise = TestImages.WriteNoise(At("noise.tif")), missing = At("missing.tif");

        CliResult result = CliProgram.Segment(noise, missing, "-o", At("out"));

        Assert.Equal((int)ExitCode.SomeFailed, result.ExitCode);
        Assert.Collection(result.ErrorLines, line => Assert.Contains(noise, line), line => Assert.Contains(missing, line));
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Refuses(string image, params string[] texts)
    {
        CliResult result = CliProgram.Segment(image, "-o", At("out"));

        result.FailsWith(ExitCode.BadInput, texts);
        Assert.Empty(result.Output);
        Assert.Empty(TestImages.FilesIn(At("out")));
    }
}
