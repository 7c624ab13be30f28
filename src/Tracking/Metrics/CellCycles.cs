using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>Compares how long cells live between two divisions.</summary>
internal static class CellCycles
{
    /// <summary>One minus the largest distance between the two distributions of cycle lengths; null without a full cycle in the truth, 0 without one in the result.</summary>
    public static double? Accuracy(IReadOnlyList<TrackRow> reference, IReadOnlyList<TrackRow> result)
    {
        int[] expected = Lengths(reference), found = Lengths(result);
        if (expected.Length == 0)
            return null;
        if (found.Length == 0)
            return 0;
        double largest = 0;
        int i = 0, j = 0;
        while (i < expected.Length || j < found.Length)
        {
            int length = Math.Min(i < expected.Length ? expected[i] : int.MaxValue, j < found.Length ? found[j] : int.MaxValue);
            while (i < expected.Length && expected[i] == length)
                i++;
            while (j < found.Length && found[j] == length)
                j++;
            largest = Math.Max(largest, Math.Abs((double)i / expected.Length - (double)j / found.Length));
        }
        return 1 - largest;
    }

    private static int[] Lengths(IReadOnlyList<TrackRow> rows)
    {
        HashSet<int> mothers = [.. rows.Where(r => r.Parent > 0).GroupBy(r => r.Parent).Where(g => g.Count() > 1).Select(g => g.Key)];
        int[] lengths = [.. rows.Where(r => mothers.Contains(r.Label) && mothers.Contains(r.Parent)).Select(r => r.End - r.Begin)];
        Array.Sort(lengths);
        return lengths;
    }
}
