using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class AugmentationTests
{
    private static readonly AugmentationOptions Defaults = new();
    private static readonly AugmentationOptions Still = new() { Flip = false, Rotate = false, ScaleRange = 0 };

    // centre of the crop on the centre of the image
    private static readonly AugmentationDraw Middle = new(0, 0, 0, 0.5, 0.5);

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(1, 1.3)]
    public void Apply_RecordedNumbers_MatchesReference(int n, double rescale)
    {
        double[] rand = Golden.Load<double>("augment", "rand").Data[(5 * n)..(5 * n + 5)];
        NdArray<float> image = Golden.Load<float>("augment", $"X{n}"), target = Golden.Load<float>("augment", $"Y{n}");
        NdArray<float> crop = new(2, 64, 72), targetCrop = new(3, 64, 72);

        double scale = Augmentation.Apply(image, target, rescale, new AugmentationDraw(rand[0], rand[1], rand[2], rand[3], rand[4]), Defaults, 64, 72, crop.Span, targetCrop.Span);

        Assert.Equal(Golden.Load<float>("augment", "scale").Data[n], scale);
        Parity.Close<float>(Golden.Load<float>("augment", "imgi").Plane(n), crop.Span, 1e-5);
        Parity.Close<float>(Golden.Load<float>("augment", "lbl").Plane(n), targetCrop.Span, 1e-5);
    }

    [Fact]
    public void Apply_NoChange_CopiesTheMiddle()
    {
        NdArray<float> image = Ramp(1, 20, 24), target = Ramp(3, 20, 24);

        (NdArray<float> crop, NdArray<float> targetCrop) = Crop(image, target, 1, Middle, Still, 16);

        for (int y = 0; y < 16; y++)
        {
            for (int x = 0; x < 16; x++)
            {
                Assert.Equal(image.Data[(y + 2) * 24 + x + 4], crop.Data[y * 16 + x]);
                Assert.Equal(target.Plane(2)[(y + 2) * 24 + x + 4], targetCrop.Plane(2)[y * 16 + x]);
            }
        }
        Assert.All(crop.Plane(1).ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Apply_QuarterTurn_TurnsFlowsWithTheImage()
    {
        // All flows point right; after a quarter turn, x to y, they point down.
        var target = new NdArray<float>(3, 32, 32);
        target.Plane(0).Fill(1);
        target.Plane(2).Fill(1);

        (_, NdArray<float> crop) = Crop(Ramp(1, 32, 32), target, 1, Middle with { Angle = 0.25 }, Still with { Rotate = true }, 16);

        Assert.All(crop.Plane(1).ToArray(), v => Assert.Equal(1, v, 1e-6));
        Assert.All(crop.Plane(2).ToArray(), v => Assert.Equal(0, v, 1e-6));
    }

    [Fact]
    public void Apply_Flip_MirrorsImageAndFlow()
    {
        NdArray<float> image = Ramp(1, 16, 16);
        var target = new NdArray<float>(3, 16, 16);
        target.Plane(1).Fill(0.5f);
        target.Plane(2).Fill(1);

        (NdArray<float> crop, NdArray<float> targetCrop) = Crop(image, target, 1, Middle with { Flip = 1 }, Still with { Flip = true }, 16);

        Assert.Equal(image.Data[15], crop.Data[0]);
        Assert.Equal(image.Data[0], crop.Data[15]);
        Assert.All(targetCrop.Plane(1).ToArray(), v => Assert.Equal(0.5f, v));
        Assert.All(targetCrop.Plane(2).ToArray(), v => Assert.Equal(-1, v));
    }

    [Fact]
    public void Apply_CellsTwiceAsLarge_HalvesTheImage()
    {
        var target = new NdArray<float>(3, 64, 64);
        for (int y = 16; y < 48; y++)
            target.Plane(0).Slice(y * 64 + 16, 32).Fill(1);

        (_, NdArray<float> crop) = Crop(Ramp(1, 64, 64), target, 2, Middle, Still, 64);

        Assert.Equal(16 * 16, crop.Plane(0).ToArray().Count(v => v == 1));
    }

    [Fact]
    public void Apply_OnePixelImage_FillsTheRestWithZeros()
    {
        var image = new NdArray<float>([2f], 1, 1, 1);
        var target = new NdArray<float>([1f, 0, 0], 3, 1, 1);

        (NdArray<float> crop, NdArray<float> targetCrop) = Crop(image, target, 1, Middle, Still, 8);

        Assert.True(crop.Data.Sum() > 0);
        Assert.Equal(1, targetCrop.Plane(0).ToArray().Sum());
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(37, 5)]
    [InlineData(41, 64)]
    public void Bilinear_AnyMap_MatchesSlowSampling(int height, int width)
    {
        var random = new Random(height);
        NdArray<float> source = Ramp(2, height, width);
        var map = new AffineMap(0.7, 0.4, 3.3, -0.5, 0.9, 5.1);
        AffineMap back = map.Inverse();
        var target = new NdArray<float>(2, 29, 31);

        new AffineWarp(map, height, width, 29, 31, mirror: false).Bilinear(source.Data, target.Span);

        // positions are rounded to 1/32 pixel: each neighbour's weight is off by that at most
        double tolerance = 2.0 / 32 * 2 * source.Data.Max();
        for (int n = 0; n < 200; n++)
        {
            int p = random.Next(2), y = random.Next(29), x = random.Next(31);
            double sx = back.Xx * x + back.Xy * y + back.X0, sy = back.Yx * x + back.Yy * y + back.Y0;
            int x0 = (int)Math.Floor(sx), y0 = (int)Math.Floor(sy);
            double expected = 0;
            for (int dy = 0; dy < 2; dy++)
            {
                for (int dx = 0; dx < 2; dx++)
                {
                    if (x0 + dx >= 0 && x0 + dx < width && y0 + dy >= 0 && y0 + dy < height)
                        expected += (1 - Math.Abs(sx - x0 - dx)) * (1 - Math.Abs(sy - y0 - dy)) * source.Plane(p)[(y0 + dy) * width + x0 + dx];
                }
            }
            Assert.Equal(expected, target.Plane(p)[y * 31 + x], tolerance);
        }
    }

    [Fact]
    public void Intensity_Off_ChangesNothing()
    {
        NdArray<float> crop = Ramp(2, 16, 16), before = crop.Clone();
        var random = new RandomStream(1);

        IntensityAugmentation.Apply(crop.Span, 16, 16, new IntensityOptions(), ref random);

        Assert.Equal(before.Data, crop.Data);
    }

    [Fact]
    public void Intensity_EverySingleChange_IsFiniteAndChangesTheFirstChannelOnly()
    {
        IntensityOptions[] changes =
        [
            new() { Gamma = 0.5 }, new() { Contrast = 0.5 }, new() { Brightness = 0.2 }, new() { BlurShare = 1 }, new() { NoiseShare = 1 }, new() { InvertShare = 1 },
        ];
        foreach (IntensityOptions options in changes)
        {
            var crop = new NdArray<float>(2, 15, 17);
            Ramp(1, 15, 17).Span.CopyTo(crop.Plane(0));
            crop.Data[3] = -0.2f;
            float[] before = crop.Plane(0).ToArray();
            var random = new RandomStream(7);

            IntensityAugmentation.Apply(crop.Span, 15, 17, options, ref random);

            Assert.NotEqual(before, crop.Plane(0).ToArray());
            Assert.All(crop.Plane(0).ToArray(), v => Assert.True(float.IsFinite(v)));
            Assert.All(crop.Plane(1).ToArray(), v => Assert.Equal(0, v));
        }
    }

    [Fact]
    public void Intensity_DropSecond_ClearsIt()
    {
        NdArray<float> crop = Ramp(2, 8, 8);
        float[] first = crop.Plane(0).ToArray();
        var random = new RandomStream(7);

        IntensityAugmentation.Apply(crop.Span, 8, 8, new IntensityOptions { DropSecondShare = 1 }, ref random);

        Assert.Equal(first, crop.Plane(0).ToArray());
        Assert.All(crop.Plane(1).ToArray(), v => Assert.Equal(0, v));
    }

    private static (NdArray<float> Image, NdArray<float> Target) Crop(
        NdArray<float> image, NdArray<float> target, double ratio, AugmentationDraw draw, AugmentationOptions options, int side)
    {
        NdArray<float> crop = new(2, side, side), targetCrop = new(3, side, side);
        crop.Span.Fill(float.NaN);
        targetCrop.Span.Fill(float.NaN);
        Augmentation.Apply(image, target, ratio, draw, options, side, side, crop.Span, targetCrop.Span);
        return (crop, targetCrop);
    }

    private static NdArray<float> Ramp(int channels, int height, int width)
    {
        var ramp = new NdArray<float>(channels, height, width);
        for (int i = 0; i < ramp.Length; i++)
            ramp.Data[i] = (i * 7 % 11 + i / width % 5) / 16f;
        return ramp;
    }
}
