namespace Cellpose3D.Tracking.Metrics;

/// <summary>Nodes and edges found, spurious and missed, each on its own.</summary>
/// <param name="Nodes">Matched nodes.</param>
/// <param name="Edges">Edges whose two ends match the ends of an edge.</param>
public readonly record struct NodeEdgeScores(HitCounts Nodes, HitCounts Edges)
{
    /// <summary>Counts.</summary>
    /// <param name="reference">The truth; borrowed.</param>
    /// <param name="result">What is scored; borrowed.</param>
    /// <param name="matching">One to one; borrowed.</param>
    public static NodeEdgeScores Count(TrackGraph reference, TrackGraph result, NodeMatching matching)
    {
        int nodes = matching.Pairs.Count, edges = 0;
        foreach (GraphEdge edge in reference.Edges)
        {
            if (AogmCounts.IsFound(edge, result, matching))
                edges++;
        }
        return new NodeEdgeScores(
            new HitCounts(nodes, result.NodeCount - nodes, reference.NodeCount - nodes),
            new HitCounts(edges, result.Edges.Length - edges, reference.Edges.Length - edges));
    }
}
