using Cellpose3D.Core2D.Dynamics;
using TorchSharp;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class TorchFlowFollowerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dynamics2d", FlowSampler.Linear)]
    [InlineData("dynamics2d", FlowSampler.Nearest)]
    [InlineData("dynamics3d", FlowSampler.Linear)]
    [InlineData("dynamics3d", FlowSampler.Nearest)]
    public void EndPoints_OnTheCpuDevice_EqualThoseOfTheSpanKernels(string group, FlowSampler sampler)
    {
        var flows = Golden.Load<float>(group, "dP");
        var cellProb = Golden.Load<float>(group, "cellprob");
        var field = FlowField.Build(flows, cellProb, 0, sampler, cancellationToken: Token);
        NdArray<int> expected = FlowFollower.EndPoints(field, cellProb, 0, 200, cancellationToken: Token);

        NdArray<int> ends = TorchFlowFollower.EndPoints(flows, cellProb, torch.CPU, 0, 200, sampler, cancellationToken: Token);

        Parity.SameLabels(expected, ends);
    }

    [Theory]
    [InlineData("dynamics2d", 1)]
    [InlineData("dynamics2d", 13)]
    [InlineData("dynamics3d", 13)]
    [InlineData("dynamics3d", 200)]
    public void Follow_Linear_HasTheBitsOfTheSpanKernels(string group, int niter)
    {
        var flows = Golden.Load<float>(group, "dP");
        var cellProb = Golden.Load<float>(group, "cellprob");
        NdArray<float> expected = FlowFollower.Follow(flows, cellProb, 0, niter, cancellationToken: Token);
        using torch.Tensor f = TensorInterop.ToTensor(flows, torch.CPU), c = TensorInterop.ToTensor(cellProb, torch.CPU);

        using torch.Tensor end = TorchFlowFollower.Follow(f, c, 0, niter, cancellationToken: Token);

        using torch.Tensor byAxis = end.t().contiguous();
        Parity.Close(expected, TensorInterop.ToArray(byAxis), 0);
    }

    [Theory]
    [InlineData("dynamics2d", "p_gridsample_n200", "masks_gridsample")]
    [InlineData("dynamics3d", "p_interp_n200", "masks_interp")]
    public void Follow_GridSample_MatchesReference(string group, string positions, string masks)
    {
        var flows = Golden.Load<float>(group, "dP");
        var cellProb = Golden.Load<float>(group, "cellprob");
        using torch.Tensor f = TensorInterop.ToTensor(flows, torch.CPU), c = TensorInterop.ToTensor(cellProb, torch.CPU);

        using torch.Tensor end = TorchFlowFollower.Follow(f, c, 0, 200, FlowSampler.GridSample, cancellationToken: Token);
        NdArray<int> labels = TorchFlowFollower.EndPoints(flows, cellProb, torch.CPU, 0, 200, FlowSampler.GridSample, cancellationToken: Token);
        EndpointLabels.Paint(labels, cancellationToken: Token);
        RemoveLargeMasks.Apply(labels, 0.4, cancellationToken: Token);

        using torch.Tensor byAxis = end.t().contiguous();
        Parity.Close(Golden.Load<float>(group, positions), TensorInterop.ToArray(byAxis), 1e-3, allowedFraction: 0.001);
        Parity.SameLabels(Golden.Load<int>(group, masks), labels);
    }

    [Fact]
    public void Follow_NoForeground_IsEmptyAndLeaksNothing()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        NdArray<int> ends = TorchFlowFollower.EndPoints(new NdArray<float>(2, 3, 4), new NdArray<float>(3, 4), torch.CPU, 0, 5, cancellationToken: Token);

        Assert.All(ends.Data, end => Assert.Equal(-1, end));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void EndPoints_Cancelled_ThrowsAndLeaksNothing()
    {
        var flows = Golden.Load<float>("dynamics2d", "dP");
        var cellProb = Golden.Load<float>("dynamics2d", "cellprob");
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => TorchFlowFollower.EndPoints(flows, cellProb, torch.CPU, 0, 5, cancellationToken: source.Token));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
