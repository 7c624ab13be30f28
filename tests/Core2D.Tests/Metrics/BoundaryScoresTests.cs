using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class BoundaryScoresTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Count_GoldenPairs_EqualsReference(int pair, bool countModulo256)
    {
        NdArray<int> truth = Golden.Load<int>("metrics", $"true{pair}"), pred = Golden.Load<int>("metrics", $"pred{pair}");

        DetectionCounts[] counts = BoundaryScores.Count(truth, pred, Golden.Load<double>("metrics", "scales").Data, countModulo256);

        for (int s = 0; s < counts.Length; s++)
        {
            Assert.Equal(Golden.Load<double>("metrics", "b_prec").Plane(s)[pair], counts[s].Precision, 1e-9);
            Assert.Equal(Golden.Load<double>("metrics", "b_rec").Plane(s)[pair], counts[s].Recall, 1e-9);
            Assert.Equal(Golden.Load<double>("metrics", "b_f").Plane(s)[pair], counts[s].F1, 1e-9);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(1.7)]
    public void Count_RandomImages_EqualsWideningPixelByPixel(double scale)
    {
        NdArray<int> truth = LabelImages.Noise(23, 17, 4, 0.3, seed: 1), pred = LabelImages.Noise(23, 17, 3, 0.05, seed: 2);
        double radius = Math.Max(1, scale * Diameters.Median(truth));

        DetectionCounts counts = BoundaryScores.Count(truth, pred, [scale])[0];

        Assert.Equal(Oracle(truth, pred, radius, modulo: int.MaxValue), counts);
    }

    [Fact]
    public void Count_Modulo256_LosesPixelsWithMultiplesOf256OutlinePixelsNear()
    {
        var truth = new NdArray<int>(30, 30);                            // pixels that are each a cell of their own: all outline
        var random = new Random(3);
        for (int i = 0; i < truth.Length; i++)
            truth.Data[i] = random.NextDouble() < 0.81 ? i + 1 : 0;
        var pred = new NdArray<int>(30, 30);
        pred.Data[0] = 1;
        const double radius = 10.1;                                      // about 256 outline pixels under the disc
        double scale = radius / Diameters.Median(truth);

        DetectionCounts exact = BoundaryScores.Count(truth, pred, [scale])[0];
        DetectionCounts faulty = BoundaryScores.Count(truth, pred, [scale], countModulo256: true)[0];

        Assert.Equal(900, exact.TruePositives + exact.FalseNegatives);
        Assert.True(faulty.TruePositives + faulty.FalseNegatives < 900);
        Assert.Equal(Oracle(truth, pred, radius, modulo: 256), faulty);
    }

    [Fact]
    public void Count_NoCells_IsPerfectOnlyWhenNothingWasFound()
    {
        var none = new NdArray<int>(5, 6);
        var one = new NdArray<int>(5, 6);
        one.Data[8] = 1;

        DetectionCounts both = BoundaryScores.Count(none, none, [0.1])[0], invented = BoundaryScores.Count(none, one, [0.1])[0];

        Assert.Equal((1, 1, 1), (both.Precision, both.Recall, both.F1));
        Assert.Equal(new DetectionCounts(0, 5, 0), invented);
        Assert.Equal((0, 0, 0), (invented.Precision, invented.Recall, invented.F1));
        Assert.Equal(default, BoundaryScores.Count(new NdArray<int>(0, 4), new NdArray<int>(0, 4), [0.1])[0]);
    }

    [Fact]
    public void Count_VolumeOfEqualPlanes_IsPlanesTimesTheImage()
    {
        NdArray<int> truth = LabelImages.Squares(40, 30, 8, seed: 1), pred = LabelImages.Squares(40, 30, 8, seed: 2);
        var trueVolume = new NdArray<int>([.. truth.Data, .. truth.Data], 2, 40, 30);
        var predVolume = new NdArray<int>([.. pred.Data, .. pred.Data], 2, 40, 30);

        DetectionCounts image = BoundaryScores.Count(truth, pred, [0.2])[0];
        DetectionCounts volume = BoundaryScores.Count(trueVolume, predVolume, [0.2])[0];

        Assert.Equal(image + image, volume);
    }

    [Fact]
    public void Count_AnyThreadCount_IsTheSame()
    {
        NdArray<int> truth = LabelImages.Squares(123, 131, 9, seed: 1), pred = LabelImages.Squares(123, 131, 9, seed: 2);

        Assert.Equal(BoundaryScores.Count(truth, pred, [0.05, 0.5], threads: 1), BoundaryScores.Count(truth, pred, [0.05, 0.5], threads: 7));
    }

    [Fact]
    public void Count_NegativeScale_Throws() => Assert.Throws<ArgumentOutOfRangeException>(
        () => BoundaryScores.Count(new NdArray<int>(2, 2), new NdArray<int>(2, 2), [-0.1]));

    /// <summary>Counts marked pixels under the disc one by one, the plane mirrored at its borders.</summary>
    private static DetectionCounts Oracle(NdArray<int> truth, NdArray<int> pred, double radius, int modulo)
    {
        bool[] t = Widen(Outlines.Mask(truth)), p = Widen(Outlines.Mask(pred));
        return new DetectionCounts(
            t.Zip(p).Count(pair => pair is (true, true)), t.Zip(p).Count(pair => pair is (false, true)), t.Zip(p).Count(pair => pair is (true, false)));

        bool[] Widen(NdArray<bool> outlines)
        {
            int height = outlines.Shape[0], width = outlines.Shape[1], reach = (int)radius;
            bool[] wide = new bool[outlines.Length];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int count = 0;
                    for (int dy = -reach; dy <= reach; dy++)
                    {
                        for (int dx = -reach; dx <= reach; dx++)
                        {
                            if (Math.Sqrt(dy * dy + dx * dx) <= radius && outlines.Data[Mirror(y + dy, height) * width + Mirror(x + dx, width)])
                                count++;
                        }
                    }
                    wide[y * width + x] = count % modulo != 0;
                }
            }
            return wide;
        }

        static int Mirror(int i, int length)
        {
            while (i < 0 || i >= length)
                i = i < 0 ? -1 - i : 2 * length - 1 - i;
            return i;
        }
    }
}
