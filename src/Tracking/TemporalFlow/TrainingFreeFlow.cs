using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>A temporal flow without training: expected motion, overlap of moved masks, votes by diffusion, weighed into a probability.</summary>
/// <remarks>Keeps a motion model over the movie: make one for each.</remarks>
public sealed class TrainingFreeFlow : ITemporalFlow
{
    private const double LeastReach = 2.5, ResidualReach = 4;            // in diameters, and in median residuals
    private const double ResidualOfFastMotion = 0.5;                     // diameters at which overlap is chance
    private const double KnownShare = 0.7;                               // of cells with a speed, below which a pair is looked at twice
    private const float SureLink = 0.95f;                                // beyond which no gap is considered
    private const float LeastContest = 0.1f;                             // share of a cell that makes another a competitor

    private readonly TrainingFreeFlowOptions _options;

    /// <summary>Prepares for a movie.</summary>
    /// <param name="options">Null for the defaults.</param>
    public TrainingFreeFlow(TrainingFreeFlowOptions? options = null)
    {
        _options = options ?? new TrainingFreeFlowOptions();
        _options.Validate();
    }

    /// <summary>What is known of the cells' motion so far.</summary>
    public MotionModel Motion { get; } = new();

    /// <summary>Judges links anew, which then steer the motion model; null for nobody.</summary>
    internal Func<FlowFrame, FlowFrame, ScoredLink[], ScoredLink[]>? JudgeLinks { get; init; }

    /// <summary>Judges divisions anew; null for nobody.</summary>
    internal Func<FlowFrame, FlowFrame, List<ScoredDivision>, List<ScoredDivision>>? JudgeDivisions { get; init; }

    /// <inheritdoc/>
    public FlowLinks Propose(FlowFrame earlier, FlowFrame later, PointUm between, CancellationToken cancellationToken = default)
    {
        int steps = later.Index - earlier.Index;
        if (earlier.Cells.Count == 0 || later.Cells.Count == 0)
            return new FlowLinks([], []);
        PointUm[] expected = _options.Motion ? Motion.Expect(earlier, steps, between) : [.. earlier.Cells.Select(c => c.Centroid + between)];
        ScoredLink[] links = Score(earlier, later, expected, between, cancellationToken);
        if (steps > 1)
            return new FlowLinks(links, []);

        int[] parents = LikelyParents(links, earlier, later);
        if (_options.Motion && earlier.HasVelocity.Count(h => h) < KnownShare * earlier.Cells.Count)
        {
            Motion.Observe(earlier, later, parents, expected, between, learn: false);
            expected = StepField.Refine(earlier, later, parents, expected);
            links = Score(earlier, later, expected, between, cancellationToken);
            parents = LikelyParents(links, earlier, later);
        }
        Motion.Observe(earlier, later, parents, expected, between, learn: true);
        List<ScoredDivision> divisions = DivisionFinder.Find(earlier, later, expected, links, _options.DivisionWeights);
        return new FlowLinks(links, JudgeDivisions?.Invoke(earlier, later, divisions) ?? divisions);
    }

    private ScoredLink[] Score(FlowFrame earlier, FlowFrame later, PointUm[] expected, PointUm between, CancellationToken cancellationToken)
    {
        int steps = later.Index - earlier.Index;
        double diameter = Math.Max(1e-9, earlier.MedianDiameter), spread = Motion.ResidualDiameters * Math.Sqrt(steps);
        double reach = diameter * Math.Max(LeastReach, ResidualReach * spread);
        float motion = (float)Math.Clamp(spread / ResidualOfFastMotion, 0, 1);
        OverlapTable overlaps = OverlapTable.Count(earlier, later, expected, _options.Spacing, _options.Threads);
        cancellationToken.ThrowIfCancellationRequested();
        var grid = new NeighbourGrid(expected, reach);
        var byTarget = new List<ScoredLink>[later.Cells.Count];
        Parallel.For(
            0, byTarget.Length, ThreadCount.Options(_options.Threads), () => new DiffusionVotes(),
            (v, state, diffusion) =>
            {
                byTarget[v] = ScoreOne(earlier, later, v, expected, between, overlaps, grid, diameter, motion, diffusion);
                return diffusion;
            },
            _ => { });
        ScoredLink[] links = [.. byTarget.SelectMany(l => l)];
        return JudgeLinks?.Invoke(earlier, later, links) ?? links;
    }

