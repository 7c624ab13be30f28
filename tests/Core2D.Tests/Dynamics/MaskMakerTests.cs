using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class MaskMakerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Make_PerfectFlowsOfDiscs_GivesTheDiscs()
    {
        NdArray<int> labels = DynamicsData.Discs(perSide: 4, pitch: 21, radius: 8.5);
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(labels);

        MaskResult result = MaskMaker.Make(flows, cellProb, new DynamicsOptions(), cancellationToken: Token);

        Parity.SameLabels(labels, result.Labels);
        Assert.Equal(new FilterCounts(16, 0, 0, 0, 0, 0), result.Filtered);
        Assert.Equal(16, result.FlowErrors.Count);
        Assert.All(result.FlowErrors, e => Assert.InRange(e, 0, 1e-10));
    }

    [Fact]
    public void Make_EachRuleRemovesOneMask_CountsSayWhich()
    {
        NdArray<int> labels = DynamicsData.Discs(perSide: 3, pitch: 41, radius: 6);
        foreach (ref int label in labels.Span)
            label = label > 4 ? 0 : label;                               // four cells remain: large, wrong, small, good
        Stretch(labels, 1, 18);
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(labels);
        int size = labels.Data.Count(label => label == 4);
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels.Data[i] == 2)                                     // right direction, far too long: gathers, but is no cell's flow
                (flows.Plane(0)[i], flows.Plane(1)[i]) = (2 * flows.Plane(0)[i], 2 * flows.Plane(1)[i]);
            if (labels.Data[i] == 3 && i % 3 != 0)
                cellProb.Data[i] = -5;
        }
        var options = new DynamicsOptions { MaxSizeFraction = 0.05, MinSize = size * 3 / 4 };

        MaskResult result = MaskMaker.Make(flows, cellProb, options, cancellationToken: Token);

        Assert.Equal(1, result.Filtered.TooLarge);
        Assert.Equal(1, result.Filtered.FlowError);
        Assert.Equal(result.Filtered.Kept, result.Labels.Data.Max());
        Assert.Equal(result.Filtered.Kept, result.FlowErrors.Count);
        Assert.Contains(1, result.Labels.Data);
    }

    [Theory]
    [InlineData(new[] { 6, 7 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 1, 40 })]
    [InlineData(new[] { 40, 1 })]
    [InlineData(new[] { 0, 5 })]
    [InlineData(new[] { 5, 0 })]
    [InlineData(new[] { 3, 4, 5 })]
    [InlineData(new[] { 1, 1, 1 })]
    [InlineData(new[] { 0, 4, 5 })]
    public void Make_NoForeground_IsAllBackground(int[] shape)
    {
        MaskResult result = MaskMaker.Make(new NdArray<float>([shape.Length, .. shape]), new NdArray<float>(shape), new DynamicsOptions(), cancellationToken: Token);

        Assert.Equal(shape, result.Labels.Shape);
        Assert.All(result.Labels.Data, label => Assert.Equal(0, label));
        Assert.Equal(0, result.Filtered.Found);
        Assert.Empty(result.FlowErrors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Make_WholeImageIsOneCell_KeptOnlyWithoutASizeLimit(int side)
    {
        var labels = new NdArray<int>(side, side);
        labels.Span.Fill(1);
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(labels);
        var options = new DynamicsOptions { FlowThreshold = 0, MinSize = 0 };

        MaskResult limited = MaskMaker.Make(flows, cellProb, options, cancellationToken: Token);
        MaskResult free = MaskMaker.Make(flows, cellProb, options with { MaxSizeFraction = 1 }, cancellationToken: Token);

        Assert.All(limited.Labels.Data, label => Assert.Equal(0, label));
        Assert.Equal(side > 3, free.Labels.Data.Contains(1));            // a seed needs 11 points in one pixel
    }

    [Fact]
    public void Make_NotFiniteValues_GivesLabelsForTheRest()
    {
        NdArray<int> labels = DynamicsData.Discs(perSide: 2, pitch: 21, radius: 8.5);
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(labels);
        foreach (ref float v in cellProb.Span[..(21 * 42)])
            v = float.NaN;
        flows.Data[21 * 42 + 10 * 42 + 10] = float.NaN;

        MaskResult result = MaskMaker.Make(flows, cellProb, new DynamicsOptions(), cancellationToken: Token);

        Assert.Equal(2, result.Labels.Data.Max());
        Assert.All(result.Labels.Data[..(21 * 42)], label => Assert.Equal(0, label));
        Assert.All(result.FlowErrors, e => Assert.True(double.IsFinite(e)));
    }

    [Theory]
    [InlineData("dynamics2d")]
    [InlineData("dynamics3d")]
    public void Make_AnyThreadCount_SameLabelsAndErrors(string group)
    {
        var flows = Golden.Load<float>(group, "dP");
        var cellProb = Golden.Load<float>(group, "cellprob");
        MaskResult one = MaskMaker.Make(flows, cellProb, new DynamicsOptions { Threads = 1 }, cancellationToken: Token);

        foreach (int threads in new[] { 2, 3, 7 })
        {
            MaskResult several = MaskMaker.Make(flows, cellProb, new DynamicsOptions { Threads = threads }, cancellationToken: Token);
            Parity.SameLabels(one.Labels, several.Labels);
            Assert.Equal(one.FlowErrors, several.FlowErrors);
            Assert.Equal(one.Filtered, several.Filtered);
        }
    }

    [Fact]
    public void Make_MoreThan65535Cells_KeepsThemApart()
    {
        const int perSide = 260, pitch = 4, side = perSide * pitch;      // 67,600 blocks, each pixel flows to the block's (1, 1) in one step
        var flows = new NdArray<float>(2, side, side);
        var cellProb = new NdArray<float>(side, side);
        cellProb.Span.Fill(1);
        for (int i = 0; i < cellProb.Length; i++)
        {
            flows.Plane(0)[i] = 5 * (1 - i / side % pitch);
            flows.Plane(1)[i] = 5 * (1 - i % side % pitch);
        }

        MaskResult result = MaskMaker.Make(flows, cellProb, new DynamicsOptions { Niter = 1, FlowThreshold = 0 }, cancellationToken: Token);

        Assert.Equal(perSide * perSide, result.Filtered.Kept);
        for (int i = 0; i < cellProb.Length; i++)
            Assert.Equal(i / side / pitch * perSide + i % side / pitch + 1, result.Labels.Data[i]);
    }

    [Fact]
    public void Make_OutputShape_ResizesMasksAndKeepsTheirErrors()
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(DynamicsData.Discs(perSide: 3, pitch: 21, radius: 8.5));

        MaskResult result = MaskMaker.Make(flows, cellProb, new DynamicsOptions { OutputShape = [126, 63] }, cancellationToken: Token);

        Assert.Equal([126, 63], result.Labels.Shape);
        Assert.Equal(9, result.FlowErrors.Count);
        Assert.Equal(2 * cellProb.Data.Count(v => v > 0), result.Labels.Data.Count(label => label > 0));
    }

    [Fact]
    public void Validate_OutOfRange_NamesTheOption()
    {
        DynamicsOptions[] wrong =
        [
            new() { CellProbThreshold = float.NaN }, new() { FlowThreshold = double.NaN }, new() { Niter = -1 }, new() { MaxSizeFraction = 0 },
            new() { Sampler = (FlowSampler)9 }, new() { Threads = -1 }, new() { OutputShape = [3] }, new() { OutputShape = [3, 0] },
        ];

        Assert.All(wrong, o => Assert.Throws<ArgumentOutOfRangeException>(o.Validate));
        new DynamicsOptions().Validate();
    }

    [Fact]
    public void Make_Progress_GrowsToOne()
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Random(seed: 2, 300, 300);
        var reports = new List<float>();

        MaskMaker.Make(flows, cellProb, new DynamicsOptions { Threads = 1 }, new Recorder(reports), Token);

        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports[^1]);
    }

    private static void Stretch(NdArray<int> labels, int label, double radius)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            (double dy, double dx) = (i / labels.Shape[1] - 20, i % labels.Shape[1] - 20);
            if (dy * dy + dx * dx <= radius * radius)
                labels.Data[i] = label;
        }
    }

    private sealed class Recorder(List<float> reports) : IProgress<float>
    {
        public void Report(float value) => reports.Add(value);
    }
}
