namespace Cellpose3D.Core2D.Metrics;

/// <summary>One-to-one pairs of true and predicted cells: as many above an IoU threshold as possible, then the greatest sum of IoU.</summary>
/// <remarks>
/// Optimal, not greedy. The weight of a pair is the reference's, [IoU >= threshold] + IoU / (2 n) with n the smaller number of
/// cells, so that the second term never outweighs one pair of the first. Cells that share no pixel are never paired; the
/// reference's full assignment pairs the left-over ones in an arbitrary way, at IoU 0.
/// </remarks>
public sealed class Matching
{
    private Matching(double threshold, MatchedPair[] pairs)
    {
        Threshold = threshold;
        Pairs = pairs;
        foreach (MatchedPair pair in pairs)
        {
            if (pair.Iou >= threshold)
                TruePositives++;
        }
    }

    /// <summary>The IoU from which a pair counts as found.</summary>
    public double Threshold { get; }

    /// <summary>The pairs, by true label; those below the threshold are among them.</summary>
    public MatchedPair[] Pairs { get; }

    /// <summary>Number of pairs at or above the threshold.</summary>
    public int TruePositives { get; }

    /// <summary>Matches the cells of two label images.</summary>
    /// <param name="overlap">Their shared pixels; borrowed.</param>
    /// <param name="threshold">IoU in (0, 1] from which a pair counts as found.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold lies outside (0, 1].</exception>
    public static Matching Solve(LabelOverlap overlap, double threshold = 0.5)
    {
        RequireThreshold(threshold);
        OverlapPair[] candidates = overlap.Pairs;
        int[] rowStart = new int[overlap.TrueLabels.Length + 1];
        int[] columns = new int[candidates.Length];
        double[] weights = new double[candidates.Length];
        double smallShare = 0.5 / Math.Max(1, Math.Min(overlap.TrueLabels.Length, overlap.PredLabels.Length));
        for (int e = 0; e < candidates.Length; e++)
        {
            rowStart[candidates[e].True + 1]++;
            columns[e] = candidates[e].Pred;
            weights[e] = (candidates[e].Iou >= threshold ? 1 : 0) + candidates[e].Iou * smallShare;
        }
        for (int t = 0; t < overlap.TrueLabels.Length; t++)
            rowStart[t + 1] += rowStart[t];

        int[] columnOf = SparseAssignment.Solve(rowStart, columns, weights, overlap.PredLabels.Length);
        var pairs = new List<MatchedPair>();
        foreach (OverlapPair pair in candidates)
        {
            if (columnOf[pair.True] == pair.Pred)
                pairs.Add(new MatchedPair(overlap.TrueLabels[pair.True], overlap.PredLabels[pair.Pred], pair.Pixels, pair.Iou));
        }
        return new Matching(threshold, [.. pairs]);
    }

    /// <summary>Number of pairs that <see cref="Solve"/> would find at or above the threshold.</summary>
    /// <remarks>Above one half a cell has at most one partner, since both cover most of what either covers: counting is enough.</remarks>
    internal static int CountTruePositives(LabelOverlap overlap, double threshold)
    {
        RequireThreshold(threshold);
        if (threshold <= 0.5)
            return Solve(overlap, threshold).TruePositives;
        int count = 0;
        foreach (OverlapPair pair in overlap.Pairs)
        {
            if (pair.Iou >= threshold)
                count++;
        }
        return count;
    }

    private static void RequireThreshold(double threshold)
    {
        if (!(threshold > 0 && threshold <= 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), $"threshold must be an IoU in (0, 1]; got {threshold}.");
    }
}
