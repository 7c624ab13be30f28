namespace Cellpose3D.Tracking.Metrics;

/// <summary>Compares the divisions of two graphs, as traccuracy does, for several buffers at once.</summary>
/// <remarks>
/// A missed and a spurious division count as one that is merely shifted when the earlier one's parent matches the later
/// one's ancestor in that frame, and both daughters of the earlier one lead, before another division, to matched cells
/// that descend from it in the other graph too.
/// </remarks>
public sealed class DivisionScorer
{
    private readonly TrackGraph _reference, _result;
    private readonly NodeMatching _matching;
    private readonly bool _relaxSkips;
    private readonly List<int> _missed = [], _spurious = [];
    private int _hits, _skipHits, _wrongChildren;

    private DivisionScorer(TrackGraph reference, TrackGraph result, NodeMatching matching, bool relaxSkips)
    {
        (_reference, _result, _matching, _relaxSkips) = (reference, result, matching, relaxSkips);
    }

    /// <summary>Scores buffers of 0 to <paramref name="largestBuffer"/> frames.</summary>
    /// <param name="reference">The truth, without merges; borrowed.</param>
    /// <param name="result">What is scored, without merges; borrowed.</param>
    /// <param name="matching">One to one; borrowed.</param>
    /// <param name="largestBuffer">Frames a division may come early or late.</param>
    /// <param name="relaxSkips">Whether an edge over several frames may stand for a path of unmatched cells, and the reverse.</param>
    /// <returns>One score for each buffer, from 0.</returns>
    public static IReadOnlyList<DivisionScores> Score(
        TrackGraph reference, TrackGraph result, NodeMatching matching, int largestBuffer, bool relaxSkips = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(largestBuffer);
        var scorer = new DivisionScorer(reference, result, matching, relaxSkips);
        scorer.Classify();
        var scores = new DivisionScores[largestBuffer + 1];
        var corrected = new HashSet<(bool IsResult, int Node)>();
        int shifted = 0, shiftedSkips = 0;
        for (int buffer = 0; buffer <= largestBuffer; buffer++)
        {
            if (buffer > 0)
                scorer.Forgive(buffer, corrected, ref shifted, ref shiftedSkips);
            int all = shifted + shiftedSkips;
            scores[buffer] = new DivisionScores(
                buffer, reference.Divisions().Count(), result.Divisions().Count(), scorer._hits + shifted, scorer._skipHits + shiftedSkips,
                scorer._spurious.Count - all, scorer._missed.Count - all, scorer._wrongChildren);
        }
        return scores;
    }

    private void Classify()
    {
        var open = new SortedSet<int>(_result.Divisions());
        foreach (int mother in _reference.Divisions())
        {
            int found = _matching.ResultOf(mother);
            if (found < 0 || !_result.Divides(found))
            {
                _missed.Add(mother);
                continue;
            }
            open.Remove(found);
            int right = 0;
            bool overSkip = false;
            foreach (GraphEdge edge in _reference.Out(mother))
            {
                int target = _matching.ResultOf(edge.Target);
                if (target >= 0 && _result.Find(found, target) >= 0)
                    right++;
                else if (_relaxSkips && IsSkipPath(edge))
                {
                    right++;
                    overSkip = true;
                }
            }
            if (right < 2)
                _wrongChildren++;
            else if (overSkip)
                _skipHits++;
            else
                _hits++;
        }
        _spurious.AddRange(open);
    }

    /// <summary>Whether a reference edge skips frames and the result has the path, or lies on the path for which a result edge skips.</summary>
    private bool IsSkipPath(GraphEdge edge)
    {
        if (IsSkip(_reference, edge))
        {
            int source = _matching.ResultOf(edge.Source), target = _matching.ResultOf(edge.Target);
            return source >= 0 && target >= 0 && IsUnmatchedPath(_result, source, target, n => _matching.ReferenceOf(n) >= 0);
        }
        foreach (GraphEdge skip in _result.Edges)
        {
            int source = _matching.ReferenceOf(skip.Source), target = _matching.ReferenceOf(skip.Target);
            if (IsSkip(_result, skip) && source >= 0 && target >= 0
                && IsUnmatchedPath(_reference, source, target, n => _matching.ResultOf(n) >= 0)
                && (edge.Source == source || Descends(_reference, source, edge.Source))
                && (edge.Target == target || Descends(_reference, edge.Target, target)))
                return true;
        }
        return false;
    }

    private void Forgive(int buffer, HashSet<(bool IsResult, int Node)> corrected, ref int shifted, ref int shiftedSkips)
    {
        foreach (int extra in _spurious)
        {
            foreach (int lost in _missed)
            {
                int distance = Math.Abs(_result.Frames[extra] - _reference.Frames[lost]);
                if (distance == 0 || distance > buffer || corrected.Contains((true, extra)) || corrected.Contains((false, lost)))
                    continue;
                bool isShifted = _result.Frames[extra] < _reference.Frames[lost]
                    ? IsShifted(_result, extra, _reference, lost, _matching.ReferenceOf)
                    : IsShifted(_reference, lost, _result, extra, _matching.ResultOf);
                if (!isShifted)
                    continue;
                corrected.Add((true, extra));
                corrected.Add((false, lost));
                if (_relaxSkips && (HasSkip(_result, extra) || HasSkip(_reference, lost)))
                    shiftedSkips++;
                else
                    shifted++;
            }
        }
    }

    private static bool IsShifted(TrackGraph early, int earlyNode, TrackGraph late, int lateNode, Func<int, int> match)
    {
        int ancestor = lateNode;
        for (int step = late.Frames[lateNode] - early.Frames[earlyNode]; step > 0; step--)
        {
            if (late.In(ancestor) is not [int edge, ..])
                return false;
            ancestor = late.Edges[edge].Source;
        }
        if (match(earlyNode) != ancestor)
            return false;
        int right = 0;
        foreach (GraphEdge daughter in early.Out(earlyNode))
        {
            for (int at = daughter.Target; at >= 0; at = early.OutDegree(at) == 1 ? early.Out(at)[0].Target : -1)
            {
                int other = match(at);
                if (other >= 0 && Descends(late, ancestor, other))
                {
                    right++;
                    break;
                }
            }
        }
        return right == 2;
    }

    private static bool IsSkip(TrackGraph graph, GraphEdge edge) => graph.Frames[edge.Target] > graph.Frames[edge.Source] + 1;

    private static bool HasSkip(TrackGraph graph, int mother)
    {
        foreach (GraphEdge edge in graph.Out(mother))
        {
            if (IsSkip(graph, edge))
                return true;
        }
        return false;
    }

    private static bool Descends(TrackGraph graph, int ancestor, int node)
    {
        while (node != ancestor)
        {
            if (graph.In(node) is not [int edge, ..])
                return false;
            node = graph.Edges[edge].Source;
        }
        return true;
    }

    private static bool IsUnmatchedPath(TrackGraph graph, int source, int target, Func<int, bool> isMatched)
    {
        for (int node = target; graph.In(node) is [int edge, ..];)
        {
            node = graph.Edges[edge].Source;
            if (node == source)
                return true;
            if (isMatched(node))
                return false;
        }
        return false;
    }
}
