using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>A run whose items several processes share, here as several jobs on one workspace.</summary>
public sealed class VolumeJobTests
{
    private static readonly VolumeOptions Options = new()
    {
        BlockSize = 12, Workers = 3, Segmentation = new SegmentationOptions { Diameter = CrossingCells.Diameter, Threads = 2 },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_ItemsSharedByTwoJobsInAnyOrder_OneHash()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(CrossingCells.Image());
        using var alone = new MemoryWorkspace();
        VolumeSegmentation expected = new VolumeSegmenter(model, Options with { Workers = 1, BlockSize = null }).Segment(source, alone, null, null, Token);
        using var workspace = new MemoryWorkspace();
        using VolumeJob first = new VolumeSegmenter(model, Options).Begin(source, workspace, "a"), second = new VolumeSegmenter(model, Options).Join(source, workspace, "a");
        var random = new Random(5);

        for (int n = 0; n < first.Steps.Count; n++)
        {
            int[] items = [.. Enumerable.Range(0, first.Steps[n].Items)];
            random.Shuffle(items);
            foreach (int item in items)
            {
                (VolumeStep own, VolumeStep other) = random.Next(2) == 0 ? (first.Steps[n], second.Steps[n]) : (second.Steps[n], first.Steps[n]);
                Assert.False(other.IsDone(item));
                Assert.Equal(1, own.Run([item], null, Token));
                Assert.True(other.IsDone(item));
                Assert.Equal(0, other.Run([item], null, Token));
            }
            second.Steps[n].Complete();
        }
        VolumeSegmentation result = second.Result();

        Assert.Equal(3 * 27, first.Steps.Where(s => s.Name is "fuse" or "ends" or "numbers").Sum(s => s.Items));
        Assert.True(first.Steps.Count(s => s.Name.StartsWith("network-", StringComparison.Ordinal) && s.Items > 1) == 3, "slabs must be several");
        Assert.Equal(1, first.Steps.Sum(s => s.Share), 1e-3);
        Assert.Equal(Hash(expected.Labels), Hash(result.Labels));
        Assert.Equal(expected.Cells, result.Cells);
        Assert.Equal(expected.Filtered, result.Filtered);
    }

    [Fact]
    public void Join_AnotherRun_IsRefused()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(CrossingCells.Image());
        using var workspace = new MemoryWorkspace();
        var segmenter = new VolumeSegmenter(model, Options);
        segmenter.Begin(source, workspace, "a").Dispose();

        Assert.Throws<InvalidDataException>(() => segmenter.Join(source, workspace, "b"));
        Assert.Throws<InvalidDataException>(() => new VolumeSegmenter(model, Options with { FlowThreshold = 1 }).Join(source, workspace, "a"));
        Assert.Throws<NotSupportedException>(() => new VolumeSegmenter(model, Options with { Mode = VolumeMode.Stitched }).Begin(source, workspace, "a"));
    }

    [Fact]
    public void Run_OtherProcessWasFaster_LeavesVolumesAlone()
    {
        using var workspace = new MemoryWorkspace();
        bool isWritten = false;
        var step = new VolumeStep("step", VolumeStage.Dynamics, 1, workspace)
        {
            Compute = (_, _) =>
            {
                workspace.Save("step/0", [1]);                           // in the meantime
                return new StepResult([2], () => isWritten = true);
            },
        };

        Assert.Equal(0, step.Run(null, null, Token));

        Assert.False(isWritten);
        Assert.Equal([1], workspace.Load("step/0")!);
    }

    private static string Hash(IVolumeStore<int> labels)
    {
        int[] values = new int[labels.Shape.Count];
        labels.Read(0, labels.Shape.All, values);
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));
    }
}
