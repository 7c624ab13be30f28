using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

/// <summary>End positions against the reference, groups dynamics2d and dynamics3d.</summary>
public sealed class FlowFollowerGoldenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(200)]
    public void Follow_ImageNearest_HasTheReferencesBits(int niter)
    {
        var flows = Golden.Load<float>("dynamics2d", "dP");
        var cellProb = Golden.Load<float>("dynamics2d", "cellprob");

        var end = FlowFollower.Follow(flows, cellProb, 0, niter, FlowSampler.Nearest, cancellationToken: Token);

        Parity.Close(Golden.Load<float>("dynamics2d", $"p_nearest_n{niter}"), end, 0);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 0)]
    [InlineData(200, 0.001)]                                             // where a point circles its centre chaotically the last bit decides
    public void Follow_ImageLinear_MatchesReference(int niter, double allowedFraction)
    {
        var flows = Golden.Load<float>("dynamics2d", "dP");
        var cellProb = Golden.Load<float>("dynamics2d", "cellprob");

        var end = FlowFollower.Follow(flows, cellProb, 0, niter, cancellationToken: Token);

        Parity.Close(Golden.Load<float>("dynamics2d", $"p_interp_n{niter}"), end, 1e-3, allowedFraction);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(200)]
    public void Follow_ImageGridSample_MatchesReference(int niter)
    {
        var flows = Golden.Load<float>("dynamics2d", "dP");
        var cellProb = Golden.Load<float>("dynamics2d", "cellprob");

        var end = FlowFollower.Follow(flows, cellProb, 0, niter, FlowSampler.GridSample, cancellationToken: Token);

        // libtorch fuses multiplications and additions; where a point circles its centre chaotically the last bit decides
        Parity.Close(Golden.Load<float>("dynamics2d", $"p_gridsample_n{niter}"), end, 1e-3, allowedFraction: 0.001);
    }

    [Theory]
    [InlineData(FlowSampler.GridSample, "p_interp", 1)]
    [InlineData(FlowSampler.GridSample, "p_interp", 200)]
    [InlineData(FlowSampler.Nearest, "p_nearest", 200)]
    public void Follow_Volume_MatchesReference(FlowSampler sampler, string name, int niter)
    {
        var flows = Golden.Load<float>("dynamics3d", "dP");
        var cellProb = Golden.Load<float>("dynamics3d", "cellprob");

        var end = FlowFollower.Follow(flows, cellProb, 0, niter, sampler, cancellationToken: Token);

        Parity.Close(Golden.Load<float>("dynamics3d", $"{name}_n{niter}"), end, 1e-3, allowedFraction: 0.001);
    }
}
