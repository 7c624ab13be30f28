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

    [Fact]
    public void InspectPlan_SizeOfAFile_IsThePlanOfTheFile()
    {
        string path = TestImages.WriteTiff(At("stack.tif"), new NdArray<float>(30, 60, 50), "ZYX");
        string[] options = ["--model", CliProgram.Model, "--diameter", "18", "--block-size", "32", "--anisotropy", "2", "--json"];

        JsonNode bySize = CliProgram.Run(["inspect", "--plan", "--size", "30,60,50", "--workers", "4", "--gpu-tiles-per-second", "100", .. options]).Succeeds().Json["plans"]![0]!;
        JsonNode byFile = CliProgram.Run(["inspect", path, "--plan", "--workers", "4", "--gpu-tiles-per-second", "200", .. options]).Succeeds().Json["plans"]![0]!;
        JsonNode segmented = CliProgram.Run(["segment", path, "--do-3d", "--plan", .. options]).Succeeds().Json["plans"]![0]!;

        foreach (string fact in (string[])["diameter", "network_shape", "tiles", "block", "blocks", "margin"])
        {
            Assert.Equal(segmented["plan"]![fact]!.ToJsonString(), bySize["plan"]![fact]!.ToJsonString());
            Assert.Equal(bySize["plan"]![fact]!.ToJsonString(), byFile["plan"]![fact]!.ToJsonString());
        }
        double gpu = (double)bySize["gpu_hours"]!, cores = (double)bySize["core_hours"]!;
        Assert.Equal(gpu, 2 * (double)byFile["gpu_hours"]!, 12);
        Assert.Equal((gpu + cores) / 4, (double)bySize["hours"]!, 12);
        Assert.Equal(30 * 60 * 50 * 1.1e-6 / 3600, cores, 12);           // flows have the image's size, and the network is on graphics cards
    }

    [Fact]
    public void InspectPlan_PlanesThatNoTaskHolds_SaysSo()
    {
        CliResult result = CliProgram.Run("inspect", "--size", "10,30000,30000", "--model", CliProgram.Model, "--diameter", "30").Succeeds();

        Assert.Matches("too large +planes of 900000000 pixels", result.Output);
        Assert.Contains("gpu-hours", result.Output);
    }

    [Theory]
    [InlineData("--plan")]
    [InlineData("--size", "10,20")]
    [InlineData("--size", "10,20,-3")]
    [InlineData("--size", "10,20,30", "--gpu-tiles-per-second", "0")]
    public void InspectPlan_NothingToPlan_IsRefused(params string[] options) =>
        CliProgram.Run(["inspect", "--model", CliProgram.Model, .. options]).FailsWith(ExitCode.Usage, "--");

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
