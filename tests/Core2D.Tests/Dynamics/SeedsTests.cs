using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class SeedsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, new[] { 1, 1 })]
    [InlineData(2, new[] { 1, 9 })]
    [InlineData(3, new[] { 5, 5 })]
    [InlineData(4, new[] { 31, 29 })]
    [InlineData(5, new[] { 9, 11, 10 })]
    public void FindAndGrow_RandomHistogram_EqualPooling(int seed, int[] shape)
    {
        var random = new Random(seed);
        var histogram = new NdArray<int>(shape);
        foreach (ref int h in histogram.Span)
            h = random.Next(4) == 0 ? random.Next(10, 15) : random.Next(5);
        histogram.Data[^1] = 11;                                         // a corner

        int[] seeds = Seeds.Find(histogram, cancellationToken: Token);

        bool[] maxima = [.. Pool(histogram, 2).Select((max, i) => histogram.Data[i] == max && max > 10)];
        int[] expected = [.. Enumerable.Range(0, histogram.Length).Where(i => maxima[i]).OrderBy(i => histogram.Data[i]).ThenBy(i => i)];
        Assert.Equal(expected, seeds);
        foreach (int s in seeds)
            Assert.Equal(Grown(histogram, s), Seeds.Grow(histogram, s));
        Assert.Equal(seeds.Select(s => Seeds.Grow(histogram, s)), Seeds.GrowAll(histogram, seeds, threads: 3, Token));
    }

    [Fact]
    public void Find_ElevenPointsButNotTen_IsASeed()
    {
        int[] seeds = Seeds.Find(new NdArray<int>([10, 0, 0, 0, 0, 11], 1, 6), cancellationToken: Token);

        Assert.Equal([5], seeds);
    }

    [Fact]
    public void Paint_EqualSeedsSideBySide_TheLaterInRasterOrderWins()
    {
        int[] ends = [.. Enumerable.Repeat(40, 12), .. Enumerable.Repeat(41, 12), .. Enumerable.Repeat(-1, 76)];
        var labels = new NdArray<int>(ends, 10, 10);

        int count = EndpointLabels.Paint(labels, cancellationToken: Token);

        Assert.Equal(2, count);
        Assert.All(labels.Data[..24], label => Assert.Equal(2, label));
        Assert.All(labels.Data[24..], label => Assert.Equal(0, label));
    }

    [Fact]
    public void Paint_AnyThreadCount_SameLabels()
    {
        var random = new Random(7);
        var ends = new NdArray<int>(400, 500);
        foreach (ref int end in ends.Span)
            end = random.Next(4) == 0 ? -1 : random.Next(0, 40) * 4900 + random.Next(0, 30) * 16 + random.Next(3);
        NdArray<int> expected = ends.Clone();
        EndpointLabels.Paint(expected, threads: 1, Token);

        foreach (int threads in new[] { 2, 3, 7 })
        {
            NdArray<int> labels = ends.Clone();
            EndpointLabels.Paint(labels, threads, Token);
            Parity.SameLabels(expected, labels);
        }
        Assert.True(expected.Data.Max() > 100);
    }

    private static int[] Pool(NdArray<int> values, int radius)
    {
        VoxelGrid g = VoxelGrid.Of(values.Shape, "values");
        int[] pooled = new int[values.Length];
        for (int i = 0; i < pooled.Length; i++)
            pooled[i] = Neighbours(g, i, radius).Max(n => values.Data[n]);
        return pooled;
    }

    // Five rounds of pooling with 3 voxels on the whole array, kept where the count is above 2.
    private static int[] Grown(NdArray<int> histogram, int seed)
    {
        VoxelGrid g = VoxelGrid.Of(histogram.Shape, "histogram");
        HashSet<int> region = [seed];
        for (int round = 0; round < 5; round++)
            region = [.. region.SelectMany(i => Neighbours(g, i, 1)).Where(n => histogram.Data[n] > 2)];
        return [.. region.Order()];
    }

    private static IEnumerable<int> Neighbours(VoxelGrid g, int i, int radius)
    {
        (int z, int y, int x) = (i / g.X / g.Y, i / g.X % g.Y, i % g.X);
        for (int nz = Math.Max(0, z - radius); nz <= Math.Min(g.Z - 1, z + radius); nz++)
        {
            for (int ny = Math.Max(0, y - radius); ny <= Math.Min(g.Y - 1, y + radius); ny++)
            {
                for (int nx = Math.Max(0, x - radius); nx <= Math.Min(g.X - 1, x + radius); nx++)
                    yield return (nz * g.Y + ny) * g.X + nx;
            }
        }
    }
}
