using Cellpose3D.Core2D.Measurements;
using OpenCvSharp;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class OutlinesTests
{
    [Fact]
    public void Trace_GoldenMasks_EqualsReferencePointByPoint()
    {
        Outline[] outlines = Outlines.Trace(Golden.Load<int>("utils", "masks"));

        int[] expected = Golden.Load<int>("utils", "outlines_list").Data;
        int[] actual = [.. outlines.SelectMany((outline, n) => outline.Points.SelectMany(point => new[] { n + 1, point.X, point.Y }))];
        Assert.Equal(Golden.Load<long>("utils", "n_outlines").Data[0], outlines.Length);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Mask_GoldenMasks_EqualsReference()
    {
        NdArray<bool> mask = Outlines.Mask(Golden.Load<int>("utils", "masks"));

        Assert.Equal(Golden.Load<byte>("utils", "masks_to_outlines").Data, mask.Data.Select(m => (byte)(m ? 1 : 0)));
    }

    [Fact]
    public void Edges_GoldenMasks_EqualsReference()
    {
        NdArray<bool> edges = Outlines.Edges(Golden.Load<int>("utils", "masks"));

        Assert.Equal(Golden.Load<byte>("utils", "masks_to_edges").Data, edges.Data.Select(m => (byte)(m ? 1 : 0)));
    }

    [Fact]
    public void Trace_Rectangle_GoesDownItsLeftSideFirst()
    {
        var labels = Parse("0000", "0330", "0330", "0330");

        Outline outline = Assert.Single(Outlines.Trace(labels));

        Assert.Equal(3, outline.Label);
        Assert.Equal([new(1, 1), new(2, 1), new(3, 1), new(3, 2), new(2, 2), new OutlinePoint(1, 2)], outline.Points);
    }

    [Fact]
    public void Trace_SpurOfOnePixelWidth_PassesItBothWays()
    {
        Outline outline = Assert.Single(Outlines.Trace(Parse("1111")));

        Assert.Equal([0, 1, 2, 3, 2, 1], outline.Points.Select(point => point.X));
    }

    [Fact]
    public void Trace_FewerThanFivePoints_HasNoneUnlessAsked()
    {
        var labels = Parse("10", "11", "00", "20");

        Outline[] reference = Outlines.Trace(labels), all = Outlines.Trace(labels, minimumPoints: 1);

        Assert.Equal([0, 0], reference.Select(o => o.Points.Length));
        Assert.Equal([3, 1], all.Select(o => o.Points.Length));
    }

    [Fact]
    public void Mask_RingWithIslandOfTheSameLabel_MarksTheOuterOutlineOnly()
    {
        var labels = Parse(
            "1111111",
            "1111111",
            "1100011",
            "1101011",
            "1100011",
            "1111111",
            "1111111");

        NdArray<bool> mask = Outlines.Mask(labels);

        Assert.Equal(24, mask.Data.Count(m => m));
        Assert.False(mask.Data[3 * 7 + 3]);
        Assert.False(mask.Data[1 * 7 + 3]);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    [InlineData(0.55)]
    [InlineData(0.8)]
    [InlineData(0.97)]
    public void Trace_RandomPixels_EqualsOpenCv(double share)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            NdArray<int> labels = LabelImages.Noise(5 + seed, 45 - seed, 1 + seed % 3, share, seed);

            Outline[] outlines = Outlines.Trace(labels, minimumPoints: 1);
            NdArray<bool> mask = Outlines.Mask(labels);

            var expectedMask = new bool[labels.Length];
            foreach (Outline outline in outlines)
            {
                using Mat cell = Mat.FromPixelData(labels.Shape[0], labels.Shape[1], MatType.CV_8UC1,
                    Array.ConvertAll(labels.Data, label => (byte)(label == outline.Label ? 1 : 0)));
                Cv2.FindContours(cell, out Point[][] contours, out _, RetrievalModes.External, ContourApproximationModes.ApproxNone);
                Point[] longest = contours.MaxBy(contour => contour.Length)!;
                Assert.Equal(longest.Select(p => new OutlinePoint(p.Y, p.X)), outline.Points);
                foreach (Point point in contours.SelectMany(contour => contour))
                    expectedMask[point.Y * labels.Shape[1] + point.X] = true;
            }
            Assert.Equal(expectedMask, mask.Data);
        }
    }

    [Fact]
    public void Trace_LabelsAbove65535WithGaps_KeepsThem()
    {
        Outline[] outlines = Outlines.Trace(new NdArray<int>([70_000, 0, int.MaxValue], 1, 3), minimumPoints: 1);

        Assert.Equal([70_000, int.MaxValue], outlines.Select(o => o.Label));
        Assert.Equal([new OutlinePoint(0, 2)], outlines[1].Points);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    public void Trace_NoCells_IsEmpty(int height, int width)
    {
        var labels = new NdArray<int>(height, width);

        Assert.Empty(Outlines.Trace(labels));
        Assert.DoesNotContain(true, Outlines.Mask(labels).Data);
        Assert.DoesNotContain(true, Outlines.Edges(labels).Data);
    }

    [Fact]
    public void Mask_Volume_IsPlaneByPlane()
    {
        NdArray<int> labels = LabelImages.Squares(30, 21, 5, seed: 1);

        NdArray<bool> volume = Outlines.Mask(labels.Reshape(3, 10, 21));

        for (int z = 0; z < 3; z++)
            Assert.Equal(Outlines.Mask(new NdArray<int>(labels.Reshape(3, 10, 21).Plane(z).ToArray(), 10, 21)).Data, volume.Plane(z).ToArray());
    }

    [Fact]
    public void Trace_AnyThreadCount_IsTheSame()
    {
        NdArray<int> labels = LabelImages.Squares(150, 140, 8, seed: 1);

        Outline[] one = Outlines.Trace(labels, threads: 1), six = Outlines.Trace(labels, threads: 6);

        Assert.Equal(one.SelectMany(o => o.Points), six.SelectMany(o => o.Points));
        Assert.Equal(one.Select(o => o.Label), six.Select(o => o.Label));
    }

    [Fact]
    public void Trace_Volume_Throws() => Assert.Contains("[Y, X]",
        Assert.Throws<ArgumentException>(() => Outlines.Trace(new NdArray<int>(2, 3, 4))).Message);

    internal static NdArray<int> Parse(params string[] rows) =>
        new([.. rows.SelectMany(row => row.Select(digit => digit - '0'))], rows.Length, rows[0].Length);
}
