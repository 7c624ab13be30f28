using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Blocks;

/// <summary>Sizes, holes and numbers per cell against the same on a whole volume in memory.</summary>
public sealed class CellCompletionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // memory 100: every cell a group of its own and its holes found by runs
    [Theory]
    [InlineData(1, 0, 1L << 26, 1)]
    [InlineData(1, 0, 100L, 7)]
    [InlineData(2, 20, 1L << 26, 30)]
    [InlineData(2, 20, 100L, 1)]
    [InlineData(3, 200, 1L << 26, 3)]
    [InlineData(4, 3, 5000L, 90)]
    public void Run_CellsWithinCells_AsTheWhole(int seed, int minSize, long memory, int owners)
    {
        NdArray<int> labels = Shells(seed);
        NdArray<int> expected = labels.Clone();
        Renumber.ByFirstVoxel(expected, cancellationToken: Token);
        CleanupResult cleaned = MaskCleanup.FillHolesAndRemoveSmall(expected, minSize, cancellationToken: Token);
        if (minSize <= 0)
            Renumber.ByFirstVoxel(expected, cancellationToken: Token);

        (VolumeMasks masks, int[] actual) = Complete(labels, minSize, memory, owners);

        Assert.Equal(expected.Data, actual);
        Assert.Equal(cleaned.TooSmall, masks.Filtered.TooSmall);
        Assert.Equal(cleaned.Enclosed, masks.Filtered.Enclosed);
    }

    [Fact]
    public void Shells_HaveNestedAndOverwrittenCells()
    {
        // what the test above rests on
        VolumeMasks[] all = [.. Enumerable.Range(1, 4).Select(seed => Complete(Shells(seed), 0, 1 << 26).Masks)];

        Assert.True(all.Sum(m => m.Filtered.Enclosed) > 3, $"enclosed: {string.Join(", ", all.Select(m => m.Filtered.Enclosed))}");
        Assert.All(all, m => Assert.True(m.Cells.Count > 10));
    }

    [Fact]
    public void Run_GoldenVolume_IsTheReferences()
    {
        NdArray<int> labels = Golden.Load<int>("fill_holes", "in_3d");

        (_, int[] actual) = Complete(labels, 15, 1 << 26);

        Assert.Equal(Golden.Load<int>("fill_holes", "out_3d_min15").Data, actual);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Find_Runs_AreTheVoxelsOfTheFlood(int seed)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(7, 9, 11);
        foreach (ref int label in labels.Span)
            label = random.NextDouble() < 0.6 ? 1 : random.NextDouble() < 0.1 ? 2 : 0;
        using MemoryVolumeStore<int> store = TestVolumes.Store(labels);
        CellExtent cell = CellExtent.Find(labels.Data, store.Shape.All, store.Shape)[0];
        var scan = new HoleScan();
        scan.Scan(labels, VoxelGrid.Of(labels.Shape, "labels"), cell.In(store.Shape.All));

        CellHoles? holes = HoleRuns.Find(cell, store.Shape, box =>
        {
            int[] values = new int[box.Count];
            store.Read(0, box, values);
            return values;
        }, planes: seed, Token);

        Assert.NotNull(holes);
        IEnumerable<int> voxels = holes.Runs.SelectMany(r => Enumerable.Range((int)r.Row * 11 + r.X0, r.Length));
        Assert.Equal(scan.Holes, voxels);
        Assert.Equal(scan.Holes.Any(v => labels.Data[v] != 0), holes.HasCells);
        Assert.Equivalent(holes, CellHoles.FromBytes(CellHoles.ToBytes([holes, holes]))[1]);
    }

    [Fact]
    public void Find_SolidCell_HasNoHoles()
    {
        var cell = new CellExtent(1, 0, 0, 0, 2, 2, 2, 8, 0);

        Assert.Null(HoleRuns.Find(cell, new VolumeShape(2, 2, 2), box => [.. Enumerable.Repeat(1, (int)box.Count)], 1, Token));
    }

    [Fact]
    public void Of_Groups_HoldEveryCellWholeAndOnce()
    {
        NdArray<int> labels = TestVolumes.Packed(3, 20, 30, 30, 30, 8);
        var shape = new VolumeShape(20, 30, 30);
        CellExtent[] cells = CellExtent.Find(labels.Data, shape.All, shape);

        List<CellGroup> groups = CellGroup.Of(cells, new BlockGrid(shape, new VolumeShape(10, 15, 15)), 6000);

        Assert.Equal(cells.Select(c => c.Label), groups.SelectMany(g => g.Cells).Select(c => c.Label).Order());
        Assert.All(groups, g => Assert.All(g.Cells, c => Assert.Equal(c.Box, c.Box.Intersect(g.Window))));
        Assert.All(groups, g => Assert.True(g.Cells.Length == 1 || g.Window.Count <= 6000));
        Assert.Contains(groups, g => g.Cells.Length > 1);
    }

    private static (VolumeMasks Masks, int[] Labels) Complete(NdArray<int> labels, int minSize, long memory, int owners = 1)
    {
        using MemoryVolumeStore<int> store = TestVolumes.Store(labels);
        using var workspace = new MemoryWorkspace();
        using var result = new MemoryVolumeStore<int>(store.Shape);
        CellExtent[] cells = CellExtent.Find(labels.Data, store.Shape.All, store.Shape);
        var blocks = new BlockGrid(store.Shape, new VolumeShape(5, 9, 10));
        // labels are shared out among owners, some of which have none
        int[] offsets = [0, .. Enumerable.Range(1, owners).Select(n => 90 * n / owners)];
        var completion = new CellCompletion(
            workspace, () => new LabelOwners(offsets), () => store, blocks, owner => [.. cells.Where(c => c.Label > offsets[owner] && c.Label <= offsets[owner + 1])],
            () => new NumberingPass(null, result)) { MinSize = minSize, MemoryBytes = memory, Threads = 2 };
        VolumeStep.RunAll([.. completion.Steps(owners)], null, Token);
        return (completion.Result(_ => []), result.All());
    }

    // two large hollow balls, a smaller one in each, and cells of several hollow pieces inside, between and outside them
    private static NdArray<int> Shells(int seed)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(18, 30, 32);
        Ball(labels, 6, (8, 15, 8), 8, 6.4);
        Ball(labels, 3, (9, 14, 24), 7, 5.4);
        Ball(labels, 12, (8, 16, 8), 4, 2.4);
        Ball(labels, 9, (9, 14, 24), 3.5, 2);
        for (int label = 5; label <= 30; label++)
        {
            for (int piece = 0; piece < 3; piece++)
                Ball(labels, label * 3, (random.Next(18), random.Next(30), random.Next(32)), 1 + 1.5 * random.NextDouble(), 0.5);
        }
        return labels;
    }

    private static void Ball(NdArray<int> labels, int label, (int Z, int Y, int X) centre, double outer, double inner)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / 32 / 30 - centre.Z, i / 32 % 30 - centre.Y, i % 32 - centre.X);
            double r = Math.Sqrt(z * z + y * y + x * x);
            if (labels.Data[i] == 0 && r <= outer && r > inner)
                labels.Data[i] = label;
        }
    }
}
