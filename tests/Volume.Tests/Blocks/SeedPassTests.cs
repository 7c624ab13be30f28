using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Blocks;

public sealed class SeedPassTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 9, 22, 20)]
    [InlineData(2, 4, 11, 7)]
    [InlineData(3, 3, 3, 3)]
    [InlineData(4, 1, 22, 2)]
    public void LabelsAt_SparseTablesOfBlocks_AreTheRegionsOfTheDenseHistogram(int seed, int z, int y, int x)
    {
        // counts of all sizes close together: ties, overlapping regions, counts split between tables
        var shape = new VolumeShape(9, 22, 20);
        var blocks = new BlockGrid(shape, new VolumeShape(z, y, x));
        var random = new Random(seed);
        var ends = new NdArray<int>(3000);                               // fewer than voxels; those without an end are background
        int[] centres = [.. Enumerable.Range(0, 25).Select(_ => random.Next((int)shape.Count))];
        foreach (ref int end in ends.Span)
        {
            int at = centres[random.Next(centres.Length)] + random.Next(-2, 3) * (random.Next(3) == 0 ? 20 : 1);
            end = Math.Clamp(at, 0, (int)shape.Count - 1);
        }
        VoxelTable[] tables = [.. Enumerable.Range(0, blocks.Count).Select(n => Table(ends.Data.Where((_, i) => i % blocks.Count == n)))];

        int[] labels = LabelsAt(blocks, tables, [.. ends.Data.Select(e => (long)e)], out int count);

        var dense = new NdArray<int>(9, 22, 20);
        dense.Span.Fill(-1);
        ends.Span.CopyTo(dense.Span);
        Assert.True(EndpointLabels.Paint(dense, cancellationToken: Token) is > 5 and int expected && expected == count);
        // the same regions under other numbers
        Assert.Equal(dense.Data.Take(ends.Length).Zip(labels).Distinct().Count(), labels.Distinct().Count());
        Assert.Equal(dense.Data.Take(ends.Length).Distinct().Count(), labels.Distinct().Count());
        Assert.All(dense.Data.Take(ends.Length).Zip(labels), pair => Assert.Equal(pair.First == 0, pair.Second == 0));
    }

    [Fact]
    public void LabelsAt_NoEnds_HasNoSeeds()
    {
        int[] labels = LabelsAt(new BlockGrid(new VolumeShape(3, 3, 3), new VolumeShape(2, 2, 2)), [], [5], out int count);

        Assert.Equal(0, count);
        Assert.Equal([0], labels);
    }

    [Fact]
    public void LabelsAt_VolumeBeyondInt_FindsItsLastVoxel()
    {
        var shape = new VolumeShape(3000, 3000, 3000);
        long last = shape.Count - 1;

        int[] labels = LabelsAt(new BlockGrid(shape, shape with { Z = 1500 }), [new VoxelTable([last - 1, last], [3, 11])], [last, last - 1, last - 2], out int count);

        Assert.Equal(1, count);
        Assert.Equal([1, 1, 0], labels);
    }

    [Fact]
    public void OwnerOf_Labels_AreThoseOfTheirBlocks()
    {
        var owners = new LabelOwners([0, 0, 3, 3, 4, 4]);

        Assert.Equal([1, 1, 1, 3], new[] { 1, 2, 3, 4 }.Select(owners.OwnerOf));
        Assert.Equal((1, 3, 0), (owners.FirstLabel(1), owners.LabelsOf(1), owners.LabelsOf(0)));
    }

    [Fact]
    public void ToBytes_Table_IsReadBack()
    {
        var table = new VoxelTable([3, 1L << 40], [7, 1]);

        VoxelTable read = VoxelTable.FromBytes(table.ToBytes());

        Assert.Equal(table.Voxels, read.Voxels);
        Assert.Equal(table.Values, read.Values);
    }

    private static int[] LabelsAt(BlockGrid blocks, VoxelTable[] tables, long[] ends, out int count)
    {
        using var workspace = new MemoryWorkspace();
        var seeds = new SeedPass(blocks, workspace);
        for (int n = 0; n < tables.Length; n++)
            seeds.Send(tables[n], n);
        Step(SeedPass.SeedStep, seeds.FindSeeds);
        workspace.Save($"{SeedPass.NumberStep}/0", seeds.Number(Token).Record);
        Step(SeedPass.RegionStep, seeds.GrowRegions);
        count = Enumerable.Range(0, blocks.Count).Sum(seeds.Owners.LabelsOf);
        return seeds.LabelsAt(ends);

        void Step(string name, Func<int, StepResult> compute)
        {
            for (int n = 0; n < blocks.Count; n++)
                workspace.Save($"{name}/{n}", compute(n).Record);
        }
    }

    private static VoxelTable Table(IEnumerable<int> ends)
    {
        (int Key, int Count)[] counts = [.. ends.CountBy(e => e).Select(c => (c.Key, c.Value)).OrderBy(c => c.Key)];
        return new VoxelTable([.. counts.Select(c => (long)c.Key)], [.. counts.Select(c => c.Count)]);
    }
}
