using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class MaskCleanupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3d", -1, false)]
    [InlineData("3d", 15, false)]
    [InlineData("contig", -1, true)]
    [InlineData("contig", 0, true)]
    [InlineData("contig", 15, false)]
    [InlineData("contig", 200, false)]
    [InlineData("gaps", -1, true)]
    [InlineData("gaps", 0, true)]
    [InlineData("gaps", 15, true)]
    [InlineData("gaps", 200, false)]
    [InlineData("nobackground", -1, false)]
    [InlineData("nobackground", 0, false)]
    [InlineData("nobackground", 15, false)]
    [InlineData("nobackground", 200, true)]
    public void FillHolesAndRemoveSmall_ReferenceRemoval_EqualsReference(string name, int minSize, bool needsBug)
    {
        var expected = Golden.Load<int>("fill_holes", $"out_{name}_min{minSize}");
        var reference = Golden.Load<int>("fill_holes", $"in_{name}");
        NdArray<int> corrected = reference.Clone();

        MaskCleanup.FillHolesAndRemoveSmall(reference, minSize, referenceRemoval: true, cancellationToken: Token);
        MaskCleanup.FillHolesAndRemoveSmall(corrected, minSize, cancellationToken: Token);

        Parity.SameLabels(expected, reference);
        Assert.Equal(!needsBug, expected.Span.SequenceEqual(corrected.Span));
    }

    [Theory]
    [InlineData(1, new[] { 20, 23 }, 0)]
    [InlineData(2, new[] { 20, 23 }, 4)]
    [InlineData(3, new[] { 33, 9 }, 3)]
    [InlineData(4, new[] { 7, 8, 9 }, 0)]
    [InlineData(5, new[] { 7, 8, 9 }, 5)]
    public void FillHolesAndRemoveSmall_RandomLabels_EqualsTheSequentialRule(int seed, int[] shape, int minSize)
    {
        var random = new Random(seed);
        var labels = new NdArray<int>(shape);
        foreach (ref int label in labels.Span)
            label = random.Next(3) == 0 ? 0 : 3 * random.Next(1, 5);     // torn, nested, full of holes, with gaps in the numbers
        NdArray<int> expected = labels.Clone();
        SlowCleanup(expected, minSize);

        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            NdArray<int> cleaned = labels.Clone();
            MaskCleanup.FillHolesAndRemoveSmall(cleaned, minSize, threads: threads, cancellationToken: Token);
            Parity.SameLabels(expected, cleaned);
        }
    }

    [Fact]
    public void FillHolesAndRemoveSmall_CellInAHole_IsSwallowedAndCounted()
    {
        const int big = 100_000, small = 70_000;                         // labels above 65,535, the enclosed one smaller
        int[] o = [big, big, big, big, 0, 0, big, 0, small, big, 0, 9, big, 0, 0, big, 0, 9, big, big, big, big, 0, 9];
        var labels = new NdArray<int>(o, 4, 6);

        CleanupResult result = MaskCleanup.FillHolesAndRemoveSmall(labels, 2, cancellationToken: Token);

        Assert.Equal([1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 2, 1, 1, 1, 1, 0, 2, 1, 1, 1, 1, 0, 2], labels.Data);
        Assert.Equal([big, 9], result.Sources);
        Assert.Equal((1, 0), (result.TooSmall, result.Enclosed));        // one voxel: too small before it is enclosed
    }

    [Fact]
    public void FillHolesAndRemoveSmall_NoSizeLimit_CountsEnclosedAndKeepsOrder()
    {
        var labels = new NdArray<int>([7, 7, 7, 2, 7, 5, 7, 0, 7, 7, 7, 2], 3, 4);

        CleanupResult result = MaskCleanup.FillHolesAndRemoveSmall(labels, 0, cancellationToken: Token);

        Assert.Equal([2, 2, 2, 1, 2, 2, 2, 0, 2, 2, 2, 1], labels.Data);
        Assert.Equal([2, 7], result.Sources);
        Assert.Equal((0, 1), (result.TooSmall, result.Enclosed));
    }

    [Theory]
    [InlineData(new[] { 4, 5 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 0, 3 })]
    [InlineData(new[] { 2, 3, 4 })]
    public void FillHolesAndRemoveSmall_NoCells_ChangesNothing(int[] shape)
    {
        var labels = new NdArray<int>(shape);

        CleanupResult result = MaskCleanup.FillHolesAndRemoveSmall(labels, 15, cancellationToken: Token);

        Assert.All(labels.Data, label => Assert.Equal(0, label));
        Assert.Empty(result.Sources);
    }

    [Fact]
    public void ByFirstVoxel_SparseLabels_NumbersInRasterOrder()
    {
        var labels = new NdArray<int>([0, 2_000_000_000, 5, 5, 0, 70_000], 2, 3);

        int[] sources = Renumber.ByFirstVoxel(labels, cancellationToken: Token);

        Assert.Equal([0, 1, 2, 2, 0, 3], labels.Data);
        Assert.Equal([2_000_000_000, 5, 70_000], sources);
    }

    [Fact]
    public void RemoveLargeMasks_MoreThanTheFraction_IsRemovedAndTheRestNumbered()
    {
        var labels = new NdArray<int>([3, 3, 3, 3, 3, 9, 9, 9, 9, 0], 2, 5);

        int removed = RemoveLargeMasks.Apply(labels, 0.4, cancellationToken: Token);

        Assert.Equal(1, removed);
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 0], labels.Data);       // 4 of 10 is not more than 0.4
    }

    // Label by label on the whole array, as the rule is written.
    private static void SlowCleanup(NdArray<int> labels, int minSize)
    {
        RemoveSmall();
        VoxelGrid g = VoxelGrid.Of(labels.Shape, "labels");
        foreach (int label in labels.Data.Distinct().Where(l => l > 0).Order().ToArray())
        {
            bool[] outside = new bool[labels.Length];
            bool grew = true;
            while (grew)
            {
                grew = false;
                for (int i = 0; i < outside.Length; i++)
                {
                    if (outside[i] || labels.Data[i] == label || !Faces(g, i).Any(n => n < 0 || outside[n]))
                        continue;
                    grew = outside[i] = true;
                }
            }
            for (int i = 0; i < outside.Length; i++)
                labels.Data[i] = outside[i] ? labels.Data[i] : label;
        }
        int[] order = [.. labels.Data.Distinct().Where(l => l > 0).Order()];
        for (int i = 0; i < labels.Length; i++)
            labels.Data[i] = Array.IndexOf(order, labels.Data[i]) + 1;
        RemoveSmall();

        void RemoveSmall()
        {
            if (minSize <= 0)
                return;
            Dictionary<int, int> counts = labels.Data.GroupBy(l => l).ToDictionary(l => l.Key, l => l.Count());
            List<int> order = [];
            foreach (ref int label in labels.Span)
            {
                if (label == 0 || counts[label] < minSize)
                {
                    label = 0;
                    continue;
                }
                if (!order.Contains(label))
                    order.Add(label);
                label = order.IndexOf(label) + 1;
            }
        }
    }

    // Face neighbours; -1 is outside the array.
    private static IEnumerable<int> Faces(VoxelGrid g, int i)
    {
        (int z, int y, int x) = (i / g.X / g.Y, i / g.X % g.Y, i % g.X);
        yield return x == 0 ? -1 : i - 1;
        yield return x == g.X - 1 ? -1 : i + 1;
        yield return y == 0 ? -1 : i - g.X;
        yield return y == g.Y - 1 ? -1 : i + g.X;
        if (g.Rank == 2)
            yield break;
        yield return z == 0 ? -1 : i - g.X * g.Y;
        yield return z == g.Z - 1 ? -1 : i + g.X * g.Y;
    }
}
