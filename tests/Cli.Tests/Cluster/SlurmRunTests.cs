using System.Text.Json.Nodes;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tests.Commands;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary><c>segment --engine slurm</c> on a real Slurm of three nodes: the bytes of one process, whatever is killed.</summary>
public sealed class SlurmRunTests : IClassFixture<SlurmCluster>, IDisposable
{
    private readonly SlurmCluster _cluster;
    private readonly SharedCube _cube = new();

    public SlurmRunTests(SlurmCluster cluster)
    {
        _cluster = cluster;
        cluster.Require();
    }

    [Fact]
    public void Segment_SubmitterKilled_LosesNothing()
    {
        using (CliProgram program = CliProgram.Start(_cluster.Environment, Slurm("out")))
        {
            program.WaitForLine("submitted");
            program.Kill();
        }
        Assert.Equal("running", (string)_cube.Status("out", _cluster.Environment)["state"]!);

        CliResult result = CliProgram.Run(_cluster.Environment, Slurm("out", "--resume", "--json")).Succeeds();

        Assert.Contains("the run is under way; waiting for it", result.Error);
        _cube.AssertSame("out");
        JsonNode engine = result.Json["engine"]!;
        Assert.Equal("slurm", (string)engine["name"]!);
        Assert.Equal(SlurmCluster.Nodes, engine["hosts"]!.AsArray().Select(h => (string)h!));
        JsonNode status = _cube.Status("out", _cluster.Environment);
        Assert.Equal("complete", (string)status["state"]!);
        Assert.All(status["steps"]!.AsArray(), s => Assert.Equal((int)s!["items"]!, (int)s["done"]!));
    }

    [Fact]
    public void Segment_NodeKilledMidPass_IsDoneByTheOthers()
    {
        var folder = new RunFolder(_cube.At("out/cube_cp_work"));
        using CliProgram program = CliProgram.Start(_cluster.Environment, Slurm("out"));
        program.WaitForLine("submitted");
        TaskReport? lost = null;
        SlurmCluster.WaitFor(
            () =>
            {
                Assert.False(folder.IsDone, "the run ended before a node could be killed.");
                if (folder.ReadTasks().FirstOrDefault(t => t.State == TaskState.Running && t.Step != RunStep.Finish) is not { } running)
                    return false;
                _cluster.KillNode(running.Host);
                if (folder.ReadTask(running.Step, running.Task)!.State == TaskState.Running)
                {
                    lost = running;
                    return true;
                }
                _cluster.StartNode(running.Host);                        // it was done a moment before: try the next
                return false;
            },
            "a task at work on a node");
        try
        {
            program.WaitForEnd().Succeeds();

            _cube.AssertSame("out");
            TaskReport again = folder.ReadTask(lost!.Step, lost.Task)!;
            Assert.Equal(TaskState.Done, again.State);
            Assert.NotEqual(lost.Host, again.Host);
            Assert.True(again.Attempt > lost.Attempt);
        }
        finally
        {
            _cluster.StartNode(lost!.Host);
            _cluster.WaitForNode(lost.Host);
        }
    }

    [Fact]
    public void Resume_AfterCancel_ComputesOnlyWhatIsMissing()
    {
        CliProgram.Run(_cluster.Environment, Slurm("out", "--detach")).Succeeds();
        SlurmCluster.WaitFor(() => _cube.CountDone("out", "fuse") > 0, "fused blocks");

        CliProgram.Run(_cluster.Environment, "cancel", _cube.At("out")).Succeeds();

        SlurmCluster.WaitFor(() => _cluster.Run("squeue", "--noheader").Trim().Length == 0, "an empty queue");
        JsonNode stopped = _cube.Status("out", _cluster.Environment);
        Assert.NotEqual("running", (string)stopped["state"]!);
        Assert.False(File.Exists(_cube.At("out/cube_cp_masks.tif")));
        int done = Sum(stopped, "done"), items = Sum(stopped, "items");
        Assert.InRange(done, 14, items - 1);                             // levels, slabs and a fused block

        CliProgram.Run(_cluster.Environment, Slurm("out", "--resume")).Succeeds();

        JsonNode status = _cube.Status("out", _cluster.Environment);
        Assert.Equal(items - 1 - done, Sum(status, "computed") - Sum(stopped, "computed"));        // all but the last step, which has no block
        _cube.AssertSame("out");
    }

    [Fact]
    public void Segment_OptionThatSlurmRefuses_SaysSoAndLeavesNoJob()
    {
        CliProgram.Run(_cluster.Environment, Slurm("out", "--partition", "nowhere")).FailsWith(ExitCode.Usage, "Slurm refused", "partition");

        Assert.Equal("", _cluster.Run("squeue", "--noheader").Trim());
    }

    public void Dispose() => _cube.Dispose();

    private string[] Slurm(string output, params string[] more) => _cube.Command(output, ["--engine", "slurm", "--workers", "3", .. more]);

    private static int Sum(JsonNode status, string what) => status["steps"]!.AsArray().Sum(s => (int)s![what]!);
}
