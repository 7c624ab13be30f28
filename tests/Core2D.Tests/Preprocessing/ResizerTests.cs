using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Tests.Tiling;

namespace Cellpose3D.Core2D.Tests.Preprocessing;

public sealed class ResizerTests
{
    [Theory]
    [InlineData("lin_down")]
    [InlineData("lin_half")]
    [InlineData("lin_mixed")]
    [InlineData("lin_up")]
    [InlineData("rsz_0p61")]
    [InlineData("rsz_1p37")]
    [InlineData("rsz_aniso")]
    public void Bilinear_Golden_IsBitEqual(string name)
    {
        NdArray<float> golden = ChannelsFirst(Golden.Load<float>("resize", name));
        NdArray<float> source = ChannelsFirst(Golden.Load<float>("resize", "src"));

        NdArray<float> resized = Resizer.Bilinear(source, golden.Shape[1], golden.Shape[2]);

        Parity.Close(golden, resized, 0);
    }

    [Fact]
    public void Bilinear_GoldenUnsignedShort_IsEqual()
    {
        NdArray<float> source = ChannelsFirst(Golden.Load<float>("resize", "src"));
        var first = new NdArray<ushort>([.. source.Plane(0).ToArray().Select(v => (ushort)v)], 60, 70);

        NdArray<ushort> resized = Resizer.Bilinear(first, 97, 133);

        Parity.Close(Golden.Load<ushort>("resize", "u16_lin_up"), resized, 0);
    }

    [Fact]
    public void Bilinear_GoldenByte_IsEqual()
    {
        NdArray<byte> resized = Resizer.Bilinear(Golden.Load<byte>("resize", "src_u8"), 97, 133);

        Parity.Close(Golden.Load<byte>("resize", "u8_lin_up"), resized, 0);
    }

    [Theory]
    [InlineData("near_down")]
    [InlineData("near_half")]
    [InlineData("near_mixed")]
    [InlineData("near_up")]
    [InlineData("u32_near")]
    public void Nearest_Golden_IsEqual(string name)
    {
        NdArray<int> golden = Golden.Load<int>("resize", name);
        NdArray<int> labels = Golden.Load<int>("resize", "lab");

        NdArray<int> resized = Resizer.Nearest(labels, golden.Shape[0], golden.Shape[1]);
        NdArray<int> odd = Resizer.Nearest(labels, golden.Shape[0], golden.Shape[1], referenceOddities: true);

        Parity.SameLabels(golden, resized);
        Parity.SameLabels(golden, odd);
    }

    [Fact]
    public void Nearest_Oddities_ShiftAndRoundOnlyWhenAsked()
    {
        const int Large = (1 << 24) + 1;
        var labels = new NdArray<int>([Large], 1, 1);
        var ramp = new NdArray<int>([0, 1, 2, 3, 4, 5], 1, 6); // 17 * 6 / 34 is 3, but 17 * (1 / (34 / 6.0)) is below

        Assert.Equal(Large, Resizer.Nearest(labels, 1, 1).Data[0]);
        Assert.Equal(Large - 1, Resizer.Nearest(labels, 1, 1, referenceOddities: true).Data[0]);
        Assert.Equal(3, Resizer.Nearest(ramp, 1, 34).Data[17]);
        Assert.Equal(2, Resizer.Nearest(ramp, 1, 34, referenceOddities: true).Data[17]);
        Assert.Equal([0, 2, 5, 7], Resizer.Nearest(new NdArray<int>([.. Enumerable.Range(0, 10)], 1, 10), 1, 4).Data);
    }

