using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class LabelRegionsTests
{
    [Fact]
    public void Find_VolumeWithGapsAndParts_GivesCountsAndBoxes()
    {
        var labels = new NdArray<int>(2, 3, 4);
        labels.Data[0] = labels.Data[23] = 70_000;                       // opposite corners
        labels.Data[5] = labels.Data[6] = labels.Data[17] = 2;

        LabelRegion[] regions = LabelRegions.Find(labels);

        Assert.Equal([new(2, 3, 0, 2, 1, 2, 1, 3), new LabelRegion(70_000, 2, 0, 2, 0, 3, 0, 4)], regions);
    }

    [Fact]
    public void Find_NoPixelsOrNoCells_IsEmpty()
    {
        Assert.Empty(LabelRegions.Find(new NdArray<int>(0, 5)));
        Assert.Empty(LabelRegions.Find(new NdArray<int>(3, 5)));
    }

    [Fact]
    public void Find_WrongRankOrNegative_Throws()
    {
        Assert.Throws<ArgumentException>(() => LabelRegions.Find(new NdArray<int>(5)));
        Assert.Contains("got -2", Assert.Throws<ArgumentException>(() => LabelRegions.Find(new NdArray<int>([0, -2], 1, 2))).Message);
    }
}
