using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D.Tests.Tiling;

public sealed class TileExtractorTests
{
    [Theory]
    [InlineData("plain_b32", false)]
    [InlineData("aug_b32", true)]
    public void Copy_Golden_IsBitEqual(string name, bool augment)
    {
        NdArray<float> golden = Golden.Load<float>("tiles", name + "_IMG"); // [ny, nx, 2, 32, 32]
        var grid = new TileGrid(70, 80, 32, 0.1, augment, padded: false);
        var extractor = new TileExtractor(Golden.Load<float>("tiles", "img"), grid);
        float[] tiles = new float[golden.Length];

        extractor.Copy(0, grid.Count, tiles);

        Parity.Close<float>(golden.Span, tiles, 0);
    }

    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(1, 1, 2, true)]
    [InlineData(1, 401, 1, false)]
    [InlineData(401, 1, 2, true)]
    [InlineData(37, 251, 2, true)]
    [InlineData(250, 243, 1, false)]
    public void Copy_AnySize_EqualsCutsOfPaddedImage(int height, int width, int channels, bool augment)
    {
        var image = Arrays.Random(1, channels, height, width);
        var grid = new TileGrid(height, width, augment: augment);
        var extractor = new TileExtractor(image, grid, threads: 3);
        float[] all = new float[grid.Count * extractor.TileLength];
        float[] one = new float[extractor.TileLength];

        extractor.Copy(0, grid.Count, all);

        for (int n = 0; n < grid.Count; n++)
        {
            float[] expected = CutSlowly(image, grid, grid[n]);
            Assert.Equal(expected, all[(n * one.Length)..((n + 1) * one.Length)]);
            extractor.Copy(n, one);
            Assert.Equal(expected, one);
        }
    }

    [Fact]
    public void Copy_TileSmallerThanPadding_IsZeros()
    {
        var grid = new TileGrid(1, 1, tileSize: 8);
        var extractor = new TileExtractor(new NdArray<float>([5f], 1, 1, 1), grid);
        float[] tiles = new float[grid.Count * extractor.TileLength];

        extractor.Copy(0, grid.Count, tiles);

        Assert.Equal(0, tiles[..extractor.TileLength].Sum());
        Assert.Contains(5f, tiles);
    }

    [Fact]
    public void Constructor_OtherShape_Throws()
    {
        var grid = new TileGrid(10, 12);

        Assert.Throws<ArgumentException>(() => new TileExtractor(new NdArray<float>(3, 10, 12), grid));
        Assert.Throws<ArgumentException>(() => new TileExtractor(new NdArray<float>(1, 12, 10), grid));
    }

    private static float[] CutSlowly(NdArray<float> image, TileGrid grid, Tile tile)
    {
        float[] cut = new float[2 * grid.TileHeight * grid.TileWidth];
        int i = 0;
        for (int c = 0; c < 2; c++)
        {
            for (int ty = 0; ty < grid.TileHeight; ty++)
            {
                for (int tx = 0; tx < grid.TileWidth; tx++, i++)
                {
                    int y = tile.Y + (tile.FlipY ? grid.TileHeight - 1 - ty : ty);
                    int x = tile.X + (tile.FlipX ? grid.TileWidth - 1 - tx : tx);
                    if (c < image.Shape[0] && y >= 0 && y < grid.Height && x >= 0 && x < grid.Width)
                        cut[i] = image.Plane(c)[y * grid.Width + x];
                }
            }
        }
        return cut;
    }
}
