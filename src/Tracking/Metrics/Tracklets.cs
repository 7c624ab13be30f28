namespace Cellpose3D.Tracking.Metrics;

/// <summary>The tracklets of a graph: what is left connected once the edges out of dividing nodes are taken away.</summary>
internal sealed class Tracklets
{
    private readonly List<int>[] _children, _parents;

    public Tracklets(TrackGraph graph)
    {
        int[] root = new int[graph.NodeCount];
        for (int n = 0; n < root.Length; n++)
            root[n] = n;
        foreach (GraphEdge edge in graph.Edges)
        {
            if (!graph.Divides(edge.Source))
                Join(root, edge.Source, edge.Target);
        }
        Of = new int[root.Length];
        int[] number = new int[root.Length];
        for (int n = 0; n < root.Length; n++)
        {
            int r = Root(root, n);
            if (r == n)                                                  // the root is a tracklet's smallest node
                number[n] = Count++;
            Of[n] = number[r];
        }
        (_children, _parents) = (new List<int>[Count], new List<int>[Count]);
        foreach (GraphEdge edge in graph.Edges)
        {
            if (!graph.Divides(edge.Source))
                continue;
            (_children[Of[edge.Source]] ??= []).Add(Of[edge.Target]);
            (_parents[Of[edge.Target]] ??= []).Add(Of[edge.Source]);
        }
    }

    /// <summary>Number of tracklets.</summary>
    public int Count { get; }

    /// <summary>Tracklet of each node, numbered by their smallest nodes.</summary>
    public int[] Of { get; }

    /// <summary>A tracklet with all its ancestors and all its descendants, but no siblings.</summary>
    public List<int> Clique(int tracklet)
    {
        var clique = new List<int> { tracklet };
        Walk(clique, tracklet, _children);
        Walk(clique, tracklet, _parents);
        return clique;
    }

    private static void Walk(List<int> into, int from, List<int>[] next)
    {
        var seen = new HashSet<int> { from };
        var open = new Stack<int>([from]);
        while (open.TryPop(out int at))
        {
            foreach (int to in next[at] ?? [])
            {
                if (seen.Add(to))
                {
                    into.Add(to);
                    open.Push(to);
                }
            }
        }
    }

    private static void Join(int[] root, int a, int b)
    {
        (a, b) = (Root(root, a), Root(root, b));
        if (a != b)
            root[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(int[] root, int n)
    {
        while (root[n] != n)
            n = root[n] = root[root[n]];
        return n;
    }
}
