using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class DiametersTests
{
    [Fact]
    public void Median_GoldenMasks_EqualsReference()
    {
        NdArray<int> masks = Golden.Load<int>("utils", "masks");

        Assert.Equal(Golden.Load<double>("utils", "diam_median").Data[0], Diameters.Median(masks), 1e-9);
        Assert.Equal(Golden.Load<double>("utils", "diam_median").Data[0], Diameters.MedianOfSections(masks), 1e-9);
        Parity.Close(Golden.Load<double>("utils", "diams").Span, Diameters.Roots(masks), 1e-9);
    }

    [Fact]
    public void Median_VolumeWithTheGoldenSizes_EqualsReference()
    {
        // The reference's volume is not stored, but its cells' sizes follow from their roots.
        double[] roots = Golden.Load<double>("utils", "diam3d").Data;
        int[] voxels = [.. roots.SelectMany((root, n) => Enumerable.Repeat(n + 1, (int)Math.Round(root * root))), 0];
        var masks = new NdArray<int>(voxels, 1, 1, voxels.Length);

        Assert.Equal(Golden.Load<double>("utils", "diam3d_median").Data[0], Diameters.Median(masks), 1e-9);
        Parity.Close(Golden.Load<double>("utils", "diam3d").Span, Diameters.Roots(masks), 1e-9);
    }

    [Fact]
    public void Median_TwoCells_IsTheMeanOfTheirDiameters()
    {
        var labels = new NdArray<int>([1, 1, 1, 1, 0, 9], 2, 3);

        Assert.Equal(1.5 * 2 / Math.Sqrt(Math.PI), Diameters.Median(labels), 1e-12);
    }

    [Fact]
    public void Median_NoCells_IsZero() => Assert.Equal(0, Diameters.Median(new NdArray<int>(4, 4)));

    [Fact]
    public void MedianOfSections_Column_IsThatOfItsSection()
    {
        var labels = new NdArray<int>(7, 4, 4);
        for (int z = 0; z < 7; z++)
            labels.Plane(z)[..4].Fill(3);

        Assert.Equal(2 * 2 / Math.Sqrt(Math.PI), Diameters.MedianOfSections(labels), 1e-12);
    }
}
