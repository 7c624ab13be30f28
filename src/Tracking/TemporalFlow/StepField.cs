using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>A second guess of where cells without a past go: with their neighbours, where those agree.</summary>
internal static class StepField
{
    private const int Neighbours = 6, LeastNeighbours = 3;
    private const double LargestSpread = 0.5;                            // of the step, among neighbours

    /// <summary>Replaces the expected place of cells without a speed by their own place plus the median step of the nearest linked cells.</summary>
    public static PointUm[] Refine(FlowFrame earlier, FlowFrame later, int[] parents, PointUm[] expected)
    {
        var steps = new Dictionary<int, PointUm>();
        for (int v = 0; v < parents.Length; v++)
        {
            if (parents[v] >= 0)
                steps[parents[v]] = later.Cells[v].Centroid - earlier.Cells[parents[v]].Centroid;
        }
        int[] linked = [.. steps.Keys.Order()];
        var refined = (PointUm[])expected.Clone();
        if (linked.Length == 0)
            return refined;
        var grid = new NeighbourGrid([.. linked.Select(u => earlier.Cells[u].Centroid)], 5 * Math.Max(1e-6, earlier.MedianDiameter));
        for (int u = 0; u < refined.Length; u++)
        {
            if (earlier.HasVelocity[u])
                continue;
            PointUm[] near =
            [
                .. grid.Nearest(earlier.Cells[u].Centroid, Neighbours + 1).Select(n => linked[n.Index]).Where(n => n != u).Take(Neighbours).Select(n => steps[n]),
            ];
            if (near.Length < LeastNeighbours)
                continue;
            var median = new PointUm(Median(near, s => s.Z), Median(near, s => s.Y), Median(near, s => s.X));
            if (Median(near, s => s.DistanceTo(median)) <= LargestSpread * median.Length)
                refined[u] = earlier.Cells[u].Centroid + median;
        }
        return refined;
    }

    private static double Median(PointUm[] values, Func<PointUm, double> of)
    {
        double[] sorted = [.. values.Select(of)];
        Array.Sort(sorted);
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
