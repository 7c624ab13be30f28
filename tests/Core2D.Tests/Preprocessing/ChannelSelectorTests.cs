using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Tests.Preprocessing;

public sealed class ChannelSelectorTests
{
    private static readonly NdArray<float> Rgb = new([1, 2, 3, 10, 20, 30, 100, 200, 303], 3, 1, 3); // [C, Y, X]

    [Theory]
    [InlineData(0, 0, new float[] { 37, 74, 112 })]
    [InlineData(2, 0, new float[] { 10, 20, 30 })]
    [InlineData(3, 1, new float[] { 100, 200, 303, 1, 2, 3 })]
    [InlineData(1, 1, new float[] { 1, 2, 3, 1, 2, 3 })]
    public void Select_Rgb_PicksByNumber(int chan, int chan2, float[] expected)
    {
        NdArray<float> selected = ChannelSelector.Select(Rgb, chan, chan2);

        Assert.Equal([expected.Length / 3, 1, 3], selected.Shape);
        Assert.Equal(expected, selected.Data);
    }

    [Fact]
    public void Select_WithoutChannelAxis_AddsOne()
    {
        var volume = new NdArray<float>([1, 2, 3, 4, 5, 6], 3, 1, 2);

        NdArray<float> selected = ChannelSelector.Select(volume, 0, 0, hasChannelAxis: false);

        Assert.Equal([1, 3, 1, 2], selected.Shape);
        Assert.Equal(volume.Data, selected.Data);
        Assert.NotSame(volume.Data, selected.Data);
    }

    [Fact]
    public void Select_EmptyPlanes_AreEmpty()
    {
        Assert.Equal(0, ChannelSelector.Select(new NdArray<float>(3, 0, 4), 0, 0).Length);
    }

    [Fact]
    public void Select_NoSuchChannel_ThrowsWithTheRange()
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => ChannelSelector.Select(Rgb, 4, 0));

        Assert.Contains("0 or a channel from 1 to 3; got 4", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ChannelSelector.Select(Rgb, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChannelSelector.Select(Rgb, 0, 2));
        Assert.Throws<ArgumentException>(() => ChannelSelector.Select(Rgb.Reshape(3, 3), 0, 0));
        Assert.Throws<ArgumentException>(() => ChannelSelector.Select(new NdArray<float>(0, 2, 2), 0, 0));
    }
}
