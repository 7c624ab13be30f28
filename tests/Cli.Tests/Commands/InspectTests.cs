using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>inspect</c>.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Inspect_Stack_ShowsAxesSizesAndVoxels()
    {
        string path = At("stack.tif");
        // ImageJ's order: channels run fastest
        TiffWriter.WriteFloats(path, new NdArray<float>(3, 2, 8, 10), "CZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });

        CliResult text = CliProgram.Run("inspect", path).Succeeds();
        JsonNode file = CliProgram.Run("inspect", path, "--json").Succeeds().Json["files"]![0]!;

        Assert.StartsWith(path + "\n", text.Output);
        Assert.Matches(@"axes +ZCYX \(.+\)\n", text.Output);
        Assert.Contains("Z 2 x C 3 x Y 8 x X 10", text.Output);
        Assert.Matches(@"pixel type +float32\n", text.Output);
        Assert.Contains("z 2, y 0.5, x 0.5", text.Output);
        Assert.Equal((path, "ZCYX", "float32"), ((string)file["path"]!, (string)file["axes"]!, (string)file["pixel_type"]!));
        Assert.Equal([2, 3, 8, 10], file["shape"]!.AsArray().Select(l => (int)l!));
        Assert.Equal([2, 0.5, 0.5], file["voxel_size_um"]!.AsArray().Select(l => Math.Round((double)l!, 6)));
        Assert.Equal(4, Math.Round((double)file["anisotropy"]!, 6));
    }

    [Fact]
    public void Inspect_AxesGiven_TakesThem()
    {
        string path = TestImages.WriteTiff(At("stack.tif"), new NdArray<float>(5, 8, 8), "ZYX");

        JsonNode file = CliProgram.Run("inspect", path, "--axes", "cyx", "--json").Succeeds().Json["files"]![0]!;

        Assert.Equal("CYX", (string)file["axes"]!);
    }

    [Fact]
    public void Inspect_OneOfTwoIsBad_ShowsTheOther()
    {
        string good = TestImages.WriteTiff(At("good.tif"), new NdArray<float>(8, 8), "YX"), bad = TestImages.WriteNoise(At("bad.tif"));

        CliResult result = CliProgram.Run("inspect", bad, good, "--json");

        result.FailsWith(ExitCode.SomeFailed, $"'{bad}' is not TIFF");
        Assert.Equal([good], result.Json["files"]!.AsArray().Select(f => (string)f!["path"]!));
    }

    [Fact]
    public void Inspect_BadFile_SaysWhatItIs()
    {
        CliProgram.Run("inspect", At("missing.tif")).FailsWith(ExitCode.BadInput, "missing.tif' does not exist");
        CliProgram.Run("inspect", _folder.Path).FailsWith(ExitCode.BadInput, $"'{_folder.Path}' is a folder");
    }

    [Theory]
    [InlineData("--axes", "ZYX", "names 3 axes")]
    [InlineData("--axes", "AB", "letters of T, C, Z, Y, X")]
    public void Inspect_AxesDoNotFit_SaysWhy(string option, string axes, string text)
    {
        string path = TestImages.WriteTiff(At("image.tif"), new NdArray<float>(8, 8), "YX");

        CliProgram.Run("inspect", path, option, axes).FailsWith(ExitCode.Usage, text, $"'{axes}'");
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
