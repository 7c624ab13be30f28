using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary><c>segment --do-3d --resume</c>: killed, interrupted, out of room, and gone on with; the labels are those of a calm run.</summary>
public sealed class SegmentResumeTests : IDisposable
{
    private const int Block = 12;                                        // 27 blocks

    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly string _volume;
    private readonly Lazy<byte[]> _calm;

    public SegmentResumeTests()
    {
        _volume = TestImages.WriteTiff(At("cube.tif"), CrossingCells.Image(), "ZYX");
        _calm = new Lazy<byte[]>(() =>
        {
            CliProgram.Run(Command(At("calm"))).Succeeds();
            return File.ReadAllBytes(At("calm/cube_cp_masks.tif"));
        });
    }

    [Fact]
    public void Segment_KilledAtTwentyMoments_ResumesToTheSameBytes()
    {
        byte[] expected = _calm.Value;
        Assert.Equal((true, true, true), CrossingCells.Find(LabelReader.Read(At("calm/cube_cp_masks.tif")).Data, Block));
        var random = new Random(3);
        var passes = new HashSet<string>();
        const int perChain = 7, records = 600;                           // about as many as a run leaves

        int kills = 0;
        for (int chain = 0; kills < 20; chain++)
        {
            Assert.True(chain < 12, $"the program ended before it could be killed: {kills} kills in {chain} runs.");
            string output = At($"killed{chain}");
            for (int n = 0; n < perChain && kills < 20; n++)
            {
                using CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Command(output, "--resume"));
                program.WaitForLine("passes");                           // the work begins
                // each kill of a chain falls into its own seventh of what there is to do
                int moment = n == 0 ? 0 : records * n / perChain + random.Next(records / perChain), pause = random.Next(n == 0 ? 700 : 20);
                bool isLate = !program.WaitWhile(() => Records(output).Length < moment);
                Thread.Sleep(pause);
                program.Kill();
                if (isLate)
                    break;
                kills++;
                passes.Add(Records(output).OrderBy(File.GetLastWriteTimeUtc).Select(r => Path.GetRelativePath(Path.Combine(output, "cube_cp_work", "records"), r).Split('/')[0]).LastOrDefault("none"));
            }
            CliProgram.Run(Command(output, "--resume")).Succeeds();

            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(output, "cube_cp_masks.tif")));
            Assert.Equal(["cube_cp_masks.tif", "run.json"], TestImages.FilesIn(output));
        }
        Assert.True(passes.Count >= 4, $"kills fell into {string.Join(", ", passes)} only.");
    }

    [Fact]
    public void Segment_Interrupted_LeavesNothingHalfWrittenAndGoesOnLater()
    {
        byte[] expected = _calm.Value;
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Command(At("out"), "--resume")))
        {
            Assert.True(program.WaitWhile(() => Records(At("out")).Length < 20));
            program.Interrupt();
            CliResult result = program.WaitForEnd();

            result.FailsWith(ExitCode.Interrupted, "interrupted");
            Assert.Contains("finished parts are kept in", result.Error);
            Assert.Equal(["cube_cp_work"], Directory.GetFileSystemEntries(At("out")).Select(Path.GetFileName));
            Assert.DoesNotContain(TestImages.FilesIn(At("out")), f => f.EndsWith(".tmp", StringComparison.Ordinal));
        }

        CliResult rest = CliProgram.Run(Command(At("out"), "--resume")).Succeeds();

        Assert.Contains("goes on with what an earlier run left", rest.Error);
        Assert.Equal(expected, File.ReadAllBytes(At("out/cube_cp_masks.tif")));
        Assert.Equal(["cube_cp_masks.tif", "run.json"], TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_InterruptedInMemory_LeavesNothing()
    {
        using CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Command(At("out")));
        program.WaitForLine("passes");
        program.Interrupt();

        program.WaitForEnd().FailsWith(ExitCode.Interrupted, "interrupted");

        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_DiskFull_ResumesOnceThereIsRoom()
    {
        using SmallDisk disk = SmallDisk.Mount(megabytes: 1);

        CliResult full = CliProgram.Run(Command(disk.Path, "--resume"));

        full.FailsWith(ExitCode.BadInput, "No space left", "resume");
        Assert.Contains("finished parts are kept in", full.Error);
        Assert.DoesNotContain(disk.Names, n => n.EndsWith(".tmp", StringComparison.Ordinal) || n.EndsWith("_masks.tif", StringComparison.Ordinal));
        Assert.Contains(disk.Names, n => n.StartsWith("cube_cp_work/volumes/", StringComparison.Ordinal));

        disk.Grow(megabytes: 60);
        CliResult rest = CliProgram.Run(Command(disk.Path, "--resume")).Succeeds();

        Assert.Contains("goes on with what an earlier run left", rest.Error);
        Assert.Equal(_calm.Value, File.ReadAllBytes(Path.Combine(disk.Path, "cube_cp_masks.tif")));
        Assert.Equal(["cube_cp_masks.tif", "run.json"], disk.Names);
    }

    [Fact]
    public void Segment_DiskFullOfOtherThings_WritesNothingAndWorksLater()
    {
        using SmallDisk disk = SmallDisk.Mount(megabytes: 1);
        string other = Path.Combine(disk.Path, "other");
        Assert.ThrowsAny<IOException>(() => File.WriteAllBytes(other, new byte[2 << 20]));

        CliProgram.Run(Command(disk.Path)).FailsWith(ExitCode.BadInput, "No space left");

        Assert.Equal(["other"], disk.Names);
        File.Delete(other);
        CliProgram.Run(Command(disk.Path)).Succeeds();
        Assert.Equal(_calm.Value, File.ReadAllBytes(Path.Combine(disk.Path, "cube_cp_masks.tif")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Segment_DiskReadOnly_SaysSo(bool resumable)
    {
        using SmallDisk disk = SmallDisk.Mount(megabytes: 2);
        disk.MakeReadOnly();

        CliProgram.Run(Command(disk.Path, resumable ? ["--resume"] : [])).FailsWith(ExitCode.BadInput, "Read-only file system", disk.Path);
    }

    [Fact]
    public void Segment_OtherOptionsOnResume_SaysThatPartsAreDropped()
    {
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), Command(At("out"), "--resume")))
        {
            Assert.True(program.WaitWhile(() => Records(At("out")).Length < 3));
            program.Kill();
        }

        CliResult result = CliProgram.Run(Command(At("out"), "--resume", "--cellprob-threshold", "1")).Succeeds();

        Assert.Contains("holds parts of a run with another input, other options", result.Error);
        Assert.Equal(["cube_cp_masks.tif", "run.json"], TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_LeftoversOfAKilledWriter_AreRemoved()
    {
        string guid = Guid.NewGuid().ToString("n");
        Directory.CreateDirectory(At("out"));
        File.WriteAllText(At($"out/.cube_cp_masks.tif.{guid}.tmp"), "half");
        File.WriteAllText(At($"out/.cube_cells.csv.{guid}.tmp"), "half");
        File.WriteAllText(At($"out/.cubes_cp_masks.tif.{guid}.tmp"), "another image's");
        File.WriteAllText(At("out/.cube_cp_masks.tif.notes.tmp"), "somebody's own");

        CliProgram.Run(Command(At("out"), "--resume")).Succeeds();

        Assert.Equal([".cube_cp_masks.tif.notes.tmp", $".cubes_cp_masks.tif.{guid}.tmp", "cube_cp_masks.tif", "run.json"], TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_MovieKilled_KeepsFinishedTimePoints()
    {
        NdArray<float> cube = CrossingCells.Image();
        string movie = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(CrossingCells.Image(2), cube), "TZYX");
        string[] command = Command(At("out"), "--resume", "--save", "masks,table,output");
        command[1] = movie;
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), command))
        {
            Assert.True(program.WaitWhile(() => !File.Exists(At("out/movie_t0001_cp_work/records/run"))));
            program.Kill();
        }

        JsonNode report = CliProgram.Run([.. command, "--json"]).Succeeds().Json;

        NdArray<int> labels = LabelReader.Read(At("out/movie_cp_masks.tif"));
        Assert.Equal([2, CrossingCells.Side, CrossingCells.Side, CrossingCells.Side], labels.Shape);
        _ = _calm.Value;
        Assert.Equal(LabelReader.Read(At("calm/cube_cp_masks.tif")).Data, labels.Plane(1).ToArray());
        Assert.InRange(labels.Plane(0).ToArray().Max(), 5, 9);
        JsonNode times = report["images"]![0]!["volumes"]!;
        Assert.Equal(0, (double)times[0]!["seconds"]!["network"]!);      // the first time point was finished before
        Assert.True((double)times[1]!["seconds"]!["network"]! > 0);
        Assert.Equal(
            ["movie_cells.csv", "movie_cp_masks.tif", "movie_t0000_cp_output.png", "movie_t0001_cp_output.png", "run.json"], TestImages.FilesIn(At("out")));
        Assert.Equal((int)report["images"]![0]!["cells"]! + 1, File.ReadAllLines(At("out/movie_cells.csv")).Length);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Command(string output, params string[] more) =>
    [
        "segment", _volume, "--model", CliProgram.Model, "--device", "cpu", "--do-3d", "--diameter", TestImages.Number((int)CrossingCells.Diameter),
        "--block-size", TestImages.Number(Block), "--threads", "1", "-o", output, .. more.Contains("--save") ? Array.Empty<string>() : ["--save", "masks"], .. more,
    ];

    private static string[] Records(string output)
    {
        string records = Path.Combine(output, "cube_cp_work", "records");
        try
        {
            return Directory.Exists(records) ? [.. Directory.EnumerateFiles(records, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal))] : [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];                                                   // removed this moment: the run is at its end
        }
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
