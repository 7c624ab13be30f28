using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Volume.Tests.Blocks;

/// <summary>Why volumes are followed in half steps: flows of a perfect network must give the cells they came from.</summary>
public sealed class StepLengthTests
{
    private const int Side = 30;

    // what three perfect views add up to
    private static (NdArray<int> Labels, NdArray<float> Flows, NdArray<float> Logits) PerfectBalls()
    {
        var labels = new NdArray<int>(Side, 2 * Side, 2 * Side);
        for (int at = 0; at < labels.Length; at++)
        {
            (int z, int y, int x) = (at / (4 * Side * Side), at / (2 * Side) % (2 * Side), at % (2 * Side));
            (double dz, double dy, double dx) = (z - 14.5, y % Side - 14.5, x % Side - 14.5);
            if (dz * dz + dy * dy + dx * dx <= 12.3 * 12.3)
                labels.Data[at] = 1 + y / Side * 2 + x / Side;
        }
        (NdArray<float> flows, NdArray<float> logits) = TestVolumes.Perfect(labels);
        return (labels, flows, logits);
    }

    [Fact]
    public void Make_PerfectFlowsHalfSteps_GivesEveryVoxelBack()
    {
        (NdArray<int> labels, NdArray<float> flows, NdArray<float> logits) = PerfectBalls();

        NdArray<int> half = MaskMaker.Make(flows, logits, new DynamicsOptions { FlowThreshold = 0, StepLength = 0.5 }, cancellationToken: TestContext.Current.CancellationToken).Labels;

        Assert.Equal(labels.Data, half.Data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Validate_StepLengthIsNotPositive_IsRefused(double length) =>
        Assert.Contains("StepLength", Assert.Throws<ArgumentOutOfRangeException>(() => new DynamicsOptions { StepLength = length }.Validate()).Message);

    [Fact]
    public void EndPoints_HalfStepOfTwiceTheFlow_IsTheSame()
    {
        (_, NdArray<float> flows, NdArray<float> logits) = PerfectBalls();
        NdArray<float> twice = flows.Clone();
        foreach (ref float flow in twice.Span)
            flow *= 2;

        NdArray<int> whole = FlowFollower.EndPoints(FlowField.Build(flows, logits, 0, FlowSampler.Linear), logits, 0, 50, cancellationToken: TestContext.Current.CancellationToken);
        NdArray<int> half = FlowFollower.EndPoints(FlowField.Build(twice, logits, 0, FlowSampler.Linear, 0.5), logits, 0, 50, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(whole.Data, half.Data);
    }
}
