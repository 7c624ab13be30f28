using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>Cells and links as metrics see them: nodes with frames, edges forward in time, nothing of shapes.</summary>
public sealed class TrackGraph
{
    private readonly GraphEdge[] _edges;                                 // by source, then target
    private readonly int[] _outStart;                                    // [nodes + 1], into _edges
    private readonly int[] _inStart;                                     // [nodes + 1], into _incoming
    private readonly int[] _incoming;                                    // edge indices by target

    /// <summary>Makes a graph.</summary>
    /// <param name="frames">Frame of each node; borrowed.</param>
    /// <param name="edges">The edges, in any order; borrowed.</param>
    /// <exception cref="ArgumentException">An edge does not lead to a later frame, names a node that is not, or stands twice.</exception>
    public TrackGraph(int[] frames, IEnumerable<GraphEdge> edges)
    {
        Frames = frames;
        _edges = [.. edges];
        Array.Sort(_edges, (a, b) => a.Source != b.Source ? a.Source.CompareTo(b.Source) : a.Target.CompareTo(b.Target));
        (_outStart, _inStart) = (new int[frames.Length + 1], new int[frames.Length + 1]);
        _incoming = new int[_edges.Length];
        for (int e = 0; e < _edges.Length; e++)
        {
            GraphEdge edge = _edges[e];
            if ((uint)edge.Source >= (uint)frames.Length || (uint)edge.Target >= (uint)frames.Length)
                throw new ArgumentException($"nodes are numbered 0 to {frames.Length - 1}; got an edge from {edge.Source} to {edge.Target}.", nameof(edges));
            if (frames[edge.Source] >= frames[edge.Target])
                throw new ArgumentException($"an edge must lead to a later frame; got frame {frames[edge.Source]} to frame {frames[edge.Target]}.", nameof(edges));
            if (e > 0 && _edges[e - 1].Source == edge.Source && _edges[e - 1].Target == edge.Target)
                throw new ArgumentException($"the edge from {edge.Source} to {edge.Target} stands twice.", nameof(edges));
            _outStart[edge.Source + 1]++;
            _inStart[edge.Target + 1]++;
        }
        for (int n = 0; n < frames.Length; n++)
        {
            _outStart[n + 1] += _outStart[n];
            _inStart[n + 1] += _inStart[n];
        }
        int[] fill = [.. _inStart];
        for (int e = 0; e < _edges.Length; e++)
            _incoming[fill[_edges[e].Target]++] = e;
    }

    /// <summary>Frame of each node; shared.</summary>
    public IReadOnlyList<int> Frames { get; }

    /// <summary>Number of nodes.</summary>
    public int NodeCount => Frames.Count;

    /// <summary>The edges, by source, then by target; shared.</summary>
    public ReadOnlySpan<GraphEdge> Edges => _edges;

    /// <summary>The edges that leave a node.</summary>
    /// <param name="node">The node.</param>
    public ReadOnlySpan<GraphEdge> Out(int node) => _edges.AsSpan(_outStart[node].._outStart[node + 1]);

    /// <summary>Indices of the edges that reach a node.</summary>
    /// <param name="node">The node.</param>
    public ReadOnlySpan<int> In(int node) => _incoming.AsSpan(_inStart[node].._inStart[node + 1]);

    /// <summary>Number of edges that leave a node.</summary>
    /// <param name="node">The node.</param>
    public int OutDegree(int node) => _outStart[node + 1] - _outStart[node];

    /// <summary>Index of the edge between two nodes, or -1.</summary>
    /// <param name="source">Earlier node.</param>
    /// <param name="target">Later node.</param>
    public int Find(int source, int target)
    {
        for (int e = _outStart[source]; e < _outStart[source + 1]; e++)
        {
            if (_edges[e].Target == target)
                return e;
        }
        return -1;
    }

    /// <summary>Index of the first edge that leaves a node, in <see cref="Edges"/>.</summary>
    /// <param name="node">The node.</param>
    public int FirstOut(int node) => _outStart[node];

    /// <summary>Whether a node divides.</summary>
    /// <param name="node">The node.</param>
    public bool Divides(int node) => OutDegree(node) > 1;

    /// <summary>The nodes that divide, ascending.</summary>
    public IEnumerable<int> Divisions()
    {
        for (int n = 0; n < NodeCount; n++)
        {
            if (Divides(n))
                yield return n;
        }
    }

    /// <summary>The same graph where only edges at divisions and merges join two tracks.</summary>
    /// <remarks>As traccuracy reads it. The Cell Tracking Challenge counts every link to a parent, an only child's after a gap too.</remarks>
    public TrackGraph WithDivisionSemantics()
    {
        int[] frames = [.. Frames];
        return new TrackGraph(frames, _edges.Select(e => e with { IsParentLink = OutDegree(e.Source) > 1 || In(e.Target).Length > 1 }));
    }

    /// <summary>The graph of a solution, as its CTC rows would tell it: links after a division or a gap join two tracks.</summary>
    /// <param name="solution">The solution; borrowed. Node numbers are cell ids.</param>
    public static TrackGraph FromSolution(TrackingSolution solution)
    {
        int[] frames = new int[solution.Detections.Count];
        for (int n = 0; n < frames.Length; n++)
            frames[n] = solution.Detections.FrameOf(n);
        return new TrackGraph(frames, solution.Links.Select(l =>
            new GraphEdge(l.Source, l.Target, frames[l.Target] > frames[l.Source] + 1 || solution.ChildCount(l.Source) > 1)));
    }

    /// <summary>The graph of rows and masks: a label present in two neighbouring frames is an edge, and so is every row's parent.</summary>
    /// <param name="rows">The rows; borrowed.</param>
    /// <param name="labels">Labels present in each frame, ascending; borrowed. Nodes are numbered by frame, then by label.</param>
    /// <exception cref="InvalidDataException">A row's parent or first mask is missing.</exception>
    public static TrackGraph FromRows(IReadOnlyList<TrackRow> rows, IReadOnlyList<int[]> labels)
    {
        int[] starts = new int[labels.Count + 1];
        for (int t = 0; t < labels.Count; t++)
            starts[t + 1] = starts[t] + labels[t].Length;
        int[] frames = new int[starts[^1]];
        var edges = new List<GraphEdge>();
        for (int t = 0; t < labels.Count; t++)
        {
            frames.AsSpan(starts[t]..starts[t + 1]).Fill(t);
            if (t + 1 == labels.Count)
                break;
            int[] here = labels[t], next = labels[t + 1];
            for (int i = 0, j = 0; i < here.Length && j < next.Length;)
            {
                if (here[i] == next[j])
                    edges.Add(new GraphEdge(starts[t] + i++, starts[t + 1] + j++, IsParentLink: false));
                else if (here[i] < next[j])
                    i++;
                else
                    j++;
            }
        }
        Dictionary<int, TrackRow> byLabel = rows.ToDictionary(r => r.Label);
        foreach (TrackRow row in rows)
        {
            if (row.Parent > 0)
                edges.Add(new GraphEdge(Node(byLabel[row.Parent].End, row.Parent), Node(row.Begin, row.Label), IsParentLink: true));
        }
        return new TrackGraph(frames, edges);

        int Node(int t, int label)
        {
            int at = t < labels.Count ? Array.BinarySearch(labels[t], label) : -1;
            return at >= 0 ? starts[t] + at : throw new InvalidDataException($"frame {t} has no mask {label}, which a row names.");
        }
    }
}
