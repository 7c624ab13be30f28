using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D.Tests.Tiling;

public sealed class TileGridTests
{
    [Fact]
    public void Constructor_GoldenPadTable_Matches()
    {
        NdArray<int> table = Golden.Load<int>("tiles", "pad_table"); // columns in the README beside it

        for (int i = 0; i < table.Shape[0]; i++)
        {
            int[] row = table.Plane(i).ToArray();
            var plain = new TileGrid(row[0], row[1]);
            var augmented = new TileGrid(row[0], row[1], augment: true);
            int[] actual =
            [
                plain.Height, plain.Width, plain.PadTop, plain.PadBottom, plain.PadLeft, plain.PadRight, plain.PaddedHeight, plain.PaddedWidth,
                plain.RowStarts.Count, plain.ColumnStarts.Count, plain.TileHeight, plain.TileWidth,
                augmented.RowStarts.Distinct().Count(), augmented.ColumnStarts.Distinct().Count(),
            ];
            Assert.Equal(row, actual);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 16)]
    [InlineData(16, 17)]
    [InlineData(100, 224)]
    [InlineData(208, 209)]
    [InlineData(224, 225)]
    [InlineData(256, 300)]
    [InlineData(1024, 1000)]
    [InlineData(2048, 37)]
    public void Item_GoldenPaddedImages_Match(int height, int width)
    {
        NdArray<int> golden = Golden.Load<int>("tiles", $"sub_{height}x{width}"); // [n, 4]: y0 y1 x0 x1, padded image

        var grid = new TileGrid(height, width);

        Assert.Equal(golden.Shape[0], grid.Count);
        for (int n = 0; n < grid.Count; n++)
        {
            Tile tile = grid[n];
            int y0 = tile.Y + grid.PadTop, x0 = tile.X + grid.PadLeft;
            Assert.Equal<int[]>(golden.Plane(n).ToArray(), [y0, y0 + grid.TileHeight, x0, x0 + grid.TileWidth]);
            Assert.False(tile.FlipY || tile.FlipX);
        }
    }

    [Theory]
    [InlineData("plain_b32", 32, 0.1)]
    [InlineData("plain_b64_o5", 64, 0.5)]
    [InlineData("plain_b100", 100, 0.1)]
    [InlineData("plain_b128", 128, 0.1)]
    [InlineData("aug_b32", 32, 0.1)]
    [InlineData("aug_b100", 100, 0.1)]
    [InlineData("aug_b128", 128, 0.1)]
    public void Item_GoldenTileSizes_Match(string name, int tileSize, double overlap)
    {
        NdArray<int> ysub = Golden.Load<int>("tiles", name + "_ysub"), xsub = Golden.Load<int>("tiles", name + "_xsub");
        int[] shape = Golden.Load<int>("tiles", name + "_shape").Data;
        int[] size = Golden.Load<int>("tiles", name + "_LyLx").Data;

        var grid = new TileGrid(70, 80, tileSize, overlap, name.StartsWith("aug", StringComparison.Ordinal), padded: false);

        Assert.Equal<int[]>(shape, [grid.RowStarts.Count, grid.ColumnStarts.Count, TileExtractor.Channels, grid.TileHeight, grid.TileWidth]);
        Assert.Equal<int[]>(size, [grid.PaddedHeight, grid.PaddedWidth]);
        for (int n = 0; n < grid.Count; n++)
        {
            Assert.Equal<int[]>(ysub.Plane(n).ToArray(), [grid[n].Y, grid[n].Y + grid.TileHeight]);
            Assert.Equal<int[]>(xsub.Plane(n).ToArray(), [grid[n].X, grid[n].X + grid.TileWidth]);
        }
    }

    [Theory]
    [InlineData(0.04)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    public void Constructor_OverlapOutOfRange_Throws(double overlap)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(300, 300, overlap: overlap));

        Assert.Contains("between 0.05 and 0.5", e.Message);
    }

    [Fact]
    public void Constructor_BadSizes_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(5, 5, tileSize: 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(5, 5)[1]);
    }
}
