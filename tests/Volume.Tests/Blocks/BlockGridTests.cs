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
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(256)]
    [InlineData(7)]
    public void ChunkOf_Block_IsAtMost64(int side)
    {
        VolumeShape chunk = BlockDynamics.ChunkOf(new VolumeShape(side, side, side));

        Assert.InRange(chunk.Z, 1, 64);
        if (side % 64 == 0)
            Assert.Equal(64, chunk.X);
    }
}
