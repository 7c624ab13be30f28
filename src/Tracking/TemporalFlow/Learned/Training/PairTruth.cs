namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>What the head should say of the pairs of a graph.</summary>
internal sealed class PairTruth
{
    private PairTruth(PairGraph graph)
    {
        int slots = graph.SlotCell.Length;
        (HasPartner, Divides, Reached) = (new float[slots], new float[slots], new float[slots]);
        ArcIsTrue = new float[2 * graph.Edges];
        EntryMotion = new float[2 * graph.EntrySlot.Length];
    }

    /// <summary>[slots] 1 where the cell has a partner in the other plane, or more.</summary>
    public float[] HasPartner { get; }

    /// <summary>[slots] 1 where a division lies between the cell and its partner.</summary>
    public float[] Divides { get; }

    /// <summary>[slots] 1 where the right answer is among the arcs, or is none.</summary>
    public float[] Reached { get; }

    /// <summary>[arcs] 1 where the arc leads to a partner.</summary>
    public float[] ArcIsTrue { get; }

    /// <summary>[entries, 2]: from the cell's centre to its partner's, drift taken off, in diameters; of a mother's pixel, to the daughter on its side.</summary>
    public float[] EntryMotion { get; }

    /// <summary>Finds what is true.</summary>
    /// <param name="graph">The pairs.</param>
    /// <param name="tracks">For each plane, the track of each of its cells.</param>
    /// <param name="ancestry">Who comes from whom.</param>
    /// <param name="diameter">Resized pixels of a mean diameter.</param>
    public static PairTruth Find(PairGraph graph, IReadOnlyList<int[]> tracks, Ancestry ancestry, double diameter)
    {
        var truth = new PairTruth(graph);
        for (int p = 0; p < graph.Pairs.Count; p++)
            truth.FindPair(graph, p, tracks, ancestry, diameter);
        return truth;
    }

    private void FindPair(PairGraph graph, int p, IReadOnlyList<int[]> tracks, Ancestry ancestry, double diameter)
    {
        FramePair pair = graph.Pairs[p];
        CellPlane earlier = graph.Planes[pair.Earlier], later = graph.Planes[pair.Later];
        int[] before = tracks[pair.Earlier], now = tracks[pair.Later];
        var present = before.ToHashSet();
        var indexOf = new Dictionary<int, int>();
        for (int u = 0; u < before.Length; u++)
            indexOf[before[u]] = u;
        int[] parents = new int[now.Length];
        var children = new List<int>?[before.Length];
        int back = graph.SlotStart[2 * p], ahead = graph.SlotStart[2 * p + 1];
        for (int v = 0; v < now.Length; v++)
        {
            (int label, bool divided) = ancestry.In(now[v], present);
            parents[v] = label == 0 ? -1 : indexOf[label];
            (HasPartner[back + v], Divides[back + v], Reached[back + v]) = (label == 0 ? 0 : 1, divided ? 1 : 0, label == 0 ? 1 : 0);
            if (label == 0)
                continue;
            (children[parents[v]] ??= []).Add(v);
            if (divided)
                Divides[ahead + parents[v]] = 1;
        }
        for (int u = 0; u < before.Length; u++)
            (HasPartner[ahead + u], Reached[ahead + u]) = (children[u] is null ? 0 : 1, children[u] is null ? 1 : 0);
        for (int e = 0; e < graph.Edges; e++)
        {
            if (graph.EdgePair[e] != p)
                continue;
            int u = (int)graph.EdgeSource[e] - graph.CellStart[pair.Earlier], v = (int)graph.EdgeTarget[e] - graph.CellStart[pair.Later];
            if (parents[v] != u)
                continue;
            ArcIsTrue[e] = ArcIsTrue[graph.Edges + e] = 1;
            Reached[back + v] = Reached[ahead + u] = 1;
        }
        for (int n = 0; n < graph.EntrySlot.Length; n++)
        {
            int slot = (int)graph.EntrySlot[n];
            if (slot >= back && slot < back + now.Length && parents[slot - back] is var u and >= 0)
                Set(n, earlier, u, later, slot - back, pair, 1);
            else if (slot >= ahead && slot < ahead + before.Length && children[slot - ahead] is { } heirs)
                Set(n, earlier, slot - ahead, later, Nearest(graph, n, slot - ahead, heirs, earlier, later, pair, diameter), pair, -1);
        }
    }

    private void Set(int entry, CellPlane earlier, int u, CellPlane later, int v, FramePair pair, int sign)
    {
        EntryMotion[2 * entry] = sign * (earlier.CentreY[u] + pair.DriftY - later.CentreY[v]);
        EntryMotion[2 * entry + 1] = sign * (earlier.CentreX[u] + pair.DriftX - later.CentreX[v]);
    }

    /// <summary>The heir whose direction, seen from the middle of all heirs, is the pixel's own, seen from the cell's centre: a mother is cut in two.</summary>
    private static int Nearest(PairGraph graph, int entry, int u, List<int> heirs, CellPlane earlier, CellPlane later, FramePair pair, double diameter)
    {
        if (heirs.Count == 1)
            return heirs[0];
        int node = (int)(graph.EntryNode[entry] % (earlier.Height * earlier.Width));
        float y = earlier.NodeY(node, diameter) - earlier.CentreY[u], x = earlier.NodeX(node, diameter) - earlier.CentreX[u];
        float middleY = heirs.Average(v => later.CentreY[v]), middleX = heirs.Average(v => later.CentreX[v]);
        return heirs.MaxBy(v => (later.CentreY[v] - middleY) * y + (later.CentreX[v] - middleX) * x);
    }
}
