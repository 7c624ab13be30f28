using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Blocks;

/// <summary>Block-wise dynamics against the same on a whole volume in memory, over a stand-in for the network's flows.</summary>
public sealed class BlockDynamicsTests
{
    private static readonly Lazy<(NdArray<float> Flows, NdArray<float> Logits)> Tissue =
        new(() => TestVolumes.Noisy(TestVolumes.Packed(seed: 11, 22, 46, 50, count: 40, radius: 11), seed: 12, noise: 4));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DynamicsOptions Options => new() { FlowThreshold = 0, Niter = 60, MaxSizeFraction = 1 };

    public static TheoryData<string, DynamicsOptions> Kinds => new()
    {
        { "as the reference in 3D", Options },
        { "flow errors filter", Options with { FlowThreshold = 2.2 } },
        { "keep small", Options with { MinSize = 0 } },
        { "remove many small", Options with { MinSize = 700 } },
        { "remove large", Options with { MaxSizeFraction = 0.03 } },
        { "nearest voxels", Options with { Sampler = FlowSampler.Nearest } },
        { "threshold", Options with { CellProbThreshold = 3 } },
        { "no steps", Options with { Niter = 0 } },
        { "to a larger size", Options with { OutputShape = [40, 61, 50], FlowThreshold = 2.2 } },
        { "to a smaller size", Options with { OutputShape = [9, 20, 31] } },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_Blocks_HaveTheLabelsOfTheWhole(string kind, DynamicsOptions options)
    {
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        MaskResult expected = MaskMaker.Make(flows, logits, options, cancellationToken: Token);

        (VolumeMasks masks, int[] labels) = Run(options, new VolumeShape(9, 17, 16), halo: 3);

        Assert.True(expected.Filtered.Found > 20 || options.Niter == 0, kind);
        Assert.Equal(expected.Labels.Data, labels);
        Assert.Equal(expected.Filtered, masks.Filtered);
        Assert.Equal(expected.Filtered.Kept, masks.Cells.Count);
        if (options.FlowThreshold > 0)
            Assert.Equal(expected.FlowErrors, masks.Cells.Select(c => c.FlowError));
    }

    [Fact]
    public void Tissue_CellsCrossFacesEdgesAndCorners()
    {
        // what the tests of this class rest on: with blocks of a third of each side, cells lie over all kinds of borders
        (_, int[] labels) = Run(Options, new VolumeShape(22, 46, 50));
        CellExtent[] cells = CellExtent.Find(labels, new VolumeBox(0, 0, 0, 22, 46, 50), new VolumeShape(22, 46, 50));

        int[] crossed = [.. cells.Select(c => Crosses(c.Z0, c.Z1, 8) + Crosses(c.Y0, c.Y1, 16) + Crosses(c.X0, c.X1, 17))];

        Assert.Contains(1, crossed);
        Assert.Contains(2, crossed);
        Assert.Contains(3, crossed);

        static int Crosses(int from, int to, int side) => from / side != (to - 1) / side ? 1 : 0;
    }

    public static TheoryData<int, int, int, int> Cuts => new()
    {
        { 22, 46, 50, 1 }, { 11, 23, 25, 8 }, { 8, 16, 17, 27 }, { 5, 10, 10, 125 }, { 7, 13, 11, 80 }, { 22, 1000, 9, 6 }, { 1, 46, 50, 22 },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Run_AnyCutThreadsAndOrder_OneHash(int z, int y, int x, int blocks)
    {
        (VolumeMasks expected, int[] whole) = Run(Options with { FlowThreshold = 2.2 }, new VolumeShape(22, 46, 50));
        foreach (int threads in new[] { 1, 2, 4 })
        {
            var block = new VolumeShape(z, y, x);
            Assert.Equal(blocks, new BlockGrid(new VolumeShape(22, 46, 50), block).Count);
            int[] order = [.. Enumerable.Range(0, blocks)];
            new Random(threads).Shuffle(order);

            (VolumeMasks masks, int[] labels) = Run(Options with { FlowThreshold = 2.2, Threads = threads }, block, halo: threads, order: order);

            Assert.Equal(whole, labels);
            Assert.Equal(expected.Filtered, masks.Filtered);
            Assert.Equal(expected.Cells, masks.Cells);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Run_HaloSmallerThanTheWay_PointsGoOnInOtherBlocks(int halo)
    {
        using var workspace = new MemoryWorkspace();
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        using MemoryVolumeStore<float> store = TestVolumes.Store(flows, logits);
        var dynamics = new BlockDynamics(Options, new BlockGrid(store.Shape, new VolumeShape(5, 10, 10)), halo);

        dynamics.Run(store, workspace, cancellationToken: Token);

        Assert.True(dynamics.Escapes > 0);
    }

    [Fact]
    public void Run_KilledAtTwentyMoments_ResumesToTheSameLabels()
    {
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        using MemoryVolumeStore<float> store = TestVolumes.Store(flows, logits);
        DynamicsOptions options = Options with { FlowThreshold = 2.2, OutputShape = [24, 46, 50] };
        var dynamics = new BlockDynamics(options, new BlockGrid(store.Shape, new VolumeShape(8, 16, 17)), halo: 4);
        using var calm = new MemoryWorkspace();
        var counting = new MortalWorkspace(calm, int.MaxValue);
        VolumeMasks expected = dynamics.Run(store, counting, cancellationToken: Token);
        int[] labels = Labels(calm, new VolumeShape(24, 46, 50));
        var random = new Random(77);

        for (int n = 0; n < 20; n++)
        {
            using var disk = new MemoryWorkspace();
            int deaths = 0;
            VolumeMasks? masks = null;
            for (int writes = 1 + random.Next(counting.Writes); masks is null; writes += 1 + random.Next(counting.Writes))
            {
                try
                {
                    masks = dynamics.Run(store, new MortalWorkspace(disk, writes), cancellationToken: Token);
                }
                catch (KilledException)
                {
                    deaths++;
                }
            }

            Assert.True(deaths > 0);
            Assert.Equal(labels, Labels(disk, new VolumeShape(24, 46, 50)));
            Assert.Equal(expected.Cells, masks.Cells);
            Assert.Equal(expected.Filtered, masks.Filtered);
        }
    }

    [Fact]
    public void Run_Cancelled_StopsAndGoesOnLater()
    {
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        using MemoryVolumeStore<float> store = TestVolumes.Store(flows, logits);
        using var workspace = new MemoryWorkspace();
        var dynamics = new BlockDynamics(Options, new BlockGrid(store.Shape, new VolumeShape(8, 16, 17)), halo: 4);
        using var cancel = new CancellationTokenSource();
        var progress = new Reports(fraction =>
        {
            if (fraction > 0.3f)
                cancel.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => dynamics.Run(store, workspace, progress, cancel.Token));
        dynamics.Run(store, workspace, cancellationToken: Token);

        Assert.Equal(Run(Options, store.Shape).Labels, Labels(workspace, store.Shape));
    }

    [Fact]
    public void Run_Progress_GrowsToOne()
    {
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        using MemoryVolumeStore<float> store = TestVolumes.Store(flows, logits);
        using var workspace = new MemoryWorkspace();
        var reports = new List<float>();

        new BlockDynamics(Options, new BlockGrid(store.Shape, new VolumeShape(11, 23, 25))).Run(store, workspace, new Reports(reports.Add), Token);

        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports[^1]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 13, 9)]
    [InlineData(5, 1, 9)]
    public void Run_ThinVolumes_AsTheWhole(int z, int y, int x)
    {
        (NdArray<float> flows, NdArray<float> logits) = TestVolumes.Noisy(TestVolumes.Packed(1, z, y, x, 2, 6), 2, 1);
        MaskResult expected = MaskMaker.Make(flows, logits, Options, cancellationToken: Token);

        (VolumeMasks masks, int[] labels) = Run(Options, new VolumeShape(2, 4, 4), halo: 1, input: (flows, logits));

        Assert.Equal(expected.Labels.Data, labels);
        Assert.Equal(expected.Filtered, masks.Filtered);
    }

    [Fact]
    public void Run_NoForeground_NoCells()
    {
        var flows = new NdArray<float>(3, 6, 7, 8);
        var logits = new NdArray<float>(6, 7, 8);
        logits.Span.Fill(-1);
        logits.Data[100] = float.NaN;

        (VolumeMasks masks, int[] labels) = Run(Options, new VolumeShape(4, 4, 4), input: (flows, logits));

        Assert.Empty(masks.Cells);
        Assert.DoesNotContain(labels, v => v != 0);
    }

    [Fact]
    public void Run_OneCellFillsTheVolume_IsFoundWhole()
    {
        var labels = new NdArray<int>(20, 20, 20);
        labels.Span.Fill(1);
        (NdArray<float> flows, NdArray<float> logits) = TestVolumes.Perfect(labels);

        (VolumeMasks masks, int[] found) = Run(Options, new VolumeShape(7, 7, 7), halo: 2, input: (flows, logits));

        CellQuality cell = Assert.Single(masks.Cells);
        Assert.Equal(8000, cell.Area);
        Assert.True(cell.TouchesBorder);
        Assert.Equal(1 / (1 + Math.Exp(-5)), cell.MeanProbability, 1e-6);
        Assert.All(found, v => Assert.Equal(1, v));
    }

    [Fact]
    public void Run_OneCellFillsTheVolumeWithTheUsualLimit_IsCountedAsTooLarge()
    {
        var labels = new NdArray<int>(20, 20, 20);
        labels.Span.Fill(1);

        (VolumeMasks masks, int[] found) = Run(Options with { MaxSizeFraction = 0.4 }, new VolumeShape(7, 7, 7), halo: 2, input: TestVolumes.Perfect(labels));

        Assert.Equal((1, 1, 0), (masks.Filtered.Found, masks.Filtered.TooLarge, masks.Cells.Count));
        Assert.DoesNotContain(found, v => v != 0);
    }

    [Fact]
    public void Run_HundredThousandTinyCells_AreAllFound()
    {
        // cubes of three voxels a side, whose flows lead to the middle in one step
        const int perSide = 47, pitch = 4, side = perSide * pitch;
        var labels = new NdArray<int>(side, side, side);
        var flows = new NdArray<float>(3, side, side, side);
        var logits = new NdArray<float>(side, side, side);
        logits.Span.Fill(-5);
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / side / side, i / side % side, i % side);
            if (z % pitch == 3 || y % pitch == 3 || x % pitch == 3)
                continue;
            labels.Data[i] = (z / pitch * perSide + y / pitch) * perSide + x / pitch + 1;
            logits.Data[i] = 5;
            flows.Data[i] = 5 * (1 - z % pitch);
            flows.Data[i + labels.Length] = 5 * (1 - y % pitch);
            flows.Data[i + 2 * labels.Length] = 5 * (1 - x % pitch);
        }

        (VolumeMasks masks, int[] found) = Run(Options with { Niter = 2 }, new VolumeShape(100, 101, 102), input: (flows, logits));

        Assert.Equal(perSide * perSide * perSide, masks.Cells.Count);    // 103,823
        Assert.True(labels.Span.SequenceEqual(found), "cells must be numbered by first voxel, as they were drawn.");
        Assert.All(masks.Cells, c => Assert.Equal(27, c.Area));
    }

    [Fact]
    public void Run_FlowsThatAreNotFinite_AsTheWhole()
    {
        (NdArray<float> flows, NdArray<float> logits) = Tissue.Value;
        flows = flows.Clone();
        for (int i = 0; i < flows.Length; i += 101)
            flows.Data[i] = i % 2 == 0 ? float.NaN : float.PositiveInfinity;
        MaskResult expected = MaskMaker.Make(flows, logits, Options, cancellationToken: Token);

        (_, int[] labels) = Run(Options, new VolumeShape(9, 17, 16), halo: 3, input: (flows, logits));

        Assert.Equal(expected.Labels.Data, labels);
    }

    [Fact]
    public void Run_LittleMemory_AsWithMuch()
    {
        // groups of single cells, and holes searched plane by plane
        (VolumeMasks expected, int[] whole) = Run(Options with { FlowThreshold = 2.2 }, new VolumeShape(9, 17, 16));

        (VolumeMasks masks, int[] labels) = Run(Options with { FlowThreshold = 2.2 }, new VolumeShape(9, 17, 16), memory: 1000);

        Assert.Equal(whole, labels);
        Assert.Equal(expected.Cells, masks.Cells);
        Assert.Equal(expected.Filtered, masks.Filtered);
    }

    [Fact]
    public void New_ReferencesSampler_SaysWhatToUse()
    {
        var grid = new BlockGrid(new VolumeShape(4, 4, 4), new VolumeShape(2, 2, 2));

        var error = Assert.Throws<ArgumentException>(() => new BlockDynamics(Options with { Sampler = FlowSampler.GridSample }, grid));

        Assert.Contains("MaskMaker", error.Message, StringComparison.Ordinal);
    }

    private static (VolumeMasks Masks, int[] Labels) Run(
        DynamicsOptions options, VolumeShape block, int halo = 4, IReadOnlyList<int>? order = null, long memory = 1 << 26,
        (NdArray<float> Flows, NdArray<float> Logits)? input = null)
    {
        (NdArray<float> flows, NdArray<float> logits) = input ?? Tissue.Value;
        using MemoryVolumeStore<float> store = TestVolumes.Store(flows, logits);
        using var workspace = new MemoryWorkspace();
        var dynamics = new BlockDynamics(options, new BlockGrid(store.Shape, block) { Order = order }, halo, memory);
        VolumeMasks masks = dynamics.Run(store, workspace, cancellationToken: Token);
        VolumeShape shape = options.OutputShape is [int z, int y, int x] ? new VolumeShape(z, y, x) : store.Shape;
        return (masks, Labels(workspace, shape));
    }

    private static int[] Labels(MemoryWorkspace workspace, VolumeShape shape) =>
        workspace.Open<int>(BlockDynamics.LabelsName, shape, 1, shape).All();

    private sealed class Reports(Action<float> report) : IProgress<float>
    {
        public void Report(float value) => report(value);
    }
}
