using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Tests.Flows;

public sealed class MasksToFlowsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("flows2d_cells")]
    [InlineData("flows2d_shapes")]
    public void Compute_Image_EqualsReference(string group)
    {
        var labels = Golden.Load<int>(group, "labels");

        NdArray<float> flows = MasksToFlows.Compute(labels, cancellationToken: Token);

        Parity.Close(Golden.Load<float>(group, "flows"), flows, 0);      // the same additions in the same order
    }

    [Theory]
    [InlineData("flows2d_cells")]
    [InlineData("flows2d_shapes")]
    public void Compute_FiveSteps_EqualsReference(string group)
    {
        var labels = Golden.Load<int>(group, "labels");

        NdArray<float> flows = MasksToFlows.Compute(labels, niter: 5, cancellationToken: Token);

        Parity.Close(Golden.Load<float>(group, "flows_niter5"), flows, 0);
    }

    [Theory]
    [InlineData("flows2d_cells")]
    [InlineData("flows2d_shapes")]
    public void Centres_Image_EqualsReference(string group)
    {
        NdArray<int> centres = MasksToFlows.Centres(Golden.Load<int>(group, "labels"));

        Parity.Close(Golden.Load<int>(group, "centers_yx"), centres, 0);
    }

    [Fact]
    public void Compute_Volume_EqualsReference()
    {
        var labels = Golden.Load<int>("flows3d", "labels");

        NdArray<float> flows = MasksToFlows.Compute(labels, cancellationToken: Token);

        Parity.Close(Golden.Load<float>("flows3d", "flows"), flows, 0);
    }

    [Fact]
    public void LabelsToFlows_Image_EqualsReference()
    {
        NdArray<float> target = LabelsToFlows.Compute(Golden.Load<int>("flows2d_shapes", "labels"), cancellationToken: Token);

        Parity.Close(Golden.Load<float>("labels_to_flows", "target"), target, 0);
    }

    [Theory]
    [InlineData("flows2d_cells")]
    [InlineData("flows3d")]
    public void Compute_AnyThreadCountAndOtherNumbers_SameFlows(string group)
    {
        var labels = Golden.Load<int>(group, "labels");
        NdArray<float> expected = MasksToFlows.Compute(labels, threads: 1, cancellationToken: Token);
        var renumbered = new NdArray<int>(Array.ConvertAll(labels.Data, label => label == 0 ? 0 : 100_000_007 - 1_000_003 * label), labels.Shape);

        foreach (int threads in new[] { 2, 3, 7 })
        {
            Parity.Close(expected, MasksToFlows.Compute(labels, null, threads, cancellationToken: Token), 0);
            Parity.Close(expected, MasksToFlows.Compute(renumbered, null, threads, cancellationToken: Token), 0);
        }
    }

    [Theory]
    [InlineData(new[] { 0, 0 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 3, 4 })]
    [InlineData(new[] { 2, 3, 4 })]
    public void Compute_NoCells_IsZero(int[] shape)
    {
        NdArray<float> flows = MasksToFlows.Compute(new NdArray<int>(shape), cancellationToken: Token);

        Assert.Equal([shape.Length, .. shape], flows.Shape);
        Assert.All(flows.Data, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Compute_OnePixelAndDisconnectedPart_HaveNoFlow()
    {
        var labels = new NdArray<int>([3, 0, 9, 9, 9, 9, 9, 0, 9], 1, 9);

        NdArray<float> flows = MasksToFlows.Compute(labels, cancellationToken: Token);

        Assert.Equal([0, 0, 1, 1, 1, -1, -1, 0, 0], flows.Plane(1).ToArray().Select(Math.Sign));
        Assert.Equal(0, flows.Plane(1)[8]);
        Assert.All(flows.Plane(0).ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Compute_NegativeLabel_ThrowsWithItsPlace()
    {
        var e = Assert.Throws<ArgumentException>(() => MasksToFlows.Compute(new NdArray<int>([0, 1, 0, -4], 2, 2), cancellationToken: Token));

        Assert.Contains("got -4 at [0, 1, 1]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PerCell_FlowsOfTheMasks_HaveNoErrorAndOppositeFlowsFour()
    {
        var labels = Golden.Load<int>("flows2d_cells", "labels");
        NdArray<float> flows = MasksToFlows.Compute(labels, cancellationToken: Token);
        var same = new NdArray<float>(Array.ConvertAll(flows.Data, v => 5 * v), flows.Shape);
        var opposite = new NdArray<float>(Array.ConvertAll(flows.Data, v => -5 * v), flows.Shape);

        FlowError[] none = FlowError.PerCell(labels, same, cancellationToken: Token);
        FlowError[] four = FlowError.PerCell(labels, opposite, cancellationToken: Token);

        Assert.All(none, e => Assert.InRange(e.Error, 0, 1e-10));
        // 4 where every pixel has a flow; a pixel with none, the centre by symmetry or a part apart, lowers it
        Assert.All(four, e => Assert.InRange(e.Error, 0, 4 + 1e-6));
        Assert.Contains(four, e => e.Error > 3.99);
        Assert.Equal(CellBoxes.Find(labels, cancellationToken: Token).Select(b => b.Label), none.Select(e => e.Label));
    }

    [Theory]
    [InlineData("flows2d_shapes")]
    [InlineData("flows3d")]
    public void Find_Labels_BoxesHoldExactlyTheCells(string group)
    {
        var labels = Golden.Load<int>(group, "labels");

        CellBox[] boxes = CellBoxes.Find(labels, cancellationToken: Token);

        Assert.Equal(labels.Data.Distinct().Where(l => l > 0).Order(), boxes.Select(b => b.Label));
        int height = labels.Shape[^2], width = labels.Shape[^1];
        foreach (CellBox box in boxes)
        {
            int[] voxels = [.. Enumerable.Range(0, labels.Length).Where(i => labels.Data[i] == box.Label)];
            Assert.Equal((voxels.Length, voxels[0]), (box.Count, box.First));
            Assert.Equal((voxels.Min(i => i / width / height), voxels.Max(i => i / width / height) + 1), (box.Z0, box.Z1));
            Assert.Equal((voxels.Min(i => i / width % height), voxels.Max(i => i / width % height) + 1), (box.Y0, box.Y1));
            Assert.Equal((voxels.Min(i => i % width), voxels.Max(i => i % width) + 1), (box.X0, box.X1));
        }
    }
}
