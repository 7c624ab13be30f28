using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class SquaredDistanceTests
{
    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(1, 40, 0.1)]
    [InlineData(40, 1, 0.1)]
    [InlineData(33, 29, 0.005)]
    [InlineData(33, 29, 0.05)]
    [InlineData(33, 29, 0.6)]
    public void Transform_RandomSites_EqualsSearchOverAllSites(int height, int width, double share)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            bool[] sites = Array.ConvertAll(LabelImages.Noise(height, width, 1, share, seed).Data, label => label == 1);
            int[] columns = new int[sites.Length];
            long[] squared = new long[width];

            SquaredDistance.AlongColumns(sites, columns, height, width);
            for (int y = 0; y < height; y++)
            {
                SquaredDistance.AlongRow(columns.AsSpan(y * width, width), squared);

                for (int x = 0; x < width; x++)
                {
                    long expected = long.MaxValue;
                    for (int i = 0; i < sites.Length; i++)
                    {
                        if (sites[i])
                            expected = Math.Min(expected, (y - i / width) * (y - i / width) + (x - i % width) * (x - i % width));
                    }
                    Assert.Equal(expected, squared[x]);
                }
            }
        }
    }
}
