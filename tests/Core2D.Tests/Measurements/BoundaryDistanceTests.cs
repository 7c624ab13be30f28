using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class BoundaryDistanceTests
{
    [Fact]
    public void Squared_GoldenMasks_EqualsReference()
    {
        NdArray<int> distance = BoundaryDistance.Squared(Golden.Load<int>("utils", "masks"));

        Parity.SameLabels(Golden.Load<int>("utils", "dist_to_boundary"), distance);
    }

    [Fact]
    public void Squared_RandomCells_EqualsSearchOverAllOutlinePixels()
    {
        NdArray<int> labels = LabelImages.Squares(47, 53, 13, seed: 4);
        NdArray<bool> outlines = Outlines.Mask(labels);

        NdArray<int> distance = BoundaryDistance.Squared(labels, threads: 3);

        for (int i = 0; i < labels.Length; i++)
        {
            int expected = labels.Data[i] == 0 ? 0 : Enumerable.Range(0, labels.Length)
                .Where(j => outlines.Data[j] && labels.Data[j] == labels.Data[i])
                .Min(j => (j / 53 - i / 53) * (j / 53 - i / 53) + (j % 53 - i % 53) * (j % 53 - i % 53));
            Assert.Equal(expected, distance.Data[i]);
        }
    }

    [Fact]
    public void Squared_Volume_IsPlaneByPlane()
    {
        NdArray<int> labels = LabelImages.Squares(40, 21, 9, seed: 1);

        NdArray<int> volume = BoundaryDistance.Squared(labels.Reshape(2, 20, 21));

        for (int z = 0; z < 2; z++)
        {
            var plane = new NdArray<int>(labels.Reshape(2, 20, 21).Plane(z).ToArray(), 20, 21);
            Assert.Equal(BoundaryDistance.Squared(plane).Data, volume.Plane(z).ToArray());
        }
    }

    [Fact]
    public void Squared_EmptyOrOnePixel_IsZero()
    {
        Assert.Empty(BoundaryDistance.Squared(new NdArray<int>(0, 3)).Data);
        Assert.Equal([0], BoundaryDistance.Squared(new NdArray<int>([5], 1, 1)).Data);
    }
}
