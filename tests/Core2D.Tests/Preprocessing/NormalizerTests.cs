using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Tests.Tiling;

namespace Cellpose3D.Core2D.Tests.Preprocessing;

public sealed class NormalizerTests
{
    public static TheoryData<NormalizeOptions> Modes => new()
    {
        new NormalizeOptions(),
        new NormalizeOptions { ReferenceOddities = true },
        new NormalizeOptions { Norm3D = false, Invert = true },
        new NormalizeOptions { SmoothRadius = 1.5, SharpenRadius = 9 },
        new NormalizeOptions { SmoothRadius = 1.5, SharpenRadius = 9, ReferenceOddities = true },
        new NormalizeOptions { SharpenRadius = 3, ReferenceOddities = true },
        new NormalizeOptions { TileNormBlockSize = 20 },
        new NormalizeOptions { TileNormBlockSize = 20, Norm3D = false },
        new NormalizeOptions { TileNormBlockSize = 20, ReferenceOddities = true },
        new NormalizeOptions { LowHigh = [(-0.5f, 0.5f)] },
        new NormalizeOptions { Normalize = false },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(101)]
    [InlineData(4097)]
    [InlineData(600_000)] // counted by several threads
    public void Percentiles_AnyLength_EqualSortedOrder(int length)
    {
        NdArray<float> values = Arrays.Random(length, 1, 1, length);
        for (int i = 0; i < length; i += 3)
            values.Data[i] = MathF.Round(values.Data[i] * 40) * 1e6f; // ties, both signs, zeros and another magnitude
        float[] sorted = [.. values.Data.Order()];
        foreach ((float low, float high) in new[] { (1f, 99f), (0f, 100f), (49.9f, 50f), (12.34f, 77.7f) })
        {
            (float Low, float High) found = Normalizer.Percentiles(values, new NormalizeOptions { LowPercentile = low, HighPercentile = high, Threads = 4 })[0];

            Assert.Equal(Percentile(sorted, low), found.Low);
            Assert.Equal(Percentile(sorted, high), found.High);
        }
    }

