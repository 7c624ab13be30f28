using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class RegionShapesTests
{
    [Fact]
    public void Measure_GoldenMasks_EqualsReference()
    {
        RegionShape[] shapes = RegionShapes.Measure(Golden.Load<int>("utils", "masks"));

        Parity.Close(Golden.Load<double>("utils", "perimeters").Span, [.. shapes.Select(s => s.Perimeter)], 1e-9);
        Parity.Close(Golden.Load<double>("utils", "convexity").Span, [.. shapes.Select(s => s.Convexity)], 1e-9);
        Parity.Close(Golden.Load<double>("utils", "solidity").Span, [.. shapes.Select(s => s.Solidity)], 1e-9);
        Parity.Close(Golden.Load<double>("utils", "compactness").Span, [.. shapes.Select(s => s.Compactness)], 1e-9);
    }

    [Fact]
    public void Measure_Square_IsConvexAndSolid()
    {
        var labels = new NdArray<int>(9, 9);
        for (int y = 2; y < 7; y++)
            labels.Data.AsSpan(y * 9 + 1, 6).Fill(70_000);

        RegionShape shape = Assert.Single(RegionShapes.Measure(labels));

        Assert.Equal((70_000, 30, 18.0, 1.0), (shape.Label, shape.Area, shape.Perimeter, shape.Convexity));
        Assert.Equal(1, shape.Solidity, 1e-12);                          // 4 x 5 between the centres of its border pixels
    }

    [Fact]
    public void Measure_LineOrPixel_IsFinite()
    {
        NdArray<int> labels = OutlinesTests.Parse("1111111111111111111", "0000000000000000000", "2000000000000000000");

        RegionShape[] shapes = RegionShapes.Measure(labels);

        Assert.Equal(36, shapes[0].Perimeter);
        Assert.Equal(0, shapes[0].Solidity);
        Assert.True(double.IsFinite(shapes[0].Compactness));
        Assert.Equal(new RegionShape(2, 1, 0, 0, 0, 0), shapes[1]);
    }

    [Fact]
    public void Measure_AnyThreadCount_IsTheSame()
    {
        NdArray<int> labels = LabelImages.Squares(150, 140, 12, seed: 1);

        Assert.Equal(RegionShapes.Measure(labels, threads: 1), RegionShapes.Measure(labels, threads: 5));
    }

    [Fact]
    public void Measure_NoCells_IsEmpty()
    {
        Assert.Empty(RegionShapes.Measure(new NdArray<int>(0, 9)));
        Assert.Empty(RegionShapes.Measure(new NdArray<int>(9, 9)));
    }
}
