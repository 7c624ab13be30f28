using Cellpose3D.Cli.Pictures;
using Cellpose3D.Core2D;
using SkiaSharp;

namespace Cellpose3D.Cli.Tests.Pictures;

public sealed class VolumePictureTests
{
    private const int Gap = 6;

    [Fact]
    public void Png_AnisotropicVolume_HasTrueProportions()
    {
        // 10 planes three pixels apart are as long as 30 columns
        using SKBitmap picture = Decode(VolumePicture.Png(new NdArray<float>(10, 40, 60), new NdArray<int>(10, 40, 60), new VoxelSize(1.5, 0.5, 0.5)));

        int scale = 7;          // the longest side becomes at least 384
        Assert.Equal(3 * 60 * scale + 30 * scale + 3 * Gap, picture.Width);
        Assert.Equal(40 * scale + 30 * scale + Gap, picture.Height);
    }

    [Fact]
    public void Png_OneCell_IsCutOutlinedAndColoured()
    {
        var labels = new NdArray<int>(5, 64, 64);
        var image = new NdArray<float>(5, 64, 64);
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / 4096, i / 64 % 64, i % 64);
            bool isIn = z is 1 or 2 && y is >= 10 and < 30 && x is >= 40 and < 60;
            (labels.Data[i], image.Data[i]) = (isIn ? 3 : 0, isIn ? 100 : 0);
        }

        using SKBitmap picture = Decode(VolumePicture.Png(image, labels, default));

        int side = 6 * 64, deep = 6 * 5;
        SKColor colour = LabelColors.Of(3);
        Assert.Equal(SKColors.White, picture.GetPixel(6 * 50 + 2, 6 * 20 + 2));
        Assert.Equal(colour, picture.GetPixel(6 * 50 + 2, 6 * 10));                             // upper edge in XY
        Assert.Equal(colour, picture.GetPixel(6 * 50 + 2, side + Gap + 6 * 1));                 // first plane in XZ
        Assert.Equal(colour, picture.GetPixel(side + Gap + 6 * 1, 6 * 20 + 2));                 // first plane in YZ
        Assert.Equal(SKColors.White, picture.GetPixel(side + deep + 2 * Gap + 6 * 50, 6 * 20));
        Assert.Equal(colour, picture.GetPixel(2 * side + deep + 3 * Gap + 6 * 50, 6 * 20));
        Assert.Equal(SKColors.Black, picture.GetPixel(2 * side + deep + 3 * Gap + 6 * 20, 6 * 20));
    }

    [Fact]
    public void Png_CellsBehindEachOther_ShowsTheBrighterWhole()
    {
        // the dim cell holds the brightest voxel, as noise would have it
        var labels = new NdArray<int>([5, 5, 9, 9], 2, 1, 2);
        var image = new NdArray<float>([100, 100, 120, 1], 2, 1, 2);

        using SKBitmap picture = Decode(VolumePicture.Png(image, labels, default));

        // four panels beside each other, as deep as they are wide
        int side = (picture.Width - 3 * Gap) / 4;
        SKColor left = picture.GetPixel(3 * (side + Gap) + side / 4, 1), right = picture.GetPixel(3 * (side + Gap) + 3 * side / 4, 1), colour = LabelColors.Of(5);
        Assert.All((SKColor[])[left, right], c => Assert.Equal(colour.Hue, c.Hue, 2.0));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 33, 700)]
    [InlineData(300, 2, 3)]
    public void Png_AnyShapeWithoutCells_IsAPicture(int depth, int height, int width)
    {
        var image = new NdArray<float>(2, depth, height, width);
        image.Data[0] = float.NaN;

        using SKBitmap picture = Decode(VolumePicture.Png(image, new NdArray<int>(depth, height, width), new VoxelSize(30, 1, 1)));

        Assert.InRange(picture.Width, 3, 4 * 720 + 3 * Gap);
        Assert.InRange(picture.Height, 3, 2 * 720 + Gap);
    }

    [Fact]
    public void Png_SizesDiffer_NamesBoth()
    {
        var error = Assert.Throws<ArgumentException>(() => VolumePicture.Png(new NdArray<float>(2, 3, 4), new NdArray<int>(2, 3, 5), default));

        Assert.Contains("2 x 3 x 5; got 2 x 3 x 4", error.Message);
        Assert.Throws<ArgumentException>(() => VolumePicture.Png(new NdArray<float>(0, 3, 4), new NdArray<int>(0, 3, 4), default));
    }

    private static SKBitmap Decode(byte[] png) => SKBitmap.Decode(png);
}
