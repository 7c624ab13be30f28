using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class PanopticQualityTests
{
    [Fact]
    public void Of_OneFoundOneMissedOneInvented_IsItsMeanIouTimesF1()
    {
        var truth = new NdArray<int>([1, 1, 1, 1, 0, 2, 0], 1, 7);
        var pred = new NdArray<int>([3, 3, 3, 0, 0, 0, 4], 1, 7);

        var quality = PanopticQuality.Of(LabelOverlap.Count(truth, pred));

        Assert.Equal(0.75, quality.SegmentationQuality);
        Assert.Equal(0.5, quality.RecognitionQuality);
        Assert.Equal(0.375, quality.Value);
        Assert.Equal(1.5, (quality + quality).IouSum);
    }

    [Fact]
    public void Of_NoCells_IsOne()
    {
        var none = new NdArray<int>(1, 7);
        var one = new NdArray<int>([3, 3, 3, 0, 0, 0, 4], 1, 7);

        Assert.Equal(1, PanopticQuality.Of(LabelOverlap.Count(none, none)).Value);
        Assert.Equal(0, PanopticQuality.Of(LabelOverlap.Count(none, one)).Value);
    }
}
