using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

public sealed class VolumeBoxTests
{
    [Fact]
    public void Intersect_BoxesThatDoNotMeet_HasNoVoxels()
    {
        var box = new VolumeBox(0, 0, 0, 2, 3, 4);

        VolumeBox common = box.Intersect(new VolumeBox(5, 0, 0, 2, 3, 4));

        Assert.Equal(0, common.Count);
    }

    [Fact]
    public void Grow_AtTheVolumesCorner_IsCutToTheVolume()
    {
        var box = new VolumeBox(0, 4, 8, 2, 2, 2);

        VolumeBox grown = box.Grow(3, new VolumeShape(10, 7, 10));

        Assert.Equal(new VolumeBox(0, 1, 5, 5, 6, 5), grown);
    }

    [Fact]
    public void Count_LargeBox_ExceedsInt()
    {
        Assert.Equal(8_000_000_000, new VolumeShape(2000, 2000, 2000).Count);
    }
}
