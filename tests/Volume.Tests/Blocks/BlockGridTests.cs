using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Blocks;

public sealed class BlockGridTests
{
    [Fact]
    public void Blocks_OddSizes_CoverEveryVoxelOnce()
    {
        var grid = new BlockGrid(new VolumeShape(5, 7, 11), new VolumeShape(2, 3, 4));

        int[] covered = new int[5 * 7 * 11];
        for (int n = 0; n < grid.Count; n++)
        {
            VolumeBox box = grid[n];
            for (int z = box.Z; z < box.EndZ; z++)
            {
                for (int y = box.Y; y < box.EndY; y++)
                {
                    for (int x = box.X; x < box.EndX; x++)
                    {
                        covered[(z * 7 + y) * 11 + x]++;
                        Assert.Equal(n, grid.IndexOf(z, y, x));
                    }
                }
            }
        }
        Assert.Equal(27, grid.Count);
        Assert.All(covered, c => Assert.Equal(1, c));
    }

    [Fact]
    public void Block_LargerThanTheVolume_IsTheVolume()
    {
        var grid = new BlockGrid(new VolumeShape(5, 7, 11), new VolumeShape(64, 64, 64));

        Assert.Equal(1, grid.Count);
        Assert.Equal(new VolumeBox(0, 0, 0, 5, 7, 11), grid[0]);
    }

    [Fact]
    public void New_EmptyBlock_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockGrid(new VolumeShape(5, 7, 11), new VolumeShape(2, 0, 2)));

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 65)]
    [InlineData(256, 64)]
    [InlineData(160, 0)]
    [InlineData(127, 127)]
    [InlineData(7, 7)]
    public void Chunk_Blocks_ShareNone(int side, int expected)
    {
        var grid = new BlockGrid(new VolumeShape(1000, 1000, side), new VolumeShape(side, side, side));

        VolumeShape chunk = grid.Chunk;

        Assert.Equal(0, side % chunk.Z);
        Assert.InRange(chunk.Z, Math.Min(side, 16), Math.Max(side % 2 == 0 ? 64 : side, 16));
        Assert.InRange(chunk.X, 1, 64);                                  // one block along this axis: any parts will do
        if (expected > 0)
            Assert.Equal(expected, chunk.Z);
    }

    [Theory]
    [InlineData(200, 1600, 1600, 512, 64)]
    [InlineData(2000, 16000, 16000, 512, 128)]
    [InlineData(20000, 50000, 50000, 512, 256)]
    [InlineData(2000, 16000, 16000, 480, 240)]
    public void Chunk_LargeVolumes_GrowsButIsOfOneBlock(int z, int y, int x, int block, int expected)
    {
        var grid = new BlockGrid(new VolumeShape(z, y, x), new VolumeShape(block, block, block));

        Assert.Equal(expected, grid.Chunk.Y);
        Assert.Equal(0, block % grid.Chunk.Y);
        Assert.Equal(block <= z ? expected : grid.Chunk.Z, grid.Chunk.Z);
    }

    [Fact]
    public void Touching_Box_IsMetByTheBlocksOfItsVoxels()
    {
        var grid = new BlockGrid(new VolumeShape(9, 10, 11), new VolumeShape(2, 3, 4));
        var box = new VolumeBox(1, 3, 2, 4, 4, 7);

        var expected = new SortedSet<int>();
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                for (int x = box.X; x < box.EndX; x++)
                    expected.Add(grid.IndexOf(z, y, x));
            }
        }
        Assert.Equal(expected, grid.Touching(box));
    }
}
