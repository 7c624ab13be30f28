using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tests.Commands;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary><c>segment FOLDER --engine local</c>: the files of the plain run, and only what is missing when it goes on.</summary>
public sealed class LocalImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly string _images;

    public LocalImagesTests()
    {
        _images = _folder.Folder("images");
        for (int n = 0; n < 5; n++)
            TestImages.WriteTiff(Path.Combine(_images, string.Create(CultureInfo.InvariantCulture, $"image{n}.tif")), TestImages.Discs(80, 80 + 40 * n, n), "YX");
    }

    [Fact]
    public void Segment_FolderWithABadImage_IsThePlainRun()
    {
        string bad = TestImages.WriteNoise(Path.Combine(_images, "bad.tif"));
        CliProgram.Run(Command("plain")).FailsWith(ExitCode.SomeFailed, bad);

        CliResult shared = CliProgram.Run(Shared("out", "--json"));

        shared.FailsWith(ExitCode.SomeFailed, bad);
        RunTree.AssertSame(At("plain"), At("out"));
        RunTree.AssertSameReport(At("plain/run.json"), At("out/run.json"));
        Assert.Equal("local", (string)shared.Json["engine"]!["name"]!);
        JsonNode status = RunTree.Status(At("out"));
        Assert.Equal(("complete", 6), ((string)status["state"]!, RunTree.Computed(status)));
        Assert.Equal(bad, (string)Assert.Single(status["failed_images"]!.AsArray())!["path"]!);
        Assert.False(Directory.Exists(At("out/images_cp_work/records")), "records are left");
    }

    [Fact]
    public void Resume_AfterTheEnd_DoesWhatFailedWasChangedOrIsNew()
    {
        string bad = TestImages.WriteNoise(Path.Combine(_images, "bad.tif"));
        CliProgram.Run(Shared("out")).FailsWith(ExitCode.SomeFailed, bad);
        Assert.Equal(6, RunTree.Computed(RunTree.Status(At("out"))));
        TestImages.WriteTiff(bad, TestImages.Discs(80, 80, 7), "YX");
        TestImages.WriteTiff(Path.Combine(_images, "image0.tif"), TestImages.Discs(80, 120, 8), "YX");
        TestImages.WriteTiff(Path.Combine(_images, "another.tif"), TestImages.Discs(80, 80, 9), "YX");
        File.Delete(At("out/image3_cp_masks.tif"));

        CliProgram.Run(Shared("out", "--resume")).Succeeds();

        Assert.Equal(4, RunTree.Computed(RunTree.Status(At("out"))));
        CliProgram.Run(Command("plain")).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
        RunTree.AssertSameReport(At("plain/run.json"), At("out/run.json"));
        DateTime written = File.GetLastWriteTimeUtc(At("out/run.json"));
        CliProgram.Run(Shared("out", "--resume")).Succeeds();
        Assert.Equal(written, File.GetLastWriteTimeUtc(At("out/run.json")));
    }

    [Fact]
    public void Resume_OtherOptions_SaysWhatDiffersAndBeginsAnew()
    {
        CliProgram.Run(Shared("out")).Succeeds();

        CliResult resumed = CliProgram.Run(Shared("out", "--resume", "--min-size", "250")).Succeeds();

        Assert.Contains("holds a complete run that is not this one (min size was 15, is 250); the run begins anew", resumed.Error);
        CliProgram.Run(Command("plain", "--min-size", "250")).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
    }

    [Fact]
    public void Resume_DriverKilled_DoesOnlyWhatIsMissing()
    {
        TestImages.WriteTiff(Path.Combine(_images, "large.tif"), TestImages.Discs(480, 480, 1), "YX");
        string records = At("out/images_cp_work/records/images");
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Shared("out")))
        {
            Assert.True(program.WaitWhile(() => Count(records) < 2));
            program.Kill();
        }
        SlurmCluster.WaitFor(() => RunTree.Workers(At("out")).Count == 0, "workers to end with the process that drove them");
        Assert.Equal("stopped", (string)RunTree.Status(At("out"))["state"]!);
        int done = Count(records);

        CliResult resumed = CliProgram.Run(Shared("out", "--resume")).Succeeds();

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{done} of 6 items are done"), resumed.Error);
        Assert.Equal(6, RunTree.Computed(RunTree.Status(At("out"))));
        CliProgram.Run(Command("plain")).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
    }

    [Fact]
    public void Segment_StitchedStacks_AreThePlainRun()
    {
        string stacks = _folder.Folder("stacks");
        for (int n = 0; n < 2; n++)
            TestImages.WriteTiff(Path.Combine(stacks, string.Create(CultureInfo.InvariantCulture, $"stack{n}.tif")), TestImages.Stack(TestImages.Discs(80, 80, n), TestImages.Discs(80, 80, n), TestImages.Discs(80, 80, n + 1)), "ZYX");
        string[] command = ["segment", stacks, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--diameter", "18", "--stitch-threshold", "0.3", "--save", "masks,table"];

        CliProgram.Run([.. command, "-o", At("out"), "--engine", "local", "--workers", "2"]).Succeeds();

        CliProgram.Run([.. command, "-o", At("plain")]).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
    }

    [Fact]
    public void Segment_FolderOfVolumes_IsARunForEach()
    {
        string volumes = _folder.Folder("volumes");
        NdArray<float> volume = CrossingCells.Image();
        foreach (string name in (string[])["one.tif", "two.tif"])
        {
            TestImages.WriteTiff(Path.Combine(volumes, name), volume, "ZYX");
            volume.Span.Reverse();
        }
        string[] command = ["segment", volumes, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--do-3d", "--diameter", TestImages.Number((int)CrossingCells.Diameter), "--save", "masks,table"];

        CliProgram.Run([.. command, "-o", At("out"), "--engine", "local", "--workers", "2"]).Succeeds();

        CliProgram.Run([.. command, "-o", At("plain")]).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
        foreach (string name in (string[])["one", "two"])
            Assert.Equal("complete", (string)RunTree.Status(At($"out/{name}_cp_work"))["state"]!);
        CliProgram.Run("status", At("out")).FailsWith(ExitCode.Usage, "holds 2 runs");
    }

    [Fact]
    public void Resume_WithoutEngine_IsAboutVolumes() =>
        CliProgram.Run(Command("out", "--resume")).FailsWith(ExitCode.Usage, "--resume");

    public void Dispose() => _folder.Dispose();

    private static int Count(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Count(f => !Path.GetFileName(f).StartsWith('.')) : 0;

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string[] Command(string output, params string[] more) =>
        ["segment", _images, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--diameter", "18", "-o", At(output), .. more];

    private string[] Shared(string output, params string[] more) => Command(output, ["--engine", "local", "--workers", "2", .. more]);
}
