using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class EdgeMasksTests
{
    [Theory]
    [InlineData(true, "edge_renumbered")]
    [InlineData(false, "edge_keepids")]
    public void Remove_GoldenMasks_EqualsReference(bool renumber, string expected)
    {
        NdArray<int> masks = Golden.Load<int>("utils", "masks");

        NdArray<int> result = EdgeMasks.Remove(masks, renumber);

        Parity.SameLabels(Golden.Load<int>("utils", expected), result);
        Parity.SameLabels(Golden.Load<int>("utils", "masks"), masks);
    }

    [Fact]
    public void Remove_Volume_ChecksEveryAxis()
    {
        var labels = new NdArray<int>(3, 5, 5);
        labels.Data[12] = 70_000;                                        // first plane, middle
        labels.Data[25 + 10] = 3;                                        // middle plane, first column
        labels.Data[25 + 12] = 80_000;                                   // inside

        NdArray<int> result = EdgeMasks.Remove(labels), kept = EdgeMasks.Remove(labels, renumber: false);

        Assert.Equal([1], result.Data.Where(label => label != 0));
        Assert.Equal(80_000, kept.Data[37]);
    }

    [Fact]
    public void Remove_EmptyOrOnePixel_IsEmpty()
    {
        Assert.Empty(EdgeMasks.Remove(new NdArray<int>(0, 0)).Data);
        Assert.Equal([0], EdgeMasks.Remove(new NdArray<int>([4], 1, 1)).Data);
    }
}