    private List<ScoredLink> ScoreOne(
        FlowFrame earlier, FlowFrame later, int v, PointUm[] expected, PointUm between, OverlapTable overlaps,
        NeighbourGrid grid, double diameter, float motion, DiffusionVotes diffusion)
    {
        Detection cell = later.Cells[v];
        int steps = later.Index - earlier.Index;
        List<(double Distance, int Index)> near = grid.Nearest(cell.Centroid, int.MaxValue);
        (int Source, long Voxels)[] covering = overlaps.ByTarget[v];
        float[]? votes = null;                                           // counted once a link asks for them: most cells of skipped frames need none
        var links = new List<ScoredLink>();
        for (int rank = 0; rank < near.Count; rank++)
        {
            (double distance, int u) = near[rank];
            int at = Array.FindIndex(covering, c => c.Source == u);
            if (rank < _options.Neighbours || at >= 0)
                AddLink(u, distance, rank, at);
        }
        for (int at = 0; at < covering.Length; at++)
        {
            int u = covering[at].Source;
            double distance = cell.Centroid.DistanceTo(expected[u]);
            if (!near.Any(n => n.Index == u))                            // a large cell that covers v from afar
                AddLink(u, distance, near.Count, at);
        }
        links.Sort((a, b) => a.Source.CompareTo(b.Source));
        return links;

        void AddLink(int u, double distance, int rank, int at)
        {
            Detection source = earlier.Cells[u];
            if (_options.MaxDistanceUm is double most && (cell.Centroid - source.Centroid - between).Length > most * steps)
                return;
            if (steps > 1 && earlier.BestForward[u] >= SureLink && later.BestBackward[v] >= SureLink)
                return;
            long shared = at < 0 ? 0 : covering[at].Voxels;
            float vote = at < 0 ? 0 : (votes ??= Votes(earlier, later, v, overlaps, diffusion))[at];
            var features = new LinkFeatures(
                (float)shared / cell.Size, (float)shared / source.Size, vote, (float)(distance / diameter), Math.Min(rank, 5),
                LogArea(source, cell), LogIntensity(earlier, source, later, cell), source.BorderUm <= 0 || cell.BorderUm <= 0 ? 1 : 0, steps - 1, motion);
            links.Add(new ScoredLink(earlier.FirstId + u, later.FirstId + v, features, _options.Weights.Probability(features)));
        }
    }

    private float[] Votes(FlowFrame earlier, FlowFrame later, int v, OverlapTable overlaps, DiffusionVotes diffusion)
    {
        (int Source, long Voxels)[] covering = overlaps.ByTarget[v];
        long size = later.Cells[v].Size, all = covering.Sum(c => c.Voxels);
        float[] votes = [.. covering.Select(c => (float)c.Voxels / all)];
        int[] rivals = [.. Enumerable.Range(0, covering.Length).Where(n => covering[n].Voxels >= LeastContest * size)];
        if (!_options.Diffusion || rivals.Length < 2)
            return votes;
        float[] shares = diffusion.Vote(earlier, later, v, [.. rivals.Select(n => covering[n].Source)], overlaps.Shifts, _options.Spacing);
        Array.Clear(votes);
        for (int n = 0; n < rivals.Length; n++)
            votes[rivals[n]] = shares[n];
        return votes;
    }

    /// <summary>One parent for each later cell, the likeliest links first; a second child only where it is likelier than not.</summary>
    private static int[] LikelyParents(ScoredLink[] links, FlowFrame earlier, FlowFrame later)
    {
        const float least = 0.1f, leastSecond = 0.5f;
        int[] parents = new int[later.Cells.Count], children = new int[earlier.Cells.Count];
        Array.Fill(parents, -1);
        foreach (ScoredLink link in links.Where(l => l.Probability >= least).OrderByDescending(l => l.Probability).ThenBy(l => l.Target).ThenBy(l => l.Source))
        {
            int u = link.Source - earlier.FirstId, v = link.Target - later.FirstId;
            if (parents[v] >= 0 || children[u] >= 2 || (children[u] == 1 && link.Probability < leastSecond))
                continue;
            parents[v] = u;
            children[u]++;
        }
        return parents;
    }

    private static float LogArea(in Detection source, in Detection target)
    {
        const double daughterSurprise = 0.2;
        double ratio = Math.Log((double)target.Size / source.Size);
        return (float)Math.Min(Math.Abs(ratio), Math.Abs(ratio + Math.Log(2)) + daughterSurprise);
    }

    /// <summary>Against each frame's own median, so that bleaching and exposure do not count.</summary>
    private static float LogIntensity(FlowFrame earlier, in Detection source, FlowFrame later, in Detection target)
    {
        if (!(source.Intensity > 0 && target.Intensity > 0 && earlier.MedianIntensity > 0 && later.MedianIntensity > 0))
            return 0;
        return (float)Math.Abs(Math.Log(source.Intensity / earlier.MedianIntensity) - Math.Log(target.Intensity / later.MedianIntensity));
    }
}
