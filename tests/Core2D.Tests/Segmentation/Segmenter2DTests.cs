using Cellpose3D.Core2D.Network;
using TorchSharp;

namespace Cellpose3D.Core2D.Tests.Segmentation;

public sealed class Segmenter2DTests
{
    [Fact]
    public void Segment_Threads_NeverChangeALabel()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> image = Discs(150, 170);

        Segmentation2D one = new Segmenter2D(model, new SegmentationOptions { Threads = 1 }).Segment(image);
        Segmentation2D three = new Segmenter2D(model, new SegmentationOptions { Threads = 3 }).Segment(image);

        Assert.True(one.Cells.Count > 5, $"the discs must be found; got {one.Cells.Count} cells.");
        Assert.Equal(one.Labels.Data, three.Labels.Data);
        Assert.Equal(one.Cells, three.Cells);
    }

    [Theory]
    [InlineData(0, 0.4, 15)]
    [InlineData(-2, 0, 0)]
    [InlineData(1.5, 0.2, 150)]
    public void MakeMasks_OfTheNetworksOutput_IsWhatSegmentFindsWithTheseThresholds(float cellProb, double flow, int minSize)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> image = Discs(150, 170);
        NetworkMaps maps = new Segmenter2D(model, new SegmentationOptions { Diameter = 14 }).RunNetwork(image);
        float[] before = [.. maps.Flows.Data, .. maps.CellProb.Data];
        var options = new SegmentationOptions { Diameter = 14, CellProbThreshold = cellProb, FlowThreshold = flow, MinSize = minSize };

        Segmentation2D again = new Segmenter2D(model, options).MakeMasks(maps), whole = new Segmenter2D(model, options).Segment(image);

        Assert.True(whole.Cells.Count > 0);
        Assert.Equal(whole.Labels.Data, again.Labels.Data);
        Assert.Equal(whole.Cells, again.Cells);
        Assert.Equal((whole.Niter, whole.Diameter), (again.Niter, again.Diameter));
        Assert.Equal(before, (float[])[.. maps.Flows.Data, .. maps.CellProb.Data]);
    }

    [Fact]
    public void Segment_BorrowedImage_IsNotChanged()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> image = Discs(60, 60);
        float[] before = (float[])image.Data.Clone();

        new Segmenter2D(model, new SegmentationOptions()).Segment(image);

        Assert.Equal(before, image.Data);
    }

    [Fact]
    public void Segment_Labels_AreNumberedByFirstPixelWithoutGaps()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");

        Segmentation2D result = new Segmenter2D(model, new SegmentationOptions()).Segment(Discs(150, 170));

        int next = 1;
        foreach (int label in result.Labels.Data.Where(l => l != 0).Distinct())
            Assert.Equal(next++, label);
        Assert.Equal([.. Enumerable.Range(1, next - 1)], result.Cells.Select(c => c.Label));
        Assert.Equal(result.Labels.Data.Count(l => l != 0), result.Cells.Sum(c => c.Area));
        Assert.Equal(result.Filtered.Kept, result.Cells.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(40, 1)]
    [InlineData(7, 5)]
    public void Segment_TinyImage_GivesEmptyLabelsOfItsSize(int height, int width)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");

        Segmentation2D result = new Segmenter2D(model, new SegmentationOptions()).Segment(new NdArray<float>(1, height, width));

        Assert.Equal([height, width], result.Labels.Shape);
        Assert.Empty(result.Cells);
    }

    [Fact]
    public void Segment_NaNPixels_AreCountedAndHarmless()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> image = Discs(100, 100);
        image.Data[50] = float.NaN;
        image.Data[51] = float.PositiveInfinity;

        Segmentation2D result = new Segmenter2D(model, new SegmentationOptions()).Segment(image);

        Assert.Equal(2, result.NonFinitePixels);
        Assert.NotEmpty(result.Cells);
        Assert.DoesNotContain(result.CellProb!.Data, float.IsNaN);
    }

    [Fact]
    public void Segment_EmptyOrFourChannels_SaysWhatIsNeeded()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        var segmenter = new Segmenter2D(model, new SegmentationOptions());

        var empty = Assert.Throws<ArgumentException>(() => segmenter.Segment(new NdArray<float>(1, 0, 5)));
        var four = Assert.Throws<ArgumentException>(() => segmenter.Segment(new NdArray<float>(4, 8, 8)));

        Assert.Contains("image must be [1 or 2, Y, X]", empty.Message);
        Assert.Contains("Single [4, 8, 8]", four.Message);
    }

    [Fact]
    public void Constructor_AutoDiameterWithoutSizeModel_Throws()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");

        var e = Assert.Throws<ArgumentException>(() => new Segmenter2D(model, new SegmentationOptions { AutoDiameter = true }));

        Assert.Contains("has no size model", e.Message);
    }

    [Fact]
    public void Segment_AutoDiameter_TakesTheMedianOfTheMasksFound()
    {
        // a size model that answers 20 px for every style: the masks' own diameter, about 24, must replace it
        using CellposeModel model = TestModels.Load("eval_model.pt", new SizeModel(new double[64], new double[64], Math.Log(20 / 30.0), 30));
        NdArray<float> image = Discs(150, 170);

        Segmentation2D result = new Segmenter2D(model, new SegmentationOptions { AutoDiameter = true }).Segment(image);

        Assert.InRange(result.Diameter, 21, 27);
        Assert.NotEmpty(result.Cells);
    }

    [Fact]
    public void Segment_CancelledMidway_ThrowsAndLeavesNoTensor()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        var segmenter = new Segmenter2D(model, new SegmentationOptions { TileSize = 32, BatchSize = 1 });
        using var source = new CancellationTokenSource();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Throws<OperationCanceledException>(() => segmenter.Segment(Discs(100, 100), new CancelAt(0.2f, source), source.Token));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Segment_Progress_RisesToOne()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        var seen = new List<float>();

        new Segmenter2D(model, new SegmentationOptions()).Segment(Discs(100, 100), new Recorder(seen));

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 1e-6f);
    }

    // bright discs of diameter 24 on a noisy dark ground
    private static NdArray<float> Discs(int height, int width)
    {
        var image = new NdArray<float>(1, height, width);
        var random = new Random(3);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double dy = (y % 34) - 17, dx = (x % 34) - 17;
                image.Data[y * width + x] = (float)((dy * dy + dx * dx < 144 ? 180 : 20) + 10 * random.NextDouble());
            }
        }
        return image;
    }

    private sealed class CancelAt(float fraction, CancellationTokenSource source) : IProgress<float>
    {
        public void Report(float value)
        {
            if (value >= fraction)
                source.Cancel();
        }
    }

    private sealed class Recorder(List<float> seen) : IProgress<float>
    {
        public void Report(float value) => seen.Add(value);
    }
}
