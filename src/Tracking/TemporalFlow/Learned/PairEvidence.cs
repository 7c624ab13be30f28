namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>What the head says of the cells of two frames, by the cells' indices.</summary>
internal sealed class PairEvidence
{
    private readonly Dictionary<(int Source, int Target), LearnedFeatures> _links = [];

    /// <summary>Puts the numbers of edges together.</summary>
    /// <param name="edges">Cells, log odds, and logs of both probabilities of each edge, with the place from the later cell to the earlier one in diameters.</param>
    /// <param name="back">Where the later cells are carried.</param>
    /// <param name="ahead">Where the earlier cells are carried.</param>
    /// <param name="events">Log odds: appears and is a daughter for later cells, vanishes and divides for earlier ones.</param>
    public PairEvidence(
        IReadOnlyList<(int Source, int Target, float Logit, float LogBack, float LogAhead, float Z, float Y, float X)> edges,
        FlowSamples back, FlowSamples ahead, (float[] Appears, float[] IsDaughter, float[] Vanishes, float[] Divides) events)
    {
        (Appears, IsDaughter, Vanishes, Divides) = events;
        var byTarget = new List<(int, float, float, float)>?[Appears.Length];
        var bySource = new List<(int, float, float, float)>?[Vanishes.Length];
        for (int e = 0; e < edges.Count; e++)
        {
            (byTarget[edges[e].Target] ??= []).Add((e, edges[e].Z, edges[e].Y, edges[e].X));
            (bySource[edges[e].Source] ??= []).Add((e, -edges[e].Z, -edges[e].Y, -edges[e].X));
        }
        float[] votesBack = new float[edges.Count], votesAhead = new float[edges.Count], farBack = new float[edges.Count], farAhead = new float[edges.Count];
        FlowVotes.Count(back, byTarget, votesBack, farBack);
        FlowVotes.Count(ahead, bySource, votesAhead, farAhead);
        for (int e = 0; e < edges.Count; e++)
        {
            (int u, int v, float logit, float logBack, float logAhead, _, _, _) = edges[e];
            _links[(u, v)] = new LearnedFeatures(
                logit, Math.Max(LearnedFeatures.LeastLog, logBack), Math.Max(LearnedFeatures.LeastLog, logAhead),
                votesBack[e], votesAhead[e], farBack[e], farAhead[e], Appears[v], Vanishes[u]);
        }
    }

    /// <summary>Log odds that each later cell has no parent.</summary>
    public float[] Appears { get; }

    /// <summary>Log odds that each later cell is one of two daughters.</summary>
    public float[] IsDaughter { get; }

    /// <summary>Log odds that each earlier cell has no successor.</summary>
    public float[] Vanishes { get; }

    /// <summary>Log odds that each earlier cell divides.</summary>
    public float[] Divides { get; }

    /// <summary>Pairs that were compared, by source, then by target.</summary>
    public IEnumerable<(int Source, int Target)> Compared => _links.Keys.Order();

    /// <summary>What is said of a link.</summary>
    /// <param name="source">Index of the earlier cell.</param>
    /// <param name="target">Index of the later cell.</param>
    public LearnedFeatures Of(int source, int target) =>
        _links.TryGetValue((source, target), out LearnedFeatures found) ? found : LearnedFeatures.OutOfReach(Appears[target], Vanishes[source]);
}
