using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Core2D.Tests.Synthesis;

public sealed class LabelMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Depth_RandomBlocks_EqualsTheNearestForeignPixel(ulong seed)
    {
        SynthesisRandom random = new(seed);
        LabelMap map = new(23, 31);
        for (int n = 0; n < 12; n++)
        {
            int y0 = random.Whole(0, 18), x0 = random.Whole(0, 24), height = random.Whole(2, 12), width = random.Whole(2, 12);
            for (int y = y0; y < Math.Min(23, y0 + height); y++)
            {
                for (int x = x0; x < Math.Min(31, x0 + width); x++)
                    map.Data[y * 31 + x] = n % 5 == 0 ? 0 : n;
            }
        }

        Plane depth = map.Depth();

        for (int at = 0; at < map.Data.Length; at++)
        {
            double nearest = double.MaxValue;
            for (int other = 0; other < map.Data.Length; other++)
            {
                if (map.Data[other] != map.Data[at])
                    nearest = Math.Min(nearest, Math.Sqrt(Math.Pow(at / 31 - other / 31, 2) + Math.Pow(at % 31 - other % 31, 2)));
            }
            Assert.Equal(map.Data[at] == 0 ? 0 : nearest, depth.Data[at], 1e-4);
        }
    }

    [Fact]
    public void Clean_SplitLabel_KeepsTheLargestPieceAndGivesTheRestToItsNeighbour()
    {
        LabelMap map = new(6, 12);
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 12; x++)
                map.Data[y * 12 + x] = x < 4 ? 1 : x < 8 ? 2 : x < 10 ? 1 : 0;
        }
        map.Data[11] = 70000;                                            // one lonely pixel, above 65535

        map.Clean();

        Assert.Equal(1, map.Data[0]);
        Assert.Equal(2, map.Data[5]);
        Assert.Equal(2, map.Data[8]);
        Assert.Equal(0, map.Data[11]);
    }

    [Fact]
    public void Renumber_LargeNumbers_FollowsRasterOrder()
    {
        LabelMap map = new(1, 5);
        int[] values = [0, 70001, 5, 70001, 9];
        values.CopyTo(map.Data, 0);

        Assert.Equal(3, map.Renumber());
        Assert.Equal([0, 1, 2, 1, 3], map.Data);
    }
}
