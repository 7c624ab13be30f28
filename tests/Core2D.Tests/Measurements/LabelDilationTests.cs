using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class LabelDilationTests
{
    [Fact]
    public void Dilate_GoldenMasksOverwriting_EqualsReference()
    {
        NdArray<int> result = LabelDilation.Dilate(Golden.Load<int>("utils", "masks"), 3, overwriteNeighbours: true);

        Parity.SameLabels(Golden.Load<int>("utils", "dilate3"), result);
    }

    [Fact]
    public void Dilate_TouchingCells_TakesBackgroundOnly()
    {
        NdArray<int> labels = OutlinesTests.Parse("1200", "0000", "0003");

        NdArray<int> result = LabelDilation.Dilate(labels, 1);

        Assert.Equal(OutlinesTests.Parse("1220", "1123", "0033").Data, result.Data);
    }

    [Fact]
    public void Dilate_GoldenMasks_NeverTakesAPixelFromACell()
    {
        NdArray<int> masks = Golden.Load<int>("utils", "masks");

        NdArray<int> result = LabelDilation.Dilate(masks, 3);

        for (int i = 0; i < masks.Length; i++)
            Assert.True(masks.Data[i] == 0 || masks.Data[i] == result.Data[i]);
        Assert.Equal(26, result.Data.Distinct().Count());
    }

    [Fact]
    public void Dilate_Volume_IsPlaneByPlane()
    {
        var labels = new NdArray<int>(2, 3, 3);
        labels.Data[4] = 70_000;

        NdArray<int> result = LabelDilation.Dilate(labels, 1);

        Assert.All(result.Plane(0).ToArray(), label => Assert.Equal(70_000, label));
        Assert.All(result.Plane(1).ToArray(), label => Assert.Equal(0, label));
    }

    [Fact]
    public void Dilate_NoRoundsOrNoPixels_IsACopy()
    {
        Assert.Equal([0, 3], LabelDilation.Dilate(new NdArray<int>([0, 3], 1, 2), 0).Data);
        Assert.Empty(LabelDilation.Dilate(new NdArray<int>(0, 2), 4).Data);
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelDilation.Dilate(new NdArray<int>(1, 2), -1));
    }
}
