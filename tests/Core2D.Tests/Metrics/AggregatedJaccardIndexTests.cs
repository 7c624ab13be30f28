using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class AggregatedJaccardIndexTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_GoldenPairs_EqualsReference(int pair)
    {
        var index = AggregatedJaccardIndex.Of(MatchingTests.GoldenOverlap(pair));

        Assert.Equal(Golden.Load<double>("metrics", "aji").Data[pair], index.Value, 1e-9);
    }

    [Fact]
    public void Of_HalfFoundAndOneInvented_IsSharedOverAllPixels()
    {
        var truth = new NdArray<int>([1, 1, 1, 1, 0, 0], 1, 6);
        var pred = new NdArray<int>([7, 7, 0, 0, 0, 9], 1, 6);

        var index = AggregatedJaccardIndex.Of(LabelOverlap.Count(truth, pred));

        Assert.Equal(new AggregatedJaccardIndex(2, 5), index);
        Assert.Equal(new AggregatedJaccardIndex(4, 10), index + index);
    }

    [Fact]
    public void Of_NoCells_IsOne()
    {
        var index = AggregatedJaccardIndex.Of(LabelOverlap.Count(new NdArray<int>(3, 3), new NdArray<int>(3, 3)));

        Assert.Equal(1, index.Value);
    }
}
