using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tests.Commands;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary>Folders of images, and movies, on a real Slurm of three nodes: the files of the plain run.</summary>
public sealed class SlurmFolderTests : IClassFixture<SlurmCluster>, IDisposable
{
    private readonly SlurmCluster _cluster;
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public SlurmFolderTests(SlurmCluster cluster)
    {
        _cluster = cluster;
        cluster.Require();
    }

    [Fact]
    public void Segment_FolderCancelledAndResumed_IsThePlainRun()
    {
        string images = Images("images", 300, 6), bad = TestImages.WriteNoise(Path.Combine(images, "bad.tif"));
        string[] command = ["segment", images, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--diameter", "18"];
        string[] shared = [.. command, "-o", At("out"), "--engine", "slurm", "--workers", "2"];
        string records = At("out/images_cp_work/records/images");
        CliProgram.Run(_cluster.Environment, [.. shared, "--detach"]).Succeeds();
        SlurmCluster.WaitFor(() => Directory.Exists(records) && Directory.EnumerateFiles(records).Any(), "an image to be done");
        CliProgram.Run(_cluster.Environment, "cancel", At("out")).Succeeds();
        SlurmCluster.WaitFor(() => _cluster.Run("squeue", "--noheader").Trim().Length == 0, "an empty queue");
        JsonNode stopped = RunTree.Status(At("out"), _cluster.Environment);
        int done = (int)stopped["steps"]![0]!["done"]!;
        Assert.NotEqual("running", (string)stopped["state"]!);

        CliProgram.Run(_cluster.Environment, [.. shared, "--resume"]).FailsWith(ExitCode.SomeFailed, bad);

        CliProgram.Run([.. command, "-o", At("plain")]).FailsWith(ExitCode.SomeFailed, bad);
        RunTree.AssertSame(At("plain"), At("out"));
        RunTree.AssertSameReport(At("plain/run.json"), At("out/run.json"));
        // what failed before the end is tried again
        int failed = stopped["failed_images"]!.AsArray().Count;
        Assert.Equal(7 - (done - failed), RunTree.Computed(RunTree.Status(At("out"), _cluster.Environment)) - RunTree.Computed(stopped));
    }

    [Fact]
    public void Track_Movie_IsThePlainRun()
    {
        string movie = Images("movie", 120, 5);
        string[] command = ["track", movie, "--model", CliProgram.Model, "--device", "cpu", "--threads", "1", "--diameter", "18", "--format", "ctc,tif,csv"];
        using (CliProgram program = CliProgram.Start(_cluster.Environment, [.. command, "-o", At("out"), "--engine", "slurm", "--workers", "3"]))
        {
            program.WaitForLine("submitted");
            program.Kill();
        }
        Dictionary<string, string> silent = Silent();

        JsonNode unknown = RunTree.Status(At("out"), silent);
        CliProgram.Run(silent, [.. command, "-o", At("out"), "--engine", "slurm", "--resume"]).FailsWith(ExitCode.BadInput, "Slurm does not answer");
        SlurmCluster.WaitFor(() => File.Exists(At("out/movie_track_work/job/done.json")), "the jobs to end without the process that submitted them");

        Assert.Equal("unknown", (string)unknown["state"]!);
        CliResult result = CliProgram.Run(_cluster.Environment, [.. command, "-o", At("out"), "--engine", "slurm", "--resume"]).Succeeds();
        Assert.Contains("tracks", result.Output);
        CliProgram.Run([.. command, "-o", At("plain")]).Succeeds();
        RunTree.AssertSame(At("plain"), At("out"));
        RunTree.AssertSameReport(At("plain/run.json"), At("out/run.json"));
    }

    public void Dispose() => _folder.Dispose();

    // a controller that is away: squeue says so and fails, while sbatch --version needs none
    private Dictionary<string, string> Silent()
    {
        string squeue = Path.Combine(_folder.Folder("bin"), "squeue");
        File.WriteAllText(squeue, "#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2\nexit 1\n");
        _cluster.Run("chmod", "+x", squeue);
        return new Dictionary<string, string>(_cluster.Environment) { ["PATH"] = $"{At("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    private string Images(string name, int side, int count)
    {
        string folder = _folder.Folder(name);
        for (int n = 0; n < count; n++)
            TestImages.WriteTiff(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"t{n}.tif")), TestImages.Discs(side, side, 1), "YX");
        return folder;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
