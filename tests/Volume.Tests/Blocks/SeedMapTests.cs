using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Blocks;

public sealed class SeedMapTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 1000)]
    [InlineData(2, 5, 1000)]
    [InlineData(3, 5, 40)]
    public void Build_SparseTables_PaintAsTheDenseHistogramDoes(int seed, int tables, int mergedAtOnce)
    {
        // counts of all sizes close together: ties, overlapping regions, counts split between tables
        var shape = new VolumeShape(9, 22, 20);
        var random = new Random(seed);
        var ends = new NdArray<int>(3000);                               // fewer than voxels; those without an end are background
        int[] centres = [.. Enumerable.Range(0, 25).Select(_ => random.Next((int)shape.Count))];
        foreach (ref int end in ends.Span)
        {
            int at = centres[random.Next(centres.Length)] + random.Next(-2, 3) * (random.Next(3) == 0 ? 20 : 1);
            end = Math.Clamp(at, 0, (int)shape.Count - 1);
        }
        EndPointTable[] parts = [.. Enumerable.Range(0, tables).Select(n => Table(ends.Data.Where((_, i) => i % tables == n)))];

        SeedMap map = SeedMap.Build(parts, shape, mergedAtOnce, Token);

        var dense = new NdArray<int>(9, 22, 20);
        dense.Span.Fill(-1);
        ends.Span.CopyTo(dense.Span);
        int count = EndpointLabels.Paint(dense, cancellationToken: Token);
        Assert.True(count > 5);
        Assert.Equal(count, map.Count);
        for (int i = 0; i < ends.Length; i++)
            Assert.Equal(dense.Data[i], map.LabelAt(ends.Data[i]));
    }

    [Fact]
    public void Build_NoTables_HasNoSeeds()
    {
        SeedMap map = SeedMap.Build([], new VolumeShape(3, 3, 3), cancellationToken: Token);

        Assert.Equal(0, map.Count);
        Assert.Equal(0, map.LabelAt(5));
    }

    [Fact]
    public void Build_VolumeBeyondInt_FindsItsLastVoxel()
    {
        var shape = new VolumeShape(3000, 3000, 3000);
        long last = shape.Count - 1;

        SeedMap map = SeedMap.Build([new EndPointTable([last - 1, last], [3, 11])], shape, cancellationToken: Token);

        Assert.Equal(1, map.Count);
        Assert.Equal(1, map.LabelAt(last));
        Assert.Equal(1, map.LabelAt(last - 1));
    }

    [Fact]
    public void ToBytes_Table_IsReadBack()
    {
        var table = new EndPointTable([3, 1L << 40], [7, 1]);

        EndPointTable read = EndPointTable.FromBytes(table.ToBytes());

        Assert.Equal(table.Voxels, read.Voxels);
        Assert.Equal(table.Counts, read.Counts);
    }

    private static EndPointTable Table(IEnumerable<int> ends)
    {
        (int Key, int Count)[] counts = [.. ends.CountBy(e => e).Select(c => (c.Key, c.Value)).OrderBy(c => c.Key)];
        return new EndPointTable([.. counts.Select(c => (long)c.Key)], [.. counts.Select(c => c.Count)]);
    }
}
