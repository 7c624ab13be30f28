using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>One hash of the labels of a whole run, network and all, for any blocks, threads, order of blocks and interruptions.</summary>
public sealed class OneHashTests
{
    private static readonly VolumeOptions Options = new() { Segmentation = new SegmentationOptions { Diameter = CrossingCells.Diameter, Threads = 2 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Segment_BlocksThreadsAndOrder_OneHash()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(CrossingCells.Image());
        (VolumeSegmentation expected, int[] labels) = Segment(new VolumeSegmenter(model, Options), source);
        Assert.InRange(expected.Cells.Count, 5, 9);

        foreach ((int side, int blocks, int threads) in new[] { (36, 1, 4), (18, 8, 1), (12, 27, 2), (8, 125, 4), (11, 64, 1), (13, 27, 2), (17, 27, 4) })
        {
            if (blocks > 1)
                Assert.Equal((true, true, true), CrossingCells.Find(labels, side));
            VolumeOptions other = Options with { BlockSize = side, MaxMemoryBytes = VolumeOptions.LeastMemoryBytes, Segmentation = Options.Segmentation with { Threads = threads } };
            var segmenter = new VolumeSegmenter(model, other) { BlockOrder = count => Shuffled(count, side) };

            (VolumeSegmentation result, int[] actual) = Segment(segmenter, source);

            Assert.Equal(blocks, result.Plan.Blocks);
            Assert.Equal(Hash(labels), Hash(actual));
            Assert.Equal(expected.Cells, result.Cells);
            Assert.Equal(expected.Filtered, result.Filtered);
        }
    }

    [Fact]
    public void Segment_LargerPiecesOfFiles_OneHash()
    {
        NdArray<float> cube = CrossingCells.Image();
        (int side, int times) = (cube.Shape[^1], 6);
        var rows = new NdArray<float>(1, side, side, side * times);
        for (int n = 0; n < rows.Length; n++)
            rows.Data[n] = cube.Data[n / (side * times) * side + n % side];
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(rows);
        using var memory = new MemoryWorkspace();
        VolumeOptions options = Options with { BlockSize = 108 };
        int[] labels = new VolumeSegmenter(model, options).Segment(source, memory, null, null, Token).Labels.All();
        Assert.True(labels.Max() >= 5 * times);

        long usual = 0;
        foreach (long most in (long[])[BlockGrid.UsualMostFiles, 1])
        {
            string folder = Directory.CreateTempSubdirectory("cellpose3d-pieces-").FullName;
            using var files = new IO.Volumes.FolderWorkspace(folder);
            VolumeSegmentation result = new VolumeSegmenter(model, options with { MostFiles = most }).Segment(source, files, null, null, Token);

            Assert.Equal(Hash(labels), Hash(result.Labels.All()));
            long written = Directory.EnumerateFiles(Path.Combine(folder, "volumes", "flows"), "*", SearchOption.AllDirectories).Count();
            usual = usual == 0 ? written : usual;
            Assert.True(most > 1 ? written == usual : written * 2 <= usual + 1, $"{written} files rather than half of {usual}");
            Assert.True(most > 1 || result.Plan.WorkspaceFiles < new VolumeSegmenter(model, options).Plan(source).WorkspaceFiles);
            files.Remove();
        }
    }

    [Fact]
    public void Segment_KilledAtTwentyMoments_OneHash()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(CrossingCells.Image());
        var segmenter = new VolumeSegmenter(model, Options with { BlockSize = 12 });
        using var calm = new MemoryWorkspace();
        var counting = new MortalWorkspace(calm, int.MaxValue);
        VolumeSegmentation expected = segmenter.Segment(source, counting, "a", null, Token);
        int[] labels = expected.Labels.All();
        Assert.Equal((true, true, true), CrossingCells.Find(labels, 12));
        var random = new Random(20);

        int kills = 0;
        while (kills < 20)
        {
            using var disk = new MemoryWorkspace();
            VolumeSegmentation? result = null;
            for (int deaths = 0; result is null; deaths++)
            {
                // a fifth of the work each time, more or less, so that kills fall into all passes
                int life = deaths < 5 ? random.Next(1, 2 * counting.Writes / 5) : int.MaxValue;
                try
                {
                    result = segmenter.Segment(source, new MortalWorkspace(disk, life), "a", null, Token);
                }
                catch (KilledException)
                {
                    kills++;
                }
            }

            Assert.Equal(Hash(labels), Hash(result.Labels.All()));
            Assert.Equal(expected.Cells, result.Cells);
            Assert.Equal(expected.Filtered, result.Filtered);
        }
    }

    [Theory]
    [InlineData(VolumeMode.ThreePlanes)]
    [InlineData(VolumeMode.Stitched)]
    public void Segment_FinishedBefore_ComputesNothing(VolumeMode mode)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(CrossingCells.Image());
        var segmenter = new VolumeSegmenter(model, Options with { Mode = mode });
        using var workspace = new MemoryWorkspace();
        Assert.Equal(WorkspaceContent.Nothing, segmenter.ContentOf(source, workspace, "a"));
        VolumeSegmentation first = segmenter.Segment(source, workspace, "a", null, Token);
        var counting = new MortalWorkspace(workspace, int.MaxValue);

        VolumeSegmentation again = segmenter.Segment(source, counting, "a", null, Token);

        Assert.Equal(0, counting.Writes);
        Assert.Equal(first.Labels.All(), again.Labels.All());
        Assert.Equal(first.Cells, again.Cells);                          // errors that are NaN too
        Assert.Equal((first.Filtered, first.NonFiniteVoxels), (again.Filtered, again.NonFiniteVoxels));
        Assert.Equal(WorkspaceContent.ThisRun, segmenter.ContentOf(source, workspace, "a"));
        Assert.Equal(WorkspaceContent.AnotherRun, segmenter.ContentOf(source, workspace, "b"));
        Assert.Equal(WorkspaceContent.AnotherRun, new VolumeSegmenter(model, Options with { Mode = mode, BlockSize = 9 }).ContentOf(source, workspace, "a"));
    }

    [Fact]
    public void EstimateTime_MoreWork_TakesLonger()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        using var small = new MemoryVolumeSource(new NdArray<float>(8, 64, 64));
        var segmenter = new VolumeSegmenter(model, new VolumeOptions());
        VolumePlan plan = segmenter.Plan(small), large = VolumePlan.Of(new VolumeShape(800, 640, 640), default, 1, model.Info, new VolumeOptions());

        Assert.True(segmenter.EstimateTime(plan) > TimeSpan.Zero);
        Assert.True(segmenter.EstimateTime(large) > 20 * segmenter.EstimateTime(plan));
    }

    private static (VolumeSegmentation Result, int[] Labels) Segment(VolumeSegmenter segmenter, MemoryVolumeSource source)
    {
        using var workspace = new MemoryWorkspace();
        VolumeSegmentation result = segmenter.Segment(source, workspace, cancellationToken: Token);
        return (result, result.Labels.All());
    }

    private static int[] Shuffled(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(order);
        return order;
    }

    private static string Hash(int[] labels) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(labels.AsSpan())));
}
