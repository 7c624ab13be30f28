using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tests.Commands;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary><c>segment --engine local</c>: the bytes of one process, whatever is killed.</summary>
public sealed class LocalEngineTests : IDisposable
{
    private readonly SharedCube _cube = new();

    [Fact]
    public void Segment_WorkersKilled_HasTheBytesOfOneProcess()
    {
        using CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Local("out"));
        int kills = 0;
        foreach (string step in (string[])["network-yx", "fuse", "paint"])
        {
            Assert.True(program.WaitWhile(() => _cube.CountDone("out", step) == 0));
            kills += KillWorkers();
        }

        program.WaitForEnd().Succeeds();

        Assert.True(kills > 0);
        _cube.AssertSame("out");
        Assert.Equal("complete", (string)_cube.Status("out")["state"]!);
    }

    [Fact]
    public void Resume_DamagedBlock_NamesItAndGoesOnOnceItIsGone()
    {
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Local("out")))
        {
            Assert.True(program.WaitWhile(() => _cube.CountDone("out", "fuse") < 27));
            program.Kill();
        }
        SlurmCluster.WaitFor(() => RunTree.Workers(_cube.At("out")).Count == 0, "workers to end with the process that drove them");
        string[] chunks = [.. Directory.GetFiles(_cube.At("out/cube_cp_work/volumes/flows"), "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        byte[] whole = File.ReadAllBytes(chunks[^1]);
        File.WriteAllBytes(chunks[^1], whole[..(whole.Length / 2)]);
        foreach (string record in Directory.GetFiles(_cube.At("out/cube_cp_work/records"), "*", SearchOption.AllDirectories).Where(f => f.Contains("/records/ends", StringComparison.Ordinal)))
            File.Delete(record);

        CliProgram.Run(Local("out", "--resume")).FailsWith(ExitCode.BadInput, "'ends'", "cut short", "--resume", "log", "block");

        JsonNode failure = Assert.Single(_cube.Status("out")["failures"]!.AsArray().Where(f => (string)f!["step"]! == "ends" && ((string)f["cause"]!).Contains("cut short", StringComparison.Ordinal)).Take(1))!;
        Assert.Equal("failed", (string)failure["state"]!);
        File.WriteAllBytes(chunks[^1], whole);
        CliProgram.Run(Local("out", "--resume")).Succeeds();
        _cube.AssertSame("out");
    }

    [Fact]
    public void Resume_CompleteRun_HasNothingToDo()
    {
        CliProgram.Run(Local("out")).Succeeds();
        DateTime written = File.GetLastWriteTimeUtc(_cube.At("out/cube_cp_masks.tif"));

        CliProgram.Run(Local("out", "--resume")).Succeeds();

        Assert.Equal(written, File.GetLastWriteTimeUtc(_cube.At("out/cube_cp_masks.tif")));
    }

    [Theory]
    [InlineData("--workers", "2")]
    [InlineData("--engine", "local", "--partition", "gpu")]
    [InlineData("--engine", "local", "--workers", "0")]
    [InlineData("--engine", "slurm", "--sbatch", "--mem=4G")]
    public void Segment_OptionsThatDoNotFit_AreRefused(params string[] options)
    {
        CliProgram.Run(_cube.Command("out", options)).FailsWith(ExitCode.Usage, "");

        Assert.False(Directory.Exists(_cube.At("out")));
    }

    [Fact]
    public void Resume_CompleteRunOfOtherOptions_SaysWhatDiffersAndBeginsAnew()
    {
        CliProgram.Run(Local("out")).Succeeds();

        CliResult resumed = CliProgram.Run(Local("out", "--resume", "--cellprob-threshold", "0.5", "--min-size", "400")).Succeeds();

        Assert.Contains("holds a complete run that is not this one (cell prob threshold was 0, is 0.5; min size was 15, is 400); the run begins anew", resumed.Error);
        Assert.Equal(400, (int)RunTree.Report(_cube.At("out/run.json"))["settings"]!["options"]!["min_size"]!);
    }

    [Fact]
    public void Status_NoRun_SaysSo() =>
        CliProgram.Run("status", _cube.At("")).FailsWith(ExitCode.BadInput, "holds no run");

    public void Dispose() => _cube.Dispose();

    private string[] Local(string output, params string[] more) => _cube.Command(output, ["--engine", "local", "--workers", "2", .. more]);

    private int KillWorkers()
    {
        List<int> workers = RunTree.Workers(_cube.At("out"));
        foreach (int worker in workers)
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(worker);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // it ended just now
            }
        }
        return workers.Count;
    }
}
