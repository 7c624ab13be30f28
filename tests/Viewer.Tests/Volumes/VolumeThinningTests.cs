using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Volumes;

public sealed class VolumeThinningTests
{
    [Fact]
    public void Stride_ThatFits_IsOne() =>
        Assert.Equal(new VolumeShape(1, 1, 1), VolumeFit.Stride(new VolumeShape(100, 200, 300), new PointUm(2, 1, 1), 2048, long.MaxValue));

    [Fact]
    public void Stride_TooLongOrTooMuch_ThinsTheFinestAxisFirst()
    {
        Assert.Equal(new VolumeShape(1, 1, 3), VolumeFit.Stride(new VolumeShape(5, 10, 5000), new PointUm(1, 1, 1), 2048, long.MaxValue));
        Assert.Equal(new VolumeShape(1, 2, 2), VolumeFit.Stride(new VolumeShape(50, 1000, 1000), new PointUm(4, 1, 1), 2048, 50 * 500 * 500));
        VolumeShape stride = VolumeFit.Stride(new VolumeShape(1, 1, 1000), new PointUm(1, 1, 1), 2048, 1);
        Assert.Equal(1, VolumeFit.Thinned(new VolumeShape(1, 1, 1000), stride).Count);
    }

    [Fact]
    public void Thinning_LabelsStayIdsAndIntensitiesAreMeans()
    {
        var labels = new NdArray<int>([.. Enumerable.Range(0, 2 * 3 * 5)], 2, 3, 5);
        var image = new NdArray<float>([.. Enumerable.Range(0, 2 * 3 * 5).Select(i => (float)i)], 2, 3, 5);
        var stride = new VolumeShape(2, 2, 2);

        LabelVolume thin = PlaneThinning.Labels(PlaneSources.Of(labels), stride);
        IntensityVolume mean = PlaneThinning.Intensities(PlaneSources.Of(image), stride);

        Assert.Equal(new VolumeShape(1, 2, 3), thin.Shape);
        Assert.Equal([21u, 23u, 24u, 26u, 28u, 29u], thin.Voxels);
        Assert.Equal((10.5f, 21.5f), (mean.Lowest, mean.Highest));        // the means of 0 1 5 6 15 16 20 21 and of 14 29
    }

    [Fact]
    public void Of_IntensitiesThatAreNotFinite_CountAsLowest()
    {
        IntensityVolume volume = IntensityVolume.Of([float.NaN, 1, 3, float.PositiveInfinity], new VolumeShape(1, 1, 4));

        Assert.Equal([0, 0, 65535, 0], volume.Voxels.Select(v => (int)v));
        Assert.Equal((1f, 2f), (IntensityVolume.Of([1, 1], new VolumeShape(1, 1, 2)).Lowest, IntensityVolume.Of([1, 1], new VolumeShape(1, 1, 2)).Highest));
        Assert.True(IntensityVolume.Of([float.NaN], new VolumeShape(1, 1, 1)).Highest > 0);
    }

    [Fact]
    public void Occupancy_MarksBricksAVoxelWide()
    {
        IntensityVolume image = Phantoms.Image(1, 1, 80, (_, _, x) => x == 8 ? 2 : x == 70 ? 4 : 0);

        Occupancy bricks = Occupancy.Of(image);

        Assert.Equal([32768, 32768, 0, 0, 0, 0, 0, 0, 65535, 0], bricks.FineBricks.Select(v => (int)v));
        Assert.Equal([32768, 0, 65535], bricks.CoarseBricks.Select(v => (int)v));
    }
}
