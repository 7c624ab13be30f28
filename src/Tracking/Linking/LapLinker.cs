using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Tracking.Linking;

/// <summary>The two-stage assignment tracker of Jaqaman et al. (2008) with TrackMate's costs: the baseline that most people know.</summary>
/// <remarks>
/// Stage one links neighbouring frames; stage two joins what came out of it: ends to starts (gaps), middles to starts (splits), ends to
/// middles (merges). A link costs its squared distance. Both stages are assignments in which staying unlinked costs an alternative at
/// either end; the reference fills the rest of its square matrix with the least cost once for each link, so a link weighs its cost plus
/// the least. That is a flow of least cost, solved exactly and sparsely by <see cref="MinCostLinker"/>. Cells that stage one left alone
/// take no part in stage two, as in TrackMate. Costs are rounded to 2e-9 of the largest.
/// </remarks>
public static class LapLinker
{
    private const double LargestCost = 4e8;                              // of a solver that takes up to 1e9: cost plus least stays below

    /// <summary>Tracks a movie whose tracks do not merge.</summary>
    /// <param name="cells">The cells; shared with the solution.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="NotSupportedException">Merging is asked for, which a solution does not hold.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Options out of range.</exception>
    public static TrackingSolution Track(DetectionTable cells, LapOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LapOptions();
        if (options.AllowMerging)
            throw new NotSupportedException("a cell has one parent: tracks that merge are not held; turn merging off.");
        var solution = new TrackingSolution(cells);
        foreach (LapLink link in Link(cells, options, cancellationToken))
            solution.SetLink(new Link(link.Source, link.Target, float.NaN, float.NaN));
        return solution;
    }

    /// <summary>Finds the links, merging ones among them.</summary>
    /// <param name="cells">The cells; borrowed.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <returns>By target, then by source; owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Options out of range.</exception>
    public static LapLink[] Link(DetectionTable cells, LapOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LapOptions();
        options.Validate();
        var links = new List<LapLink>();
        for (int t = 1; t < cells.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidates = new List<LapLink>();
            int[] earlier = [.. Enumerable.Range(cells.FrameStart(t - 1), cells.Frame(t - 1).Length)];
            Collect(cells, earlier, [.. Enumerable.Range(cells.FrameStart(t), cells.Frame(t).Length)], options.MaxDistanceUm, candidates);
            links.AddRange(Assign(candidates, 1, options.AlternativeCostFactor));
        }
        cancellationToken.ThrowIfCancellationRequested();
        links.AddRange(Assign(Joints(cells, links, options), options.CutoffQuantile, options.AlternativeCostFactor));
        return [.. links.OrderBy(l => l.Target).ThenBy(l => l.Source)];
    }

    /// <summary>The candidates of stage two.</summary>
    private static List<LapLink> Joints(DetectionTable cells, List<LapLink> links, LapOptions options)
    {
        bool[] hasParent = new bool[cells.Count], hasChild = new bool[cells.Count];
        foreach (LapLink link in links)
            (hasChild[link.Source], hasParent[link.Target]) = (true, true);
        int[][] starts = ByFrame(cells, c => hasChild[c] && !hasParent[c]);
        int[][] middles = ByFrame(cells, c => hasChild[c] && hasParent[c]);
        int[][] ends = ByFrame(cells, c => !hasChild[c] && hasParent[c]);
        var joints = new List<LapLink>();
        for (int t = 0; t < cells.FrameCount; t++)
        {
            for (int step = 1; options.AllowGapClosing && step <= options.MaxFrameGap && t + step < cells.FrameCount; step++)
                Collect(cells, ends[t], starts[t + step], options.GapMaxDistanceUm, joints);
            if (options.AllowSplitting && t + 1 < cells.FrameCount)
                Collect(cells, middles[t], starts[t + 1], options.SplitMaxDistanceUm, joints);
            if (options.AllowMerging && t + 1 < cells.FrameCount)
                Collect(cells, ends[t], middles[t + 1], options.MergeMaxDistanceUm, joints);
        }
        return joints;
    }

    private static int[][] ByFrame(DetectionTable cells, Func<int, bool> isWanted) =>
        [.. Enumerable.Range(0, cells.FrameCount).Select(t => Enumerable.Range(cells.FrameStart(t), cells.Frame(t).Length).Where(isWanted).ToArray())];

    private static void Collect(DetectionTable cells, int[] sources, int[] targets, double reach, List<LapLink> candidates)
    {
        if (sources.Length == 0 || targets.Length == 0)
            return;
        var grid = new NeighbourGrid(Array.ConvertAll(targets, c => cells[c].Centroid), reach);
        foreach (int source in sources)
        {
            foreach ((_, int index) in grid.Nearest(cells[source].Centroid, int.MaxValue))
                candidates.Add(new LapLink(source, targets[index], (cells[targets[index]].Centroid - cells[source].Centroid).SquaredLength));
        }
    }

    /// <summary>The links of the cheapest assignment.</summary>
    private static List<LapLink> Assign(List<LapLink> candidates, double quantile, double factor)
    {
        if (candidates.Count == 0)
            return [];
        double[] costs = [.. candidates.Select(c => c.Cost).Order()];
        double least = costs[0], largest = costs[^1], alternative = factor * costs[(int)Math.Ceiling(quantile * (costs.Length - 1))];
        double scale = LargestCost / Math.Max(Math.Max(largest, alternative), 1e-300);
        Dictionary<int, int> parents = Index(candidates.Select(c => c.Source)), children = Index(candidates.Select(c => c.Target));
        var problem = new LinkingProblem(parents.Count, children.Count);
        long apart = Math.Max(1, (long)Math.Round(alternative * scale));  // 1: cells that do not move at all are linked
        problem.Disappear.AsSpan().Fill(apart);
        problem.Appear.AsSpan().Fill(apart);
        problem.Divide.AsSpan().Fill(LinkingProblem.Never);
        foreach (LapLink candidate in candidates)
            problem.AddArc(parents[candidate.Source], children[candidate.Target], (long)Math.Round((candidate.Cost + least) * scale));
        return [.. MinCostLinker.Solve(problem).ArcOfChild.Where(a => a >= 0).Select(a => candidates[a])];
    }

    private static Dictionary<int, int> Index(IEnumerable<int> cells)
    {
        var index = new Dictionary<int, int>();
        foreach (int cell in cells)
            index.TryAdd(cell, index.Count);
        return index;
    }
}
