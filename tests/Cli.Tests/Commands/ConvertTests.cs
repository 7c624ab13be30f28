using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>convert</c>, and <c>inspect</c> of what it writes.</summary>
public sealed class ConvertTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Convert_StackToZarrToHdf5_KeepsVoxelsAndMicrometres()
    {
        NdArray<float> image = Stack(5, 40, 30);
        TiffWriter.WriteFloats(At("a.tif"), image, "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });

        CliResult text = CliProgram.Run("convert", At("a.tif"), At("a.zarr"), "--chunk-size", "2,16,16", "--levels", "2", "--type", "uint16").Succeeds();
        CliProgram.Run("convert", At("a.zarr"), At("b.h5"), "--quiet").Succeeds();
        JsonNode zarr = CliProgram.Run("inspect", At("a.zarr"), "--json").Succeeds().Json["files"]![0]!;
        CliResult h5 = CliProgram.Run("inspect", $"{At("b.h5")}:/raw").Succeeds();

        Assert.Contains("OME-Zarr 0.4, Z 5 x Y 40 x X 30, uint16, um: z 2, y 0.5, x 0.5", text.Output);
        Assert.Equal(("ZYX", "OME-Zarr 0.4", "uint16", 4), ((string)zarr["axes"]!, (string)zarr["format"]!, (string)zarr["pixel_type"]!, (double)zarr["anisotropy"]!));
        Assert.Equal([2, 16, 16], zarr["chunks"]!.AsArray().Select(l => (int)l!));
        Assert.Equal([5, 20, 15], zarr["levels"]![1]!["shape"]!.AsArray().Select(l => (int)l!));
        Assert.Equal([2, 1, 1], zarr["levels"]![1]!["voxel_size_um"]!.AsArray().Select(l => (double)l!));
        Assert.Matches(@"anisotropy +4\n", h5.Output);
        Assert.Matches(@"dataset +raw\n", h5.Output);
        Assert.Equal(image.Data, ImageReader.Read(At("b.h5")).Pixels.Data);
        Assert.Equal(["a.tif", "a.zarr", "b.h5"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Convert_LabelsAndVoxelSizeGiven_AreTaken()
    {
        var labels = new NdArray<int>([0, 1, 70_000, 3, 0, 5], 1, 2, 3);
        TiffWriter.WriteLabels(At("a.tif"), labels);

        JsonNode json = CliProgram.Run("convert", At("a.tif"), At("a.zarr"), "--labels", "--zarr", "0.5", "--voxel-size", "3,1,1", "--compression", "gzip", "--json").Succeeds().Json;

        Assert.Equal(("OME-Zarr 0.5", true, "gzip"), ((string)json["format"]!, (bool)json["labels"]!, (string)json["compression"]!));
        Assert.Equal([3, 1, 1], json["voxel_size_um"]!.AsArray().Select(l => (double)l!));
        Assert.Equal(labels.Data, LabelReader.Read(At("a.zarr")).Data);
    }

    [Fact]
    public void Convert_OneChannel_IsCountedFromOne()
    {
        NdArray<float> image = Stack(2, 3, 4, 5);
        TiffWriter.WriteFloats(At("a.tif"), image, "CZYX");

        CliProgram.Run("convert", At("a.tif"), At("b.tif"), "--channel", "2").Succeeds();

        Assert.Equal(image.Data[60..], ImageReader.Read(At("b.tif")).Pixels.Data);
        CliProgram.Run("convert", At("a.tif"), At("c.tif"), "--channel", "3").FailsWith(ExitCode.Usage, "channel");
        CliProgram.Run("convert", At("a.tif"), At("c.tif"), "--channel", "0").FailsWith(ExitCode.Usage, "--channel must be 1 or more; got 0");
    }

    [Fact]
    public void Convert_Wrong_SaysWhatAndLeavesNothing()
    {
        TiffWriter.WriteFloats(At("a.tif"), Stack(2, 8, 8), "ZYX");

        CliProgram.Run("convert", At("missing.tif"), At("b.zarr")).FailsWith(ExitCode.BadInput, "missing.tif' does not exist");
        CliProgram.Run("convert", At("a.tif"), At("b.png")).FailsWith(ExitCode.Usage, ".tif, .ome.tif, .h5 or .zarr; got");
        CliProgram.Run("convert", At("a.tif"), At("a.tif")).FailsWith(ExitCode.Usage, "another file than the input");
        CliProgram.Run("convert", At("a.tif"), At("b.zarr"), "--voxel-size", "1,2").FailsWith(ExitCode.Usage, "--voxel-size must be three positive numbers Z,Y,X; got '1,2'");
        CliProgram.Run("convert", At("a.tif"), At("b.zarr"), "--chunk-size", "0").FailsWith(ExitCode.Usage, "--chunk-size must be");
        CliProgram.Run("convert", At("a.tif"), At("b.zarr"), "--labels", "--image").FailsWith(ExitCode.Usage, "exclude each other");
        CliProgram.Run("convert", At("a.tif"), At("b.h5"), "--compression", "zstd").FailsWith(ExitCode.Usage, "zstd is written in OME-Zarr only");
        CliProgram.Run("convert", At("a.tif"), At("no/b.h5")).FailsWith(ExitCode.BadInput, "folder does not exist");
        File.WriteAllBytes(At("cut.tif"), File.ReadAllBytes(At("a.tif"))[..300]);
        CliProgram.Run("convert", At("cut.tif"), At("b.zarr")).FailsWith(ExitCode.BadInput, "cut.tif");
        Assert.Equal(["a.tif", "cut.tif"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Inspect_LevelOfAnImageWithOne_IsRefused()
    {
        TiffWriter.WriteFloats(At("a.tif"), Stack(2, 8, 8), "ZYX");

        CliProgram.Run("inspect", At("a.tif"), "--level", "1").FailsWith(ExitCode.Usage, "--level must be 0");
    }

    public void Dispose() => _folder.Dispose();

    private static NdArray<float> Stack(params int[] shape)
    {
        var image = new NdArray<float>(shape);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = i * 7 % 1009;
        return image;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