    [Fact]
    public void Percentiles_NonFinitePixels_AreLeftOut()
    {
        var image = new NdArray<float>([float.NaN, 1, float.NegativeInfinity, 3, float.PositiveInfinity, 2, -float.NaN], 1, 1, 7);

        (float Low, float High) = Normalizer.Percentiles(image, new NormalizeOptions { LowPercentile = 0, HighPercentile = 50 })[0];

        Assert.Equal(1, Low);
        Assert.Equal(2, High);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Normalize_AnyThreadCount_IsBitEqual(NormalizeOptions options)
    {
        NdArray<float> image = Arrays.Random(7, 2, 3, 67, 45);
        NdArray<float> one = Normalize(image, options with { Threads = 1 });

        NdArray<float> many = Normalize(image, options with { Threads = 5 });

        Assert.Equal(one.Data, many.Data);
        Assert.NotEqual(one.Data.Max(), one.Data.Min());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Normalize_OddShapesAndValues_GiveFiniteOutput(NormalizeOptions options)
    {
        int[][] shapes = [[1, 1, 1], [1, 1, 50], [2, 50, 1], [1, 3, 1, 7], [2, 0, 5], [0, 4, 4]];
        float[] fills = [0, 500, float.NaN, float.PositiveInfinity];

        foreach (int[] shape in shapes)
        {
            foreach (float fill in fills)
            {
                var image = new NdArray<float>(shape);
                image.Span.Fill(fill);

                NdArray<float> normalized = Normalizer.Normalize(image, options, out long nonFinite, TestContext.Current.CancellationToken);

                Assert.Equal(float.IsFinite(fill) ? 0 : image.Length, nonFinite);
                Assert.All(normalized.Data, v => Assert.True(float.IsFinite(v)));
            }
        }
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 0)]
    [InlineData(false, 16, 0)]
    [InlineData(false, 0, 2)]
    public void Normalize_FewNonFinite_CountsThemAndLeavesTheRest(bool invert, int blockSize, double smooth)
    {
        NdArray<float> clean = Arrays.Random(8, 1, 40, 50);
        NdArray<float> spoilt = clean.Clone();
        (spoilt.Data[7], spoilt.Data[1009], spoilt.Data[1999]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        var options = new NormalizeOptions { Invert = invert, TileNormBlockSize = blockSize, SmoothRadius = smooth };

        NdArray<float> normalized = Normalizer.Normalize(spoilt, options, out long nonFinite, TestContext.Current.CancellationToken);

        Assert.Equal(3, nonFinite);
        Assert.True(float.IsNaN(spoilt.Data[7]));
        Parity.Close(Normalize(clean, options), normalized, 0.05, allowedFraction: 0.05); // what is near a spoilt pixel
        if (blockSize == 0 && smooth == 0)
            Assert.Equal(0, normalized.Data[7]);
    }

    [Fact]
    public void Normalize_PercentilesGivenBack_IsBitEqual()
    {
        NdArray<float> image = Arrays.Random(9, 2, 33, 41);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = image.Data[i] * 300 + 12_345;

        NdArray<float> given = Normalize(image, new NormalizeOptions { LowHigh = Normalizer.Percentiles(image, new NormalizeOptions()) });

        Assert.Equal(Normalize(image, new NormalizeOptions()).Data, given.Data);
    }

    [Fact]
    public void NormalizeInPlace_EqualsCopy()
    {
        NdArray<float> image = Arrays.Random(10, 2, 33, 41);
        NdArray<float> copy = Normalize(image, new NormalizeOptions());

        long nonFinite = Normalizer.NormalizeInPlace(image, new NormalizeOptions(), TestContext.Current.CancellationToken);

        Assert.Equal(0, nonFinite);
        Assert.Equal(copy.Data, image.Data);
    }

    [Fact]
    public void Normalize_Invert_IsOneMinusWithAndWithoutTiles()
    {
        NdArray<float> image = Arrays.Random(11, 1, 60, 70);

        foreach (int blockSize in new[] { 0, 25 })
        {
            var options = new NormalizeOptions { TileNormBlockSize = blockSize };
            NdArray<float> plain = Normalize(image, options);
            NdArray<float> inverted = Normalize(image, options with { Invert = true });
            Assert.Equal(plain.Data.Select(v => 1 - v), inverted.Data);
        }
    }

    [Fact]
    public void Normalize_TilesOnUnevenLight_EvenItOut()
    {
        var image = new NdArray<float>(1, 200, 240);
        NdArray<float> noise = Arrays.Random(12, 1, 200, 240);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = (1 + i % 240) * (2 + noise.Data[i]); // brightness and contrast grow along X

        NdArray<float> tiled = Normalize(image, new NormalizeOptions { TileNormBlockSize = 40 });

        double left = MeanOfColumns(tiled, 60, 80), right = MeanOfColumns(tiled, 160, 180);
        Assert.InRange(right - left, -0.1, 0.1);
        NdArray<float> whole = Normalize(image, new NormalizeOptions());
        Assert.True(MeanOfColumns(whole, 160, 180) - MeanOfColumns(whole, 60, 80) > 0.2);
    }

    [Fact]
    public void Normalize_SparseTiles_FallBackToTheChannel()
    {
        var image = new NdArray<float>(1, 100, 100);
        image.Span[..350].Fill(100); // 3.5 % of the image, but below 1 % of no tile: rows 0 to 3 only
        var flat = new NdArray<float>(1, 100, 100);
        flat.Data[5050] = 100;       // no percentile sees it

        NdArray<float> normalized = Normalize(image, new NormalizeOptions { TileNormBlockSize = 100 });
        NdArray<float> empty = Normalize(flat, new NormalizeOptions { TileNormBlockSize = 30 });

        Assert.Equal(1, normalized.Data[0], 1e-6f);
        Assert.All(empty.Data, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Normalize_SmoothedImpulse_IsAGaussian()
    {
        var image = new NdArray<float>(1, 61, 81);
        image.Data[30 * 81 + 40] = 1;
        var options = new NormalizeOptions { SmoothRadius = 2, Normalize = false };

        NdArray<float> smooth = Normalize(image, options);

        for (int y = 22; y <= 38; y++)
        {
            for (int x = 32; x <= 48; x++)
            {
                double r2 = (y - 30) * (y - 30) + (x - 40) * (x - 40);
                Assert.Equal(Math.Exp(-r2 / 8) / (8 * Math.PI), smooth.Data[y * 81 + x], 1e-4);
            }
        }
        Assert.Equal(1, smooth.Data.Sum(), 1e-5f);
    }

    [Fact]
    public void Normalize_SharpenedRamp_IsZeroInside()
    {
        var image = new NdArray<float>(1, 60, 60);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = i / 60;

        NdArray<float> sharpened = Normalize(image, new NormalizeOptions { SharpenRadius = 3, Normalize = false });

        Assert.All(sharpened.Data[(60 * 15)..(60 * 45)], v => Assert.Equal(0, v, 1e-4f)); // a blur keeps a ramp
    }

    [Fact]
    public void Normalize_LargeChannelUnderOddities_UsesTheSample()
    {
        const int Side = 3400; // above 224^3 values; every 15th row and column is seen
        var image = new NdArray<float>(1, Side, Side);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = i % Side % 15 == 0 && i / Side % 15 == 0 ? i % 101 : 1000;

        NdArray<float> odd = Normalize(image, new NormalizeOptions { ReferenceOddities = true });
        NdArray<float> exact = Normalize(image, new NormalizeOptions());

        Assert.Equal(1000 / 98.0, odd.Data[1], 0.2); // far outside what the sample spans
        Assert.Equal(0, exact.Data[1]);              // 1000 at both percentiles: no contrast
    }

    [Fact]
    public void Normalize_CancelledOrWrong_Throws()
    {
        var image = new NdArray<float>(2, 10, 10);

        Assert.ThrowsAny<OperationCanceledException>(() => Normalizer.Normalize(image, new NormalizeOptions(), new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentException>(() => Normalize(new NdArray<float>(10, 10), new NormalizeOptions()));
        Assert.Throws<ArgumentException>(() => Normalize(image, new NormalizeOptions { LowHigh = [(0, 1), (0, 1), (0, 1)] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Normalize(image, new NormalizeOptions { LowPercentile = 99, HighPercentile = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Normalize(image, new NormalizeOptions { LowHigh = [(3, 3)] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Normalize(image, new NormalizeOptions { SmoothRadius = double.NaN }));
        Assert.Throws<ArgumentException>(() => Normalize(image, new NormalizeOptions { Normalize = false, Invert = true }));
    }

    private static NdArray<float> Normalize(NdArray<float> image, NormalizeOptions options)
        => Normalizer.Normalize(image, options, TestContext.Current.CancellationToken);

    private static double MeanOfColumns(NdArray<float> image, int from, int to)
    {
        int width = image.Shape[2];
        return image.Data.Where((_, i) => i % width >= from && i % width < to).Average();
    }

    private static float Percentile(float[] sorted, float percentile)
    {
        double index = (sorted.Length - 1) * (percentile / 100.0);
        int below = (int)index;
        float a = sorted[below], b = sorted[Math.Min(below + 1, sorted.Length - 1)];
        double t = index - below;
        return (float)(t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t));
    }
}
