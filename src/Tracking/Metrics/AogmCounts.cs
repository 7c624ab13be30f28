namespace Cellpose3D.Tracking.Metrics;

/// <summary>What it takes to turn the result graph into the reference graph, and the scores that follow.</summary>
/// <param name="Nodes">Reference nodes.</param>
/// <param name="Edges">Reference edges.</param>
/// <param name="Splits">Splits needed (NS): a result node over k reference nodes needs k - 1.</param>
/// <param name="Missed">Reference nodes without a result (FN).</param>
/// <param name="Spurious">Result nodes without a reference (FP).</param>
/// <param name="EdgesToDelete">Result edges between uniquely matched nodes that the reference does not have (ED).</param>
/// <param name="EdgesToAdd">Reference edges that were not found (EA).</param>
/// <param name="EdgesToAlter">Edges found, but as a link within a track instead of between tracks, or the reverse (EC).</param>
/// <remarks>Matula et al. 2015; weights 5, 10, 1, 1, 1.5, 1 of the Cell Tracking Challenge.</remarks>
public readonly record struct AogmCounts(
    int Nodes, int Edges, int Splits, int Missed, int Spurious, int EdgesToDelete, int EdgesToAdd, int EdgesToAlter)
{
    /// <summary>Weighted sum of all corrections.</summary>
    public double Aogm => NodeCost + EdgeCost;

    /// <summary>Detection score; null without reference nodes.</summary>
    public double? Det => Score(NodeCost, 10.0 * Nodes);

    /// <summary>Tracking score; null without reference nodes.</summary>
    public double? Tra => Score(Aogm, 10.0 * Nodes + 1.5 * Edges);

    /// <summary>Linking score; null without reference edges.</summary>
    public double? Lnk => Score(EdgeCost, 1.5 * Edges);

    private double NodeCost => 5.0 * Splits + 10.0 * Missed + Spurious;

    private double EdgeCost => EdgesToDelete + 1.5 * EdgesToAdd + EdgesToAlter;

    /// <summary>Counts the corrections.</summary>
    /// <param name="reference">The truth; borrowed.</param>
    /// <param name="result">What is scored; borrowed.</param>
    /// <param name="matching">Which nodes show the same cell; borrowed.</param>
    public static AogmCounts Count(TrackGraph reference, TrackGraph result, NodeMatching matching)
    {
        int splits = 0, missed = 0, spurious = 0, delete = 0, add = 0, alter = 0;
        for (int n = 0; n < result.NodeCount; n++)
        {
            int shown = matching.ReferencesOf(n).Length;
            if (shown == 0)
                spurious++;
            else
                splits += shown - 1;
        }
        for (int n = 0; n < reference.NodeCount; n++)
        {
            if (matching.ResultsOf(n).IsEmpty)
                missed++;
        }
        foreach (GraphEdge edge in result.Edges)
        {
            if (!matching.IsUnique(edge.Source) || !matching.IsUnique(edge.Target))
                continue;
            int found = reference.Find(matching.ReferenceOf(edge.Source), matching.ReferenceOf(edge.Target));
            if (found < 0)
                delete++;
            else if (reference.Edges[found].IsParentLink != edge.IsParentLink)
                alter++;
        }
        foreach (GraphEdge edge in reference.Edges)
        {
            if (!IsFound(edge, result, matching))
                add++;
        }
        return new AogmCounts(reference.NodeCount, reference.Edges.Length, splits, missed, spurious, delete, add, alter);
    }

    /// <summary>Whether the result has a reference edge between nodes that show its ends and nothing else.</summary>
    internal static bool IsFound(GraphEdge edge, TrackGraph result, NodeMatching matching)
    {
        int source = matching.UniqueResultOf(edge.Source), target = matching.UniqueResultOf(edge.Target);
        return source >= 0 && target >= 0 && result.Find(source, target) >= 0;
    }

    private static double? Score(double cost, double worst) => worst == 0 ? null : 1 - Math.Min(cost, worst) / worst;
}
