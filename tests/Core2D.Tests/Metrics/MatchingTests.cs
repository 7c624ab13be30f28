using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class MatchingTests
{
    [Fact]
    public void Solve_GoldenPair_EqualsReferenceWhereCellsTouch()
    {
        double[] ious = Golden.Load<double>("metrics", "mask_ious").Data;
        long[] preds = Golden.Load<long>("metrics", "mask_preds").Data;

        var matching = Matching.Solve(GoldenOverlap(0));

        Dictionary<int, MatchedPair> pairs = matching.Pairs.ToDictionary(pair => pair.TrueLabel);
        for (int label = 1; label <= ious.Length; label++)
        {
            Assert.Equal(ious[label - 1], pairs.GetValueOrDefault(label).Iou, 1e-9);
            if (ious[label - 1] > 0)                                     // the reference also pairs left-over cells at IoU 0, arbitrarily
                Assert.Equal(preds[label - 1], pairs[label].PredLabel);
        }
    }

    [Fact]
    public void Solve_LowThreshold_PrefersMorePairsToABetterOne()
    {
        // IoU: true 1 and pred 1 share 6 of 12 pixels, true 1 and pred 2 share 4 of 10, true 2 and pred 1 share 2 of 8.
        var truth = new NdArray<int>([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2], 1, 12);
        var pred = new NdArray<int>([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1], 1, 12);

        var low = Matching.Solve(LabelOverlap.Count(truth, pred), 0.45);
        var lower = Matching.Solve(LabelOverlap.Count(truth, pred), 0.25);

        Assert.Equal([(1, 1)], low.Pairs.Where(p => p.Iou >= 0.45).Select(p => (p.TrueLabel, p.PredLabel)));
        Assert.Equal(2, lower.TruePositives);
        Assert.Equal([(1, 2), (2, 1)], lower.Pairs.Select(p => (p.TrueLabel, p.PredLabel)));
    }

    [Fact]
    public void CountTruePositives_AboveOneHalf_EqualsTheAssignment()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var overlap = LabelOverlap.Count(LabelImages.Squares(80, 90, 8, seed), LabelImages.Squares(80, 90, 8, seed + 100));
            foreach (double threshold in new[] { 0.5, 0.51, 0.6, 0.9 })
            {
                int counted = Matching.CountTruePositives(overlap, threshold);

                Assert.Equal(Matching.Solve(overlap, threshold).TruePositives, counted);
            }
        }
    }

    [Fact]
    public void Solve_LabelsPermuted_FindsTheSamePairs()
    {
        NdArray<int> truth = LabelImages.Squares(60, 70, 7, seed: 5), pred = LabelImages.Squares(60, 70, 8, seed: 6);
        NdArray<int> renamed = pred.Clone();
        foreach (ref int label in renamed.Span)
            label = label == 0 ? 0 : 100_000 - label;

        var before = Matching.Solve(LabelOverlap.Count(truth, pred), 0.3);
        var after = Matching.Solve(LabelOverlap.Count(truth, renamed), 0.3);

        Assert.Equal(before.TruePositives, after.TruePositives);
        Assert.Equal(before.Pairs.Sum(p => p.Iou), after.Pairs.Sum(p => p.Iou), 1e-9);
    }

    [Fact]
    public void Solve_ThousandsOfTouchingCells_MatchesAShiftedCopyToItself()
    {
        NdArray<int> truth = LabelImages.Squares(1000, 1000, 10, seed: 7, missing: 0);
        NdArray<int> pred = truth.Clone();
        truth.Data.AsSpan(0, truth.Length - 1).CopyTo(pred.Data.AsSpan(1));     // one pixel to the right

        var matching = Matching.Solve(LabelOverlap.Count(truth, pred));

        Assert.True(matching.Pairs.Length > 9000);
        Assert.All(matching.Pairs.Where(p => p.Iou >= 0.5), p => Assert.Equal(p.TrueLabel, p.PredLabel));
    }

    [Fact]
    public void Solve_GridShiftedByHalfACell_PairsEveryCellDespiteEqualIou()
    {
        var truth = new NdArray<int>(300, 300);
        var pred = new NdArray<int>(300, 300);
        for (int i = 0; i < truth.Length; i++)
        {
            truth.Data[i] = i / 300 / 6 * 50 + i % 300 / 6 + 1;
            pred.Data[i] = (i / 300 + 3) / 6 * 51 + (i % 300 + 3) / 6 + 1;
        }

        var matching = Matching.Solve(LabelOverlap.Count(truth, pred), 0.1);

        Assert.Equal(2500, matching.TruePositives);
        Assert.Equal(2500, matching.Pairs.Select(p => p.PredLabel).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Solve_ThresholdOutsideRange_Throws(double threshold)
    {
        var overlap = LabelOverlap.Count(new NdArray<int>(1, 1), new NdArray<int>(1, 1));

        Assert.Throws<ArgumentOutOfRangeException>(() => Matching.Solve(overlap, threshold));
    }

    internal static LabelOverlap GoldenOverlap(int n) =>
        LabelOverlap.Count(Golden.Load<int>("metrics", $"true{n}"), Golden.Load<int>("metrics", $"pred{n}"));
}
