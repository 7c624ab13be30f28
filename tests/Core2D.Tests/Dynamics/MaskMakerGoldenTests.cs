using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Tests.Dynamics;

/// <summary>Masks and their parts against the reference, groups dynamics2d and dynamics3d.</summary>
public sealed class MaskMakerGoldenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Count_Image_EqualsReferenceHistogramWithoutItsMargin()
    {
        const int margin = 20;
        var expected = Golden.Load<int>("dynamics2d", "hist");
        NdArray<int> endPoints = EndPoints("dynamics2d", FlowSampler.Linear);

        NdArray<int> counts = EndpointHistogram.Count(endPoints, cancellationToken: Token);

        for (int y = 0; y < expected.Shape[0]; y++)
        {
            for (int x = 0; x < expected.Shape[1]; x++)
            {
                int v = y - margin, u = x - margin;
                bool inside = v >= 0 && v < counts.Shape[0] && u >= 0 && u < counts.Shape[1];
                Assert.Equal(expected.Plane(y)[x], inside ? counts.Plane(v)[u] : 0);
            }
        }
    }

    [Theory]
    [InlineData("dynamics2d", FlowSampler.Linear, "masks_interp")]
    [InlineData("dynamics2d", FlowSampler.Nearest, "masks_nearest")]
    [InlineData("dynamics2d", FlowSampler.GridSample, "masks_gridsample")]
    [InlineData("dynamics3d", FlowSampler.GridSample, "masks_interp")]
    [InlineData("dynamics3d", FlowSampler.Nearest, "masks_nearest")]
    public void Paint_EndPoints_GivesReferenceMasks(string group, FlowSampler sampler, string name)
    {
        NdArray<int> labels = EndPoints(group, sampler);

        EndpointLabels.Paint(labels, cancellationToken: Token);
        RemoveLargeMasks.Apply(labels, 0.4, cancellationToken: Token);

        Parity.SameLabels(Golden.Load<int>(group, name), labels);
    }

    [Theory]
    [InlineData("dynamics2d", 1e-12)]
    [InlineData("dynamics3d", 1e-6)]                                     // float32 flows, summed by numpy in pairs
    public void PerCell_ReferenceMasks_EqualsReferenceErrors(string group, double tolerance)
    {
        var labels = Golden.Load<int>(group, "masks_interp");
        var flows = Golden.Load<float>(group, "dP");

        FlowError[] errors = FlowError.PerCell(labels, flows, cancellationToken: Token);

        Parity.Close<double>(Golden.Load<double>(group, "flow_errors").Span, errors.Select(e => e.Error).ToArray(), tolerance);
        Assert.Equal(Enumerable.Range(1, errors.Length), errors.Select(e => e.Label));
    }

    public static TheoryData<string, DynamicsOptions> Finals => new()
    {
        { "final", new DynamicsOptions() },
        { "final_flow0", new DynamicsOptions { FlowThreshold = 0 } },
        { "final_cp2", new DynamicsOptions { CellProbThreshold = 2 } },
        { "final_nointerp", new DynamicsOptions { Sampler = FlowSampler.Nearest } },
        { "final_min60", new DynamicsOptions { MinSize = 60 } },
        { "final_frac", new DynamicsOptions { MaxSizeFraction = 0.012 } },
        { "resized", new DynamicsOptions { OutputShape = [150, 131] } },
    };

    [Theory]
    [MemberData(nameof(Finals))]
    public void Make_Image_BothRemovalsGiveReferenceMasks(string name, DynamicsOptions options)
    {
        var flows = Golden.Load<float>("dynamics2d", "dP");
        var cellProb = Golden.Load<float>("dynamics2d", "cellprob");
        var expected = Golden.Load<int>("dynamics2d", name);

        MaskResult reference = MaskMaker.Make(flows, cellProb, options with { ReferenceRemoval = true }, cancellationToken: Token);
        MaskResult corrected = MaskMaker.Make(flows, cellProb, options, cancellationToken: Token);

        Parity.SameLabels(expected, reference.Labels);
        Parity.SameLabels(expected, corrected.Labels);
    }

    [Theory]
    [InlineData("final", 0)]
    [InlineData("final_qc", 0.4)]
    public void Make_Volume_BothRemovalsGiveReferenceMasks(string name, double flowThreshold)
    {
        var flows = Golden.Load<float>("dynamics3d", "dP");
        var cellProb = Golden.Load<float>("dynamics3d", "cellprob");
        var expected = Golden.Load<int>("dynamics3d", name);
        var options = new DynamicsOptions { Sampler = FlowSampler.GridSample, FlowThreshold = flowThreshold };

        MaskResult reference = MaskMaker.Make(flows, cellProb, options with { ReferenceRemoval = true }, cancellationToken: Token);
        MaskResult corrected = MaskMaker.Make(flows, cellProb, options, cancellationToken: Token);

        Parity.SameLabels(expected, reference.Labels);
        Parity.SameLabels(expected, corrected.Labels);
    }

    [Fact]
    public void PerCell_AboveThreshold_LeavesReferenceMasksAfterCheck()
    {
        var labels = Golden.Load<int>("dynamics2d", "masks_interp");
        HashSet<int> bad = [.. FlowError.PerCell(labels, Golden.Load<float>("dynamics2d", "dP"), cancellationToken: Token).Where(e => e.Error > 0.4).Select(e => e.Label)];

        var left = new NdArray<int>(Array.ConvertAll(labels.Data, label => bad.Contains(label) ? 0 : label), labels.Shape);

        Assert.NotEmpty(bad);
        Parity.SameLabels(Golden.Load<int>("dynamics2d", "masks_afterqc"), left);
    }

    private static NdArray<int> EndPoints(string group, FlowSampler sampler)
    {
        var cellProb = Golden.Load<float>(group, "cellprob");
        var field = FlowField.Build(Golden.Load<float>(group, "dP"), cellProb, 0, sampler, cancellationToken: Token);
        return FlowFollower.EndPoints(field, cellProb, 0, 200, cancellationToken: Token);
    }
}
