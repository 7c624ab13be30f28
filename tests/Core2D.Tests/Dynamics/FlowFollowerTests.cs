using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class FlowFollowerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<FlowSampler, int, int[]> OracleCases
    {
        get
        {
            var cases = new TheoryData<FlowSampler, int, int[]>();
            foreach (FlowSampler sampler in new[] { FlowSampler.Linear, FlowSampler.Nearest })
            {
                foreach (int niter in new[] { 0, 1, 11, 12, 13, 100 })
                {
                    cases.Add(sampler, niter, [17, 23]);
                    cases.Add(sampler, niter, [5, 9, 7]);
                }
                foreach (int[] shape in new int[][] { [1, 1], [1, 6], [6, 1], [2, 2], [3, 3], [4, 5], [1, 1, 1], [1, 4, 5], [4, 1, 5], [2, 2, 2] })
                    cases.Add(sampler, 30, shape);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(OracleCases))]
    public void Follow_RandomFlows_HasTheBitsOfTheSlowFollower(FlowSampler sampler, int niter, int[] shape)
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Random(seed: niter + shape.Length, shape);

        NdArray<float> ends = FlowFollower.Follow(flows, cellProb, 0, niter, sampler, cancellationToken: Token);

        Parity.Close(SlowFollower.Follow(flows, cellProb, 0, niter, sampler), ends, 0);
    }

    [Fact]
    public void Follow_FlowsOfDiscs_EndsEarlyWithTheBitsOfAllSteps()
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Perfect(DynamicsData.Discs(perSide: 3, pitch: 17, radius: 7.3));

        NdArray<float> ends = FlowFollower.Follow(flows, cellProb, 0, 331, cancellationToken: Token);

        Parity.Close(SlowFollower.Follow(flows, cellProb, 0, 331, FlowSampler.Linear), ends, 0);
    }

    [Theory]
    [InlineData(FlowSampler.Linear)]
    [InlineData(FlowSampler.Nearest)]
    public void Follow_ConstantFlow_MovesNiterTimesFlowUpToTheBorder(FlowSampler sampler)
    {
        var flows = new NdArray<float>(2, 9, 30);
        flows.Plane(0).Fill(-5);                                         // one pixel up a step
        flows.Plane(1).Fill(2.5f);                                       // half a pixel right a step
        var cellProb = new NdArray<float>(9, 30);
        cellProb.Span.Fill(1);

        NdArray<float> ends = FlowFollower.Follow(flows, cellProb, 0, 6, sampler, cancellationToken: Token);

        for (int n = 0; n < cellProb.Length; n++)
        {
            Assert.Equal(Math.Max(0, n / 30 - 6), ends.Plane(0)[n]);
            Assert.Equal(Math.Min(29, n % 30 + 3), ends.Plane(1)[n]);
        }
    }

    [Theory]
    [InlineData(FlowSampler.Linear)]
    [InlineData(FlowSampler.Nearest)]
    [InlineData(FlowSampler.GridSample)]
    public void EndPoints_AnyThreadCount_AreTruncatedPositions(FlowSampler sampler)
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Random(seed: 5, 5, 1300, 9);
        NdArray<float> positions = FlowFollower.Follow(flows, cellProb, 0, 14, sampler, threads: 1, cancellationToken: Token);
        var expected = new NdArray<int>(cellProb.Shape);
        for (int i = 0, n = 0; i < expected.Length; i++)
        {
            expected.Data[i] = cellProb.Data[i] > 0
                ? ((int)positions.Plane(0)[n] * 1300 + (int)positions.Plane(1)[n]) * 9 + (int)positions.Plane(2)[n++]
                : -1;
        }

        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            var field = FlowField.Build(flows, cellProb, 0, sampler, threads: threads, cancellationToken: Token);
            Parity.SameLabels(expected, FlowFollower.EndPoints(field, cellProb, 0, 14, threads, cancellationToken: Token));
            Parity.Close(positions, FlowFollower.Follow(flows, cellProb, 0, 14, sampler, threads, cancellationToken: Token), 0);
        }
    }

    [Theory]
    [InlineData(FlowSampler.Linear)]
    [InlineData(FlowSampler.Nearest)]
    [InlineData(FlowSampler.GridSample)]
    public void Follow_NoForegroundOrNoVoxel_IsEmpty(FlowSampler sampler)
    {
        var none = FlowFollower.Follow(new NdArray<float>(2, 4, 5), new NdArray<float>(4, 5), 0, 10, sampler, cancellationToken: Token);
        var empty = FlowFollower.Follow(new NdArray<float>(2, 0, 5), new NdArray<float>(0, 5), 0, 10, sampler, cancellationToken: Token);
        var narrow = FlowFollower.Follow(new NdArray<float>(2, 5, 0), new NdArray<float>(5, 0), 0, 10, sampler, cancellationToken: Token);

        Assert.Equal([2, 0], none.Shape);
        Assert.Equal([2, 0], empty.Shape);
        Assert.Equal([2, 0], narrow.Shape);
    }

    [Fact]
    public void Follow_GridSampleOnAnAxisOfOneVoxel_StaysOnIt()
    {
        var flows = new NdArray<float>(2, 1, 6);
        flows.Span.Fill(5);
        var cellProb = new NdArray<float>([1, 1, 1, 1, 1, 1], 1, 6);

        NdArray<float> ends = FlowFollower.Follow(flows, cellProb, 0, 50, FlowSampler.GridSample, cancellationToken: Token);

        Assert.All(ends.Plane(0).ToArray(), y => Assert.Equal(0, y));
        Assert.All(ends.Plane(1).ToArray(), x => Assert.InRange(x, 4, 5));
    }

    [Fact]
    public void Follow_NotFiniteValues_CountAsBackgroundAndAsNoFlow()
    {
        var flows = new NdArray<float>([5, float.NaN, 5, float.PositiveInfinity, 0, 0, 0, 0], 2, 4, 1);
        var cellProb = new NdArray<float>([1, 1, float.NaN, 1], 4, 1);

        NdArray<float> ends = FlowFollower.Follow(flows, cellProb, 0, 3, cancellationToken: Token);

        Assert.Equal([1f, 1f, 3f], ends.Plane(0).ToArray());             // the third pixel is background, so no point starts there
    }

    [Fact]
    public void Follow_ShapesDisagree_Throws()
    {
        var e = Assert.Throws<ArgumentException>(() => FlowFollower.Follow(new NdArray<float>(2, 4, 5), new NdArray<float>(4, 6), 0, 1, cancellationToken: Token));

        Assert.Contains("cellProb must be [4, 5]; got [4, 6]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Follow_Cancelled_Throws()
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Random(seed: 1, 40, 40);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => FlowFollower.Follow(flows, cellProb, 0, 10, cancellationToken: source.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Advance_ThroughWindows_HasTheBitsOfTheWhole(int threads)
    {
        (NdArray<float> flows, NdArray<float> cellProb) = DynamicsData.Random(seed: 9, 12, 20, 16);
        const int niter = 40, window = 8;
        VoxelGrid whole = VoxelGrid.Of(cellProb.Shape, "whole");
        NdArray<float> expected = FlowFollower.Follow(flows, cellProb, 0, niter, cancellationToken: Token);
        int[] starts = [.. Enumerable.Range(0, cellProb.Length).Where(i => cellProb.Data[i] > 0)];
        float[] positions = [.. starts.SelectMany(i => new[] { (float)(i / 320), i / 16 % 20, i % 16 })];
        int[] left = new int[starts.Length];
        Array.Fill(left, niter);

        // windows overlap by two, so that each neighbourhood lies in one; a point may need several rounds over them
        int rounds = 0;
        for (; left.Any(n => n > 0); rounds++)
        {
            Assert.True(rounds <= niter);
            for (int z = 0; z < 12; z += window - 2)
            {
                for (int y = 0; y < 20; y += window - 2)
                {
                    for (int x = 0; x < 16; x += window - 2)
                    {
                        var field = FlowField.Build(
                            Crop(flows, 3), Crop(cellProb, 1), 0, FlowSampler.Linear, whole, (z, y, x), threads: threads, cancellationToken: Token);
                        FlowFollower.Advance(field, positions, left, threads, Token);

                        NdArray<float> Crop(NdArray<float> source, int components)
                        {
                            (int d, int h, int w) = (Math.Min(window, 12 - z), Math.Min(window, 20 - y), Math.Min(window, 16 - x));
                            int[] shape = components == 1 ? [d, h, w] : [components, d, h, w];
                            var crop = new NdArray<float>(shape);
                            for (int i = 0; i < crop.Length; i++)
                            {
                                int k = i / (d * h * w), r = i % (d * h * w);
                                crop.Data[i] = source.Data[((k * 12 + z + r / (h * w)) * 20 + y + r / w % h) * 16 + x + r % w];
                            }
                            return crop;
                        }
                    }
                }
            }
        }

        Assert.True(rounds > 1);
        for (int n = 0; n < starts.Length; n++)
        {
            for (int k = 0; k < 3; k++)
                Assert.Equal(expected.Plane(k)[n], positions[n * 3 + k]);
        }
    }
}
