using Cellpose3D.Core2D;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Fusion;

public sealed class FusionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Fuse_Sum_AddsWhatEachViewSees()
    {
        float[][] fused = Fuse(new SumFusion(), [1, 2, 10, 4, 8, 20, 16, 32, 40]);

        Assert.Equal([20, 33, 10, 70], fused.Select(f => f[0]));
    }

    [Fact]
    public void Fuse_EqualWeights_IsTheSum()
    {
        float[] views = [1, 2, 10, 4, 8, 20, 16, 32, 40];

        float[][] fused = Fuse(new WeightedFusion(across: 1, byProbability: false), views);

        Assert.Equal([20, 33, 10, 70], fused.Select(f => f[0]));
    }

    [Fact]
    public void Fuse_ByProbability_SureViewWins()
    {
        // YX is sure of a cell, ZX and ZY of background
        float[][] fused = Fuse(new WeightedFusion(), [3, 4, 20, -5, -5, -20, -5, -5, -20]);

        Assert.Equal(2 * 3, fused[1][0], 0.35);
        Assert.Equal(2 * 4, fused[2][0], 0.4);
        Assert.Equal(2 * -5, fused[0][0], 1e-5);
        Assert.Equal(-20, fused[3][0], 1e-4);
    }

    [Fact]
    public void Fuse_ByResolution_PlanesCountMore()
    {
        float[][] fused = Fuse(WeightedFusion.ByResolution(4, byProbability: false), [1, 0, 6, 0, 0, 0, 0, -1, 0]);

        Assert.Equal(2 * (1 - 0.25) / 1.25, fused[1][0], 1e-6);
        Assert.Equal(3 * 6 / 1.5, fused[3][0], 1e-5);
    }

    [Fact]
    public void Fuse_ByLength_DecidedFlowWins()
    {
        float[][] fused = Fuse(new WeightedFusion(byProbability: false, byLength: true), [5, 0, 0, 0, 0.1f, 0, 0, 0, 0]);

        Assert.True(fused[1][0] > 9);
    }

    [Fact]
    public void New_WeightNotPositive_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new WeightedFusion(0));

    [Theory]
    [InlineData(0.0, 9, 20, 24)]
    [InlineData(1.0, 9, 20, 24)]
    [InlineData(0.7, 15, 20, 40)]
    public void Run_Blocks_HaveTheBitsOfTheWhole(double smooth, int z, int y, int x)
    {
        float[] whole = RunPass(new VolumeShape(z, y, x), new VolumeShape(z, y, x), smooth);

        Assert.Equal(whole, RunPass(new VolumeShape(z, y, x), new VolumeShape(4, 7, 9), smooth));
        Assert.Equal(whole, RunPass(new VolumeShape(z, y, x), new VolumeShape(1, 20, 3), smooth));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]                                                      // reaches over the whole volume and back
    public void Smooth_Volume_IsTheObviousGaussian(double sigma)
    {
        NdArray<float> volume = TestVolumes.Random(9, -3, 3, 5, 8, 7);
        var shape = new VolumeShape(5, 8, 7);
        double[] expected = Array.ConvertAll(volume.Data, v => (double)v);
        int[] lengths = [5, 8, 7], strides = [56, 7, 1];
        int radius = (int)(4 * sigma + 0.5);
        for (int axis = 0; axis < 3; axis++)
        {
            double[] next = new double[expected.Length];
            double total = Enumerable.Range(-radius, 2 * radius + 1).Sum(k => Math.Exp(-0.5 * k * k / sigma / sigma));
            for (int i = 0; i < next.Length; i++)
            {
                int at = i / strides[axis] % lengths[axis];
                for (int k = -radius; k <= radius; k++)
                {
                    int p = at + k;
                    while (p < 0 || p >= lengths[axis])
                        p = p < 0 ? -1 - p : 2 * lengths[axis] - 1 - p;
                    next[i] += Math.Exp(-0.5 * k * k / sigma / sigma) / total * expected[i + (p - at) * strides[axis]];
                }
            }
            expected = next;
        }

        float[] actual = new float[volume.Length];
        new FlowSmoother(sigma, shape).Smooth(volume.Data, shape.All, actual, threads: 2);

        Parity.Close<double>(expected, Array.ConvertAll(actual, v => (double)v), 1e-6);
    }

    private static float[] RunPass(VolumeShape result, VolumeShape block, double smooth)
    {
        var network = new VolumeShape(9, 20, 24);
        IVolumeStore<float>[] views = [.. Enumerable.Range(0, 3).Select(n =>
        {
            var store = new MemoryVolumeStore<float>(network, 3);
            NdArray<float> maps = TestVolumes.Random(n, -5, 5, 3, 9, 20, 24);
            for (int k = 0; k < 3; k++)
                store.Write(k, network.All, maps.Plane(k));
            return store;
        })];
        using var flows = new MemoryVolumeStore<float>(result, 4);
        using var workspace = new MemoryWorkspace();
        var fusion = new FusionPass(new WeightedFusion(), network, result, smooth, threads: 2);
        var blocks = new BlockGrid(result, block);
        for (int n = 0; n < blocks.Count; n++)
            fusion.RunBlock(views, flows, blocks[n]).Write!();
        return [.. Enumerable.Range(0, 4).SelectMany(k => flows.All(k))];
    }

    private static float[][] Fuse(IFlowFusion fusion, float[] views)
    {
        float[][] fused = [new float[1], new float[1], new float[1], new float[1]];
        var maps = new ViewMaps
        {
            YxFlowY = views.AsSpan(0, 1), YxFlowX = views.AsSpan(1, 1), YxLogit = views.AsSpan(2, 1),
            ZxFlowZ = views.AsSpan(3, 1), ZxFlowX = views.AsSpan(4, 1), ZxLogit = views.AsSpan(5, 1),
            ZyFlowZ = views.AsSpan(6, 1), ZyFlowY = views.AsSpan(7, 1), ZyLogit = views.AsSpan(8, 1),
        };
        fusion.Fuse(maps, fused[0], fused[1], fused[2], fused[3]);
        return fused;
    }
}
