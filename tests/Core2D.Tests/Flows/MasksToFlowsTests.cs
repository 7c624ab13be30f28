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
}
