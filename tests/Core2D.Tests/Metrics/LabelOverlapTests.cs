using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class LabelOverlapTests
{
    [Fact]
    public void Dense_GoldenPair_EqualsReference()
    {
        var overlap = LabelOverlap.Count(Golden.Load<int>("metrics", "true0"), Golden.Load<int>("metrics", "pred0"));

        NdArray<long> dense = overlap.Dense();
        NdArray<double> iou = overlap.DenseIou();

        Parity.Close(Golden.Load<long>("metrics", "overlap"), dense, 0);
        Parity.Close(Golden.Load<double>("metrics", "iou"), iou, 1e-9);
    }

    [Fact]
    public void Count_GapsAndLargeLabels_KeepsThemSparse()
    {
        var truth = new NdArray<int>([0, 70_000, 70_000, int.MaxValue, 5, 5], 2, 3);
        var pred = new NdArray<int>([9, 9, 70_001, 70_001, 70_001, 0], 2, 3);

        var overlap = LabelOverlap.Count(truth, pred);

        Assert.Equal([5, 70_000, int.MaxValue], overlap.TrueLabels);
        Assert.Equal([2L, 2L, 1L], overlap.TrueSizes);
        Assert.Equal([9, 70_001], overlap.PredLabels);
        Assert.Equal([2L, 3L], overlap.PredSizes);
        Assert.Equal(
            [new(0, 1, 1, 0.25), new(1, 0, 1, 1.0 / 3), new(1, 1, 1, 0.25), new OverlapPair(2, 1, 1, 1.0 / 3)], overlap.Pairs);
        Assert.Equal(6, overlap.ForegroundPixels);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    public void Count_NoCells_HasNoPairs(int height, int width)
    {
        var empty = new NdArray<int>(height, width);

        var overlap = LabelOverlap.Count(empty, empty);

        Assert.Empty(overlap.Pairs);
        Assert.Empty(overlap.TrueLabels);
        Assert.Equal(0, overlap.ForegroundPixels);
        Assert.Equal([1, 1], overlap.Dense().Shape);
        Assert.Equal(height * width, overlap.Dense().Data[0]);
    }

    [Fact]
    public void Count_AnyThreadCount_IsTheSame()
    {
        NdArray<int> truth = LabelImages.Squares(700, 650, 9, seed: 1), pred = LabelImages.Squares(700, 650, 11, seed: 2);

        var one = LabelOverlap.Count(truth, pred, threads: 1);
        var five = LabelOverlap.Count(truth, pred, threads: 5);

        Assert.Equal(one.Pairs, five.Pairs);
        Assert.Equal(one.TrueSizes, five.TrueSizes);
        Assert.Equal(one.PredSizes, five.PredSizes);
        Assert.Equal(one.ForegroundPixels, five.ForegroundPixels);
    }

    [Fact]
    public void Count_VolumesOfThreePlanes_EqualsImageOfTheSameVoxels()
    {
        NdArray<int> truth = LabelImages.Squares(30, 20, 5, seed: 3), pred = LabelImages.Squares(30, 20, 6, seed: 4);

        var image = LabelOverlap.Count(truth, pred);
        var volume = LabelOverlap.Count(truth.Reshape(3, 10, 20), pred.Reshape(3, 10, 20));

        Assert.Equal(image.Pairs, volume.Pairs);
    }

    [Fact]
    public void Count_ShapesDiffer_SaysBoth()
    {
        var e = Assert.Throws<ArgumentException>(() => LabelOverlap.Count(new NdArray<int>(2, 3), new NdArray<int>(3, 2)));

        Assert.Contains("[2, 3]", e.Message);
        Assert.Contains("[3, 2]", e.Message);
    }

    [Fact]
    public void Count_NegativeLabel_Throws()
    {
        var e = Assert.Throws<ArgumentException>(() => LabelOverlap.Count(new NdArray<int>(1, 2), new NdArray<int>([0, -4], 1, 2)));

        Assert.Contains("got -4 in the prediction", e.Message);
    }
}
