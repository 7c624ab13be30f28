using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D.Tests.Tiling;

public sealed class TileAccumulatorTests
{
    private const double Transform = 1e-5; // the README's tolerance for transforms

    [Theory]
    [InlineData("plain_b32", false)]
    [InlineData("aug_b32", true)]
    public void Finish_Golden_Matches(string name, bool augment)
    {
        NdArray<float> tiles = Golden.Load<float>("tiles", name + "_y"); // [n, 3, 32, 32]
        var accumulator = new TileAccumulator(new TileGrid(70, 80, 32, 0.1, augment, padded: false));

        accumulator.Add(0, tiles.Shape[0], tiles.Span);

        Parity.Close(Golden.Load<float>("tiles", name + "_avg"), accumulator.Finish(), Transform);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 307, true)]
    [InlineData(251, 243, false)]
    [InlineData(251, 243, true)]
    [InlineData(300, 33, true)]
    public void Add_AnyBatchAndThreads_IsBitEqual(int height, int width, bool augment)
    {
        var grid = new TileGrid(height, width, tileSize: 64, augment: augment);
        NdArray<float> tiles = Arrays.Random(2, grid.Count, 3, grid.TileHeight, grid.TileWidth);
        NdArray<float> oneByOne = Accumulate(grid, tiles, batch: 1, threads: 1);

        NdArray<float> inBatches = Accumulate(grid, tiles, batch: 7, threads: 3);
        NdArray<float> atOnce = Accumulate(grid, tiles, batch: grid.Count, threads: 0);

        Assert.Equal(oneByOne.Data, inBatches.Data);
        Assert.Equal(oneByOne.Data, atOnce.Data);
        Parity.Close(AverageSlowly(grid, tiles), oneByOne, 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Finish_TilesCutFromOneMap_GivesTheMapBack(bool augment)
    {
        NdArray<float> map = Arrays.Random(3, 3, 203, 190);
        var grid = new TileGrid(203, 190, tileSize: 96, augment: augment);
        var accumulator = new TileAccumulator(grid, threads: 2);
        float[] tile = new float[accumulator.TileLength];

        for (int n = 0; n < grid.Count; n++)
        {
            Cut(map, grid, grid[n], tile);
            accumulator.Add(n, tile);
        }

        Parity.Close(map, accumulator.Finish(), 1e-6); // an average of equal values
    }

    [Fact]
    public void RowsFinal_AfterEachTileRow_HoldsFinalValues()
    {
        var grid = new TileGrid(300, 100, tileSize: 64);
        NdArray<float> tiles = Arrays.Random(4, grid.Count, 3, grid.TileHeight, grid.TileWidth);
        NdArray<float> expected = Accumulate(grid, tiles, batch: grid.Count, threads: 1);
        var accumulator = new TileAccumulator(grid);
        int before = 0;

        for (int n = 0; n < grid.Count; n++)
        {
            accumulator.Add(n, tiles.Plane(n));
            bool endOfTileRow = (n + 1) % grid.ColumnStarts.Count == 0;
            Assert.Equal(endOfTileRow, accumulator.RowsFinal > before);
            before = accumulator.RowsFinal;
            for (int c = 0; c < 3; c++)
                Assert.Equal(expected.Plane(c)[..(before * 100)].ToArray(), accumulator.Map.Plane(c)[..(before * 100)].ToArray());
        }

        Assert.Equal(300, before);
    }

    [Fact]
    public void Add_OutOfOrderOrWrongLength_Throws()
    {
        var grid = new TileGrid(300, 100, tileSize: 64);
        var accumulator = new TileAccumulator(grid);
        float[] tile = new float[accumulator.TileLength];

        Assert.Throws<ArgumentOutOfRangeException>(() => accumulator.Add(1, tile));
        Assert.Throws<ArgumentException>(() => accumulator.Add(0, tile.AsSpan(1)));
        accumulator.Add(0, tile);
        Assert.Throws<ArgumentOutOfRangeException>(() => accumulator.Add(0, tile));
        Assert.Throws<InvalidOperationException>(accumulator.Finish);
    }

    [Fact]
    public void Add_TileSmallerThanPadding_CoversTheImage()
    {
        var grid = new TileGrid(1, 1, tileSize: 8);
        var tiles = new NdArray<float>(grid.Count, 3, 8, 8);
        tiles.Span.Fill(2);

        NdArray<float> map = Accumulate(grid, tiles, batch: 1, threads: 1);

        Assert.Equal([2f, 2f, 2f], map.Data);
    }

    [Fact]
    public void Add_NanInOneTile_StaysInItsPixels()
    {
        var grid = new TileGrid(200, 200);
        var accumulator = new TileAccumulator(grid);
        float[] tile = new float[accumulator.TileLength];
        tile[(50 * grid.TileWidth) + 60] = float.NaN;

        accumulator.Add(0, tile);

        Assert.Equal(1, accumulator.Finish().Data.Count(float.IsNaN));
    }

    private static NdArray<float> Accumulate(TileGrid grid, NdArray<float> tiles, int batch, int threads)
    {
        var accumulator = new TileAccumulator(grid, threads);
        for (int n = 0; n < grid.Count; n += batch)
        {
            int count = Math.Min(batch, grid.Count - n);
            accumulator.Add(n, count, tiles.Span.Slice(n * accumulator.TileLength, count * accumulator.TileLength));
        }
        return accumulator.Finish();
    }

    private static NdArray<float> AverageSlowly(TileGrid grid, NdArray<float> tiles)
    {
        var taper = new TaperMask(grid.TileHeight, grid.TileWidth);
        var average = new NdArray<float>(3, grid.Height, grid.Width);
        for (int c = 0; c < 3; c++)
        {
            for (int y = 0; y < grid.Height; y++)
            {
                for (int x = 0; x < grid.Width; x++)
                {
                    double sum = 0, weights = 0;
                    for (int n = 0; n < grid.Count; n++)
                    {
                        Tile tile = grid[n];
                        int ty = y - tile.Y, tx = x - tile.X;
                        if (ty < 0 || ty >= grid.TileHeight || tx < 0 || tx >= grid.TileWidth)
                            continue;
                        double weight = taper.Rows[ty] * taper.Columns[tx];
                        int seenY = tile.FlipY ? grid.TileHeight - 1 - ty : ty, seenX = tile.FlipX ? grid.TileWidth - 1 - tx : tx;
                        double value = tiles.Plane(n)[(c * grid.TileHeight + seenY) * grid.TileWidth + seenX];
                        sum += weight * ((c == 0 && tile.FlipY) || (c == 1 && tile.FlipX) ? -value : value);
                        weights += weight;
                    }
                    average.Data[(c * grid.Height + y) * grid.Width + x] = (float)(sum / weights);
                }
            }
        }
        return average;
    }

    /// <summary>What a perfect network would answer for a tile: the map, mirrored as the tile is.</summary>
    private static void Cut(NdArray<float> map, TileGrid grid, Tile tile, float[] cut)
    {
        int i = 0;
        for (int c = 0; c < 3; c++)
        {
            for (int ty = 0; ty < grid.TileHeight; ty++)
            {
                for (int tx = 0; tx < grid.TileWidth; tx++, i++)
                {
                    int y = tile.Y + (tile.FlipY ? grid.TileHeight - 1 - ty : ty);
                    int x = tile.X + (tile.FlipX ? grid.TileWidth - 1 - tx : tx);
                    bool inside = y >= 0 && y < grid.Height && x >= 0 && x < grid.Width;
                    float value = inside ? map.Plane(c)[y * grid.Width + x] : 0;
                    cut[i] = (c == 0 && tile.FlipY) || (c == 1 && tile.FlipX) ? -value : value;
                }
            }
        }
    }
}
