using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tests.Commands;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary><c>track MOVIE --engine local</c>: the files of the plain run, and only what is missing when it goes on.</summary>
public sealed class LocalMovieTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    [Fact]
    public void Track_Folder_IsThePlainRun()
    {
        string movie = Movie(80, 120, 5);
        string[] all = ["--format", "tif,zarr,ctc,csv,napari,geff,trackmate", "--save", "montage,lineage,doubtful,masks"];
        CliProgram.Run(Command(movie, "plain", all)).Succeeds();

        CliResult shared = CliProgram.Run(Shared(movie, "out", [.. all, "--json"])).Succeeds();

        RunTree.AssertSame(At("plain"), At("out"));
        RunTree.AssertSameReport(At("plain/run.json"), At("out/run.json"));
        Assert.Equal("local", (string)shared.Json["engine"]!["name"]!);
        Assert.Equal(30, (int)shared.Json["summary"]!["cells"]!);
        JsonNode status = RunTree.Status(At("out"));
        Assert.Equal(("complete", 5), ((string)status["state"]!, RunTree.Computed(status)));
        Assert.False(Directory.Exists(At("out/movie_track_work/volumes")), "masks are left");
    }

    [Fact]
    public void Resume_DriverKilled_SegmentsOnlyWhatIsMissing()
    {
        string movie = Movie(240, 240, 6);
        string records = At("out/movie_track_work/records/frames");
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Shared(movie, "out")))
        {
            Assert.True(program.WaitWhile(() => Count(records) < 2));
            program.Kill();
        }
        SlurmCluster.WaitFor(() => RunTree.Workers(At("out")).Count == 0, "workers to end with the process that drove them");
        int done = Count(records);

        CliResult resumed = CliProgram.Run(Shared(movie, "out", "--resume")).Succeeds();

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{done} of 6 items are done"), resumed.Error);
        Assert.Equal(6, RunTree.Computed(RunTree.Status(At("out"))));
        CliProgram.Run(Command(movie, "plain")).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
        DateTime written = File.GetLastWriteTimeUtc(At("out/run.json"));
        CliProgram.Run(Shared(movie, "out", "--resume")).Succeeds();
        Assert.Equal(written, File.GetLastWriteTimeUtc(At("out/run.json")));
    }

    [Fact]
    public void Resume_OtherOptions_SaysWhatDiffersAndBeginsAnew()
    {
        string movie = Movie(80, 120, 3);
        CliProgram.Run(Shared(movie, "out")).Succeeds();

        CliResult resumed = CliProgram.Run(Shared(movie, "out", "--resume", "--no-divisions", "--max-gap", "1")).Succeeds();

        Assert.Contains("divisions was true, is false", resumed.Error);
        Assert.Contains("max gap was 3, is 1", resumed.Error);
        Assert.False((bool)JsonNode.Parse(File.ReadAllText(At("out/run.json")))!["settings"]!["divisions"]!);
    }

    [Fact]
    public void Track_Volumes_IsThePlainRun()
    {
        NdArray<float> volume = ImageReader.Read(Golden.Path("eval3d", "vol.tif"), "ZYX").Pixels;
        string movie = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(volume, volume), "TZYX");
        string[] options = ["--voxel-size", "1", "--format", "ctc,tif"];

        CliProgram.Run(Shared(movie, "out", options)).Succeeds();

        CliProgram.Run(Command(movie, "plain", options)).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
    }

    [Fact]
    public void Track_MasksAndEngine_IsRefused() =>
        CliProgram.Run("track", "--labels", At("masks.tif"), "-o", At("out"), "--engine", "local").FailsWith(ExitCode.Usage, "--engine", "--labels");

    public void Dispose() => _folder.Dispose();

    private static int Count(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Count(f => !Path.GetFileName(f).StartsWith('.')) : 0;

    private string Movie(int height, int width, int frames)
    {
        string folder = _folder.Folder("movie");
        for (int t = 0; t < frames; t++)
            TestImages.WriteTiff(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"t{t}.tif")), TestImages.Discs(height, width, 1), "YX");
        return folder;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string[] Command(string movie, string output, params string[] more) =>
        ["track", movie, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--diameter", "14", "-o", At(output), .. more];

    private string[] Shared(string movie, string output, params string[] more) => Command(movie, output, ["--engine", "local", "--workers", "2", .. more]);
}
