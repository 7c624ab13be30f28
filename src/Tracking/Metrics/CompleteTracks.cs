namespace Cellpose3D.Tracking.Metrics;

/// <summary>How many reference tracks and families were found without a single error.</summary>
/// <param name="Tracklets">Reference tracks.</param>
/// <param name="CorrectTracklets">Those with every node and edge right.</param>
/// <param name="Lineages">Reference families.</param>
/// <param name="CorrectLineages">Those with every node and edge right.</param>
public readonly record struct CompleteTracks(int Tracklets, int CorrectTracklets, int Lineages, int CorrectLineages)
{
    /// <summary>Share of right tracks; null without any.</summary>
    public double? CompleteTracklets => Tracklets == 0 ? null : (double)CorrectTracklets / Tracklets;

    /// <summary>Share of right families; null without any.</summary>
    public double? CompleteLineages => Lineages == 0 ? null : (double)CorrectLineages / Lineages;

    /// <summary>Counts.</summary>
    /// <param name="reference">The truth; borrowed.</param>
    /// <param name="result">What is scored; borrowed.</param>
    /// <param name="matching">Which nodes show the same cell; borrowed.</param>
    /// <param name="rule">What makes a track wrong.</param>
    /// <remarks>A track that goes on in the result beyond its end is right nevertheless; one that divides falsely within is not.</remarks>
    public static CompleteTracks Count(TrackGraph reference, TrackGraph result, NodeMatching matching, TrackErrorRule rule = TrackErrorRule.Ctc)
    {
        var tracklets = new Tracklets(reference);
        bool[] wrongTrack = new bool[tracklets.Count], wrongFamily = new bool[reference.NodeCount];
        int[] family = Families(reference);
        for (int n = 0; n < reference.NodeCount; n++)
        {
            int found = rule == TrackErrorRule.Ctc ? matching.UniqueResultOf(n) : matching.ResultOf(n);
            bool isWrong = found < 0 || (rule == TrackErrorRule.Basic && result.Divides(found) && !reference.Divides(n));
            wrongTrack[tracklets.Of[n]] |= isWrong;
            wrongFamily[family[n]] |= isWrong;
        }
        foreach (GraphEdge edge in reference.Edges)
        {
            if (IsRight(edge, result, matching, rule))
                continue;
            wrongFamily[family[edge.Source]] = true;
            if (!reference.Divides(edge.Source))
                wrongTrack[tracklets.Of[edge.Source]] = true;
        }
        int families = 0, correct = 0;
        for (int n = 0; n < family.Length; n++)
        {
            if (family[n] != n)
                continue;
            families++;
            correct += wrongFamily[n] ? 0 : 1;
        }
        return new CompleteTracks(tracklets.Count, wrongTrack.Count(w => !w), families, correct);
    }

    private static bool IsRight(GraphEdge edge, TrackGraph result, NodeMatching matching, TrackErrorRule rule)
    {
        bool isCtc = rule == TrackErrorRule.Ctc;
        int source = isCtc ? matching.UniqueResultOf(edge.Source) : matching.ResultOf(edge.Source);
        int target = isCtc ? matching.UniqueResultOf(edge.Target) : matching.ResultOf(edge.Target);
        int found = source < 0 || target < 0 ? -1 : result.Find(source, target);
        return found >= 0 && (!isCtc || result.Edges[found].IsParentLink == edge.IsParentLink);
    }

    private static int[] Families(TrackGraph graph)
    {
        int[] family = new int[graph.NodeCount];
        for (int n = 0; n < family.Length; n++)
            family[n] = n;
        foreach (GraphEdge edge in graph.Edges)
        {
            int a = Root(edge.Source), b = Root(edge.Target);
            family[Math.Max(a, b)] = Math.Min(a, b);
        }
        for (int n = 0; n < family.Length; n++)
            family[n] = Root(n);
        return family;

        int Root(int n)
        {
            while (family[n] != n)
                n = family[n] = family[family[n]];
            return n;
        }
    }
}
