using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>How a run of <c>segment</c> goes on, is told, and ends.</summary>
public sealed class SegmentRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Segment_SampleWithDefaults_FindsItsNuclei()
    {
        string samples = Path.Combine(Golden.Root, "data", "samples");

        CliProgram.Run("segment", Path.Combine(samples, "nuclei2d.tif"), "-o", At("out")).Succeeds();
        CliResult scored = CliProgram.Run(
            "evaluate", "--truth", Path.Combine(samples, "nuclei2d_masks.tif"), "--pred", At("out/nuclei2d_cp_masks.tif"), "--thresholds", "0.5", "--metrics", "ap", "--json");

        Assert.InRange((double)scored.Json["predictions"]![0]!["mean"]!["ap"]![0]!, 0.83, 1);     // 0.88 with the model of the tree
    }

    [Fact]
    public void Segment_OneOfThreeIsBad_DoesTheOthersAndSaysSo()
    {
        string first = Image("first.tif", 40, 40), bad = TestImages.WriteNoise(At("bad.tif")), last = Image("last.tif", 40, 80);

        CliResult result = CliProgram.Segment(first, bad, last, "-o", At("out"), "--json");

        result.FailsWith(ExitCode.SomeFailed, bad);
        Assert.Equal(
            ["first_cells.csv", "first_cp_masks.tif", "first_cp_output.png", "last_cells.csv", "last_cp_masks.tif", "last_cp_output.png", "run.json"],
            TestImages.FilesIn(At("out")));
        JsonArray images = result.Json["images"]!.AsArray();
        Assert.Equal([first, bad, last], images.Select(i => (string)i!["path"]!));
        Assert.Contains(bad, (string)images[1]!["error"]!);
        Assert.Equal(JsonNode.Parse(File.ReadAllText(At("out/run.json")))!.ToJsonString(), result.Json.ToJsonString());
    }

    [Fact]
    public void Segment_Quiet_SaysOnlyTheResult()
    {
        CliResult result = CliProgram.Segment(Image("image.tif", 40, 40), "-o", At("out"), "--quiet", "--save", "masks").Succeeds();

        Assert.Empty(result.Error);
        Assert.StartsWith("1 cells in 1 of 1 images; report: ", result.Output);
        Assert.Equal(["image_cp_masks.tif", "run.json"], TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_WithoutOutputFolder_WritesBesideTheImage()
    {
        CliProgram.Segment(Image("image.ome.tif", 40, 40), "--save", "masks").Succeeds();

        Assert.Equal(["image.ome.tif", "image_cp_masks.tif", "run.json"], TestImages.FilesIn(_folder.Path));
    }

    [Fact]
    public void Segment_OneThreadOrTwo_WritesTheSameBytes()
    {
        string image = Image("image.tif", 280, 240);

        foreach (string threads in (string[])["1", "2"])
            CliProgram.Segment(image, "-o", At(threads), "--threads", threads, "--save", "masks").Succeeds();

        Assert.Equal(File.ReadAllBytes(At("1/image_cp_masks.tif")), File.ReadAllBytes(At("2/image_cp_masks.tif")));
        Assert.True(new FileInfo(At("1/image_cp_masks.tif")).Length > 1000);
    }

    [Fact]
    public void Segment_Interrupted_KeepsWhatIsFinished()
    {
        string small = Image("small.tif", 40, 40), large = TestImages.WriteNpy(At("large.npy"), new NdArray<byte>(4000, 4000));
        using CliProgram program = CliProgram.Start(
            new Dictionary<string, string>(), "segment", small, large, "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu", "--save", "masks,flows");

        program.WaitForLine("segment 1/2");
        Thread.Sleep(300);                           // the second image is in the network
        program.Interrupt();
        CliResult result = program.WaitForEnd();

        result.FailsWith(ExitCode.Interrupted, "interrupted", "finished outputs are kept");
        Assert.Empty(result.Output);
        Assert.Equal(["run.json", "small_cp_masks.tif", "small_flows.tif"], TestImages.FilesIn(At("out")));
        JsonNode report = JsonNode.Parse(File.ReadAllText(At("out/run.json")))!;
        Assert.StartsWith("interrupted", (string)report["stopped"]!);
        Assert.Single(report["images"]!.AsArray());
    }

    [Fact]
    public void Segment_InterruptedBeforeTheFirstResult_WritesNothing()
    {
        string large = TestImages.WriteNpy(At("large.npy"), new NdArray<byte>(4000, 4000));
        using CliProgram program = CliProgram.Start(
            new Dictionary<string, string>(), "segment", large, "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu");

        program.WaitForLine("model:");
        program.Interrupt();
        CliResult result = program.WaitForEnd();

        result.FailsWith(ExitCode.Interrupted, "interrupted");
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_TiffInLabelsOut_NeverLoadsOpenCvNorGtk()
    {
        string image = Image("image.tif", 40, 40);

        string loaded = LibrariesLoadedBy("segment", image, "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu", "--save", "masks,output,table,flows,outlines,txt,rois,npy");

        Assert.Contains("libtorch_cpu.so", loaded);      // the list is one of loaded libraries
        Assert.DoesNotContain("OpenCvSharp", loaded);
        Assert.DoesNotContain("libgtk", loaded);
    }

    [Fact]
    public void Inspect_Png_LoadsNoTorch()
    {
        IO.Png.PngFile.Write(At("image.png"), new NdArray<byte>(8, 8));

        string loaded = LibrariesLoadedBy("inspect", At("image.png"));

        Assert.Contains("libcoreclr.so", loaded);
        Assert.DoesNotContain("libtorch", loaded);
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Image(string name, int height, int width) => TestImages.WriteTiff(At(name), TestImages.Discs(height, width, 1), "YX");

    // what the system's loader notes of every library it maps
    private string LibrariesLoadedBy(params string[] args)
    {
        string folder = _folder.Folder("loader");
        CliProgram.Run(new Dictionary<string, string> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = Path.Combine(folder, "ld") }, args).Succeeds();
        return string.Concat(Directory.EnumerateFiles(folder).Select(File.ReadAllText));
    }
}
