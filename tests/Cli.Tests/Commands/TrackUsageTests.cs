using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>What <c>track</c> refuses, and how it says so.</summary>
public sealed class TrackUsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Track_MissingFrameFile_NamesIt()
    {
        TestMovies.WriteLabels(At("masks"), [.. Enumerable.Repeat(TestMovies.Discs(20, 20, (1, 9, 9, 4)), 5)]);
        File.Delete(At("masks/t003.tif"));

        Refuses(ExitCode.BadInput, ["--labels", At("masks")], At("masks"), "has no 't003.tif'", "An empty frame is an image of zeros");
    }

    [Fact]
    public void Track_MissingFrameOfCtcFolder_NamesIt()
    {
        CopyMini("01_RES", At("01_RES"));
        File.Delete(At("01_RES/mask003.tif"));

        Refuses(ExitCode.BadInput, ["--labels", At("01_RES")], "has no 'mask003.tif'");
    }

    [Fact]
    public void Track_FrameOfAnotherSize_NamesBoth()
    {
        NdArray<int> small = TestMovies.Discs(20, 20, (1, 9, 9, 4));
        TestMovies.WriteLabels(At("masks"), small, small, TestMovies.Discs(20, 22, (1, 9, 9, 4)));

        Refuses(ExitCode.BadInput, ["--labels", At("masks")], $"'{At("masks/t002.tif")}' is 20 x 22", $"'{At("masks/t000.tif")}' is 20 x 20");
    }

    [Fact]
    public void Track_MoreImagesThanMasks_SaysHowMany()
    {
        TestMovies.WriteLabels(At("masks"), [.. Enumerable.Repeat(TestMovies.Discs(20, 20, (1, 9, 9, 4)), 2)]);
        TestImages.WriteTiff(At("movie.tif"), new NdArray<float>(3, 20, 20), "TYX");

        Refuses(ExitCode.BadInput, ["--labels", At("masks"), "--images", At("movie.tif")], "3 frames of 20 x 20", "2 frames of 20 x 20");
    }

    [Fact]
    public void Track_StackOfPlanes_SaysHowToNameThem()
    {
        TiffWriter.WriteLabels(At("stack.tif"), new NdArray<int>(3, 20, 20), "ZYX");

        Refuses(ExitCode.BadInput, ["--labels", At("stack.tif")], "has no time axis", "ImageJ description", "--axes TYX");
        CliProgram.Run("track", "--labels", At("stack.tif"), "--axes", "TYX", "-o", At("out")).Succeeds();
    }

    [Fact]
    public void Track_OutputIsAFile_IsRefusedAtOnce()
    {
        File.WriteAllText(At("file"), "");
        TiffWriter.WriteLabels(At("masks.tif"), new NdArray<int>(2, 8, 8), "TYX");

        CliProgram.Run("track", "--labels", At("masks.tif"), "-o", At("file")).FailsWith(ExitCode.Usage, "--output must be a folder");
    }

    [Fact]
    public void Track_NoModel_HasTheModelsExitCode()
    {
        TestImages.WriteTiff(At("movie.tif"), new NdArray<float>(2, 20, 20), "TYX");

        Refuses(ExitCode.Model, [At("movie.tif"), "--model", At("nowhere.pt")], "nowhere.pt");
    }

    [Fact]
    public void Track_OptionsThatContradict_AreUsageErrors()
    {
        TestImages.WriteTiff(At("movie.tif"), new NdArray<float>(2, 20, 20), "TYX");
        string masks = TestMovies.WriteLabels(At("masks"), new NdArray<int>(8, 8), new NdArray<int>(8, 8)), movie = At("movie.tif");

        Refuses(ExitCode.Usage, [], "needs images to segment, or masks by --labels");
        Refuses(ExitCode.Usage, [movie, "--labels", masks], "--images");
        Refuses(ExitCode.Usage, [movie, "--images", movie], "--images belongs to --labels");
        Refuses(ExitCode.Usage, ["--labels", masks, "--diameter", "20"], "--diameter steers the segmentation");
        Refuses(ExitCode.Usage, ["--labels", masks, "--format", "ctc,csw"], "--format must be", "'csw'");
        Refuses(ExitCode.Usage, ["--labels", masks, "--save", "pictures"], "--save must be", "montage");
        Refuses(ExitCode.Usage, ["--labels", masks, "--max-gap", "0"], "--max-gap must be 1 to 10");
        Refuses(ExitCode.Usage, ["--labels", masks, "--max-distance-um", "-2"], "--max-distance-um must be above 0");
        Refuses(ExitCode.Usage, ["--labels", masks, "--voxel-size", "a"], "--voxel-size must be micrometres");
        Refuses(ExitCode.Usage, [movie, "--model", CliProgram.Model, "--do-3d"], "--do-3d is about volumes");
        Refuses(ExitCode.Usage, ["--labels", masks, "--flow", "optical"], "'optical'");
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Refuses(ExitCode code, string[] args, params string[] texts)
    {
        CliResult result = CliProgram.Run(["track", .. args, "-o", At("out")]);

        Assert.Equal((int)code, result.ExitCode);
        string line = Assert.Single(result.ErrorLines);
        foreach (string text in texts)
            Assert.Contains(text, line);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.False(Directory.Exists(At("out")), "nothing is written");
    }

    private static void CopyMini(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Golden.Tracking("mini_ctc", "Mini-2D", name)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