    [Theory]
    [InlineData(1, 1, 5, 7)]
    [InlineData(1, 9, 4, 3)]
    [InlineData(9, 1, 1, 1)]
    [InlineData(33, 47, 129, 201)]
    [InlineData(133, 147, 29, 21)]
    public void Bilinear_AnySize_EqualsSlowRuleForEveryThreadCount(int height, int width, int newHeight, int newWidth)
    {
        NdArray<float> image = Arrays.Random(5, 3, height, width);

        NdArray<float> one = Resizer.Bilinear(image, newHeight, newWidth, threads: 1);
        NdArray<float> many = Resizer.Bilinear(image, newHeight, newWidth, threads: 5);

        Assert.Equal(one.Data, many.Data);
        Parity.Close(BilinearSlowly(image, newHeight, newWidth), one, 1e-5); // positions are float32 in one, float64 in the other
    }

    [Fact]
    public void Bilinear_SameSize_IsACopy()
    {
        NdArray<float> image = Arrays.Random(6, 2, 5, 4);
        image.Data[3] = float.NaN;

        NdArray<float> copy = Resizer.Bilinear(image, 5, 4);

        Assert.NotSame(image.Data, copy.Data);
        Assert.Equal(image.Data, copy.Data);
    }

    [Fact]
    public void Bilinear_Constant_StaysConstant()
    {
        var image = new NdArray<float>(1, 7, 5);
        image.Span.Fill(4096);

        Assert.All(Resizer.Bilinear(image, 23, 3).Data, v => Assert.Equal(4096, v, 1e-3f));
    }

    [Fact]
    public void Bilinear_BadShape_Throws()
    {
        Assert.Throws<ArgumentException>(() => Resizer.Bilinear(new NdArray<float>(1, 0, 5), 2, 2));
        Assert.Throws<ArgumentException>(() => Resizer.Bilinear(new NdArray<float>(5), 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resizer.Bilinear(new NdArray<float>(1, 5, 5), 0, 2));
        Assert.Equal(0, Resizer.Bilinear(new NdArray<float>(0, 5, 5), 2, 2).Length);
    }

    [Theory]
    [InlineData(60, 1.37, 82)]
    [InlineData(70, 0.61, 42)]
    [InlineData(60, 0.61, 36)]
    [InlineData(3, 0.1, 1)]
    public void ScaledSize_Truncates(int length, double rescale, int expected)
    {
        Assert.Equal(expected, Resizer.ScaledSize(length, rescale));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ScaledSize_BadFactor_Throws(double rescale)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Resizer.ScaledSize(10, rescale));
    }

    private static NdArray<float> BilinearSlowly(NdArray<float> image, int height, int width)
    {
        int sourceHeight = image.Shape[1], sourceWidth = image.Shape[2];
        var resized = new NdArray<float>(image.Shape[0], height, width);
        for (int c = 0; c < image.Shape[0]; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    double py = Math.Clamp((y + 0.5) * sourceHeight / height - 0.5, 0, sourceHeight - 1);
                    double px = Math.Clamp((x + 0.5) * sourceWidth / width - 0.5, 0, sourceWidth - 1);
                    int y0 = (int)py, x0 = (int)px, y1 = Math.Min(y0 + 1, sourceHeight - 1), x1 = Math.Min(x0 + 1, sourceWidth - 1);
                    double fy = py - y0, fx = px - x0;
                    Span<float> plane = image.Plane(c);
                    resized.Data[(c * height + y) * width + x] = (float)(
                        (1 - fy) * ((1 - fx) * plane[y0 * sourceWidth + x0] + fx * plane[y0 * sourceWidth + x1])
                        + fy * ((1 - fx) * plane[y1 * sourceWidth + x0] + fx * plane[y1 * sourceWidth + x1]));
                }
            }
        }
        return resized;
    }

    private static NdArray<float> ChannelsFirst(NdArray<float> image)
    {
        int[] shape = image.Shape; // [Y, X, C]
        var moved = new NdArray<float>(shape[2], shape[0], shape[1]);
        for (int i = 0; i < image.Length; i++)
            moved.Data[i % shape[2] * shape[0] * shape[1] + i / shape[2]] = image.Data[i];
        return moved;
    }
}
