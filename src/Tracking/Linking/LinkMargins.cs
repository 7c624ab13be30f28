using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.Linking;

/// <summary>How much more a solution would cost without one of its links, for each of them.</summary>
/// <remarks>
/// Forbidding a link sends its unit on the cheapest detour in the residual graph: either through the source (some cell appears or
/// disappears, divides or not), or round a cycle of neighbours who swap parents. Detours through the source are
/// two shortest-path trees for all links together; the others are searched nearby, as far as the detour through the source is long. Prices
/// make all residual costs positive.
/// </remarks>
internal sealed class LinkMargins
{
    private const long Infinite = long.MaxValue / 4;

    private readonly LinkingProblem _problem;
    private readonly LinkingAnswer _answer;
    private readonly int _parents, _nodes;
    private readonly int[] _outStart, _outTo, _inStart, _inFrom;
    private readonly long[] _outCost, _inCost;
    private readonly long[] _price;

    private LinkMargins(LinkingProblem problem, LinkingAnswer answer)
    {
        (_problem, _answer) = (problem, answer);
        _parents = problem.Disappear.Length;
        _nodes = 1 + _parents + problem.Appear.Length;
        List<(int From, int To, long Cost)> residual = Residual();
        (_outStart, _outTo, _outCost) = Group(residual, reverse: false);
        (_inStart, _inFrom, _inCost) = Group(residual, reverse: true);
        _price = Prices();
    }

    /// <summary>Computes the margins.</summary>
    /// <param name="problem">The problem; borrowed.</param>
    /// <param name="answer">Its optimum; borrowed.</param>
    /// <param name="largest">Margins are not followed beyond this.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>For each child, the margin of its link, or <paramref name="largest"/> where it has none.</returns>
    public static long[] Compute(LinkingProblem problem, LinkingAnswer answer, long largest, int threads = 0)
    {
        var margins = new LinkMargins(problem, answer);
        long[] fromSource = margins.Distances(0, margins._outStart, margins._outTo, margins._outCost, forward: true);
        long[] toSource = margins.Distances(0, margins._inStart, margins._inFrom, margins._inCost, forward: false);
        long[] result = new long[problem.Appear.Length];
        Parallel.For(
            0, result.Length, ThreadCount.Options(threads), () => new Search(margins._nodes),
            (c, state, search) =>
            {
                result[c] = largest;
                if (answer.ArcOfChild[c] < 0)
                    return search;
                (int p, _, long cost) = problem.Arcs[answer.ArcOfChild[c]];
                int parent = 1 + p, child = 1 + margins._parents + c;
                long through = toSource[parent] >= Infinite || fromSource[child] >= Infinite ? Infinite : toSource[parent] + fromSource[child];
                result[c] = margins.Nearby(parent, child, Math.Min(largest + cost, through), search) - cost;
                return search;
            },
            _ => { });
        return result;
    }

    private List<(int From, int To, long Cost)> Residual()
    {
        var arcs = new List<(int, int, long)>();
        int[] taken = new int[_parents];
        for (int a = 0; a < _problem.Arcs.Count; a++)
        {
            (int p, int c, long cost) = _problem.Arcs[a];
            int parent = 1 + p, child = 1 + _parents + c;
            if (_answer.ArcOfChild[c] == a)
            {
                arcs.Add((child, parent, -cost));
                taken[p]++;
            }
            else
                arcs.Add((parent, child, cost));
        }
        for (int p = 0; p < _parents; p++)
        {
            bool hasFirst = _problem.Used[p] == 0;
            if (hasFirst)
                arcs.Add(taken[p] == 0 ? (0, 1 + p, -_problem.Disappear[p]) : (1 + p, 0, _problem.Disappear[p]));
            if (_problem.Used[p] <= 1 && _problem.Divide[p] != LinkingProblem.Never)
            {
                bool isTaken = taken[p] > (hasFirst ? 1 : 0);
                arcs.Add(isTaken ? (1 + p, 0, -_problem.Divide[p]) : (0, 1 + p, _problem.Divide[p]));
            }
        }
        for (int c = 0; c < _problem.Appear.Length; c++)
        {
            if (_problem.Appear[c] != LinkingProblem.Never)
                arcs.Add(_answer.ArcOfChild[c] < 0 ? (1 + _parents + c, 0, -_problem.Appear[c]) : (0, 1 + _parents + c, _problem.Appear[c]));
        }
        return arcs;
    }

    private (int[] Start, int[] To, long[] Cost) Group(List<(int From, int To, long Cost)> arcs, bool reverse)
    {
        int[] start = new int[_nodes + 1], to = new int[arcs.Count];
        long[] cost = new long[arcs.Count];
        foreach ((int from, int into, _) in arcs)
            start[(reverse ? into : from) + 1]++;
        for (int n = 0; n < _nodes; n++)
            start[n + 1] += start[n];
        int[] fill = [.. start];
        foreach ((int from, int into, long c) in arcs)
        {
            int at = fill[reverse ? into : from]++;
            (to[at], cost[at]) = (reverse ? from : into, c);
        }
        return (start, to, cost);
    }

    /// <summary>Prices with cost + price of the start - price of the end at least 0 on every residual arc.</summary>
    private long[] Prices()
    {
        long[] price = new long[_nodes];
        bool hasChanged = true;
        for (int round = 0; hasChanged; round++)
        {
            if (round > _nodes)
                throw new InvalidOperationException("the flow is not optimal: its residual graph has a negative cycle.");
            hasChanged = false;
            for (int n = _nodes - 1; n >= 0; n--)                        // children, parents, source
            {
                for (int e = _outStart[n]; e < _outStart[n + 1]; e++)
                {
                    if (price[n] + _outCost[e] >= price[_outTo[e]])
                        continue;
                    price[_outTo[e]] = price[n] + _outCost[e];
                    hasChanged = true;
                }
            }
        }
        return price;
    }

    private long[] Distances(int root, int[] start, int[] to, long[] cost, bool forward)
    {
        long[] distance = new long[_nodes];
        Array.Fill(distance, Infinite);
        distance[root] = 0;
        var open = new PriorityQueue<int, long>();
        open.Enqueue(root, 0);
        while (open.TryDequeue(out int node, out long at))
        {
            if (at > distance[node])
                continue;
            for (int e = start[node]; e < start[node + 1]; e++)
            {
                long step = forward ? cost[e] + _price[node] - _price[to[e]] : cost[e] + _price[to[e]] - _price[node];
                if (at + step >= distance[to[e]])
                    continue;
                distance[to[e]] = at + step;
                open.Enqueue(to[e], at + step);
            }
        }
        for (int n = 0; n < _nodes; n++)
        {
            if (distance[n] < Infinite)
                distance[n] += forward ? _price[n] - _price[root] : _price[root] - _price[n];
        }
        return distance;
    }

    /// <summary>The shortest way from a parent to a child that avoids the source, where it is shorter than the bound; else the bound.</summary>
    private long Nearby(int from, int to, long bound, Search search)
    {
        search.Begin();
        long offset = _price[from] - _price[to];                         // a priced length less this is the true one
        search.Reach(from, 0);
        while (search.Open.TryDequeue(out int node, out long at))
        {
            if (at - offset >= bound)
                return bound;
            if (node == to)
                return at - offset;
            if (at > search.Distance(node))
                continue;
            for (int e = _outStart[node]; e < _outStart[node + 1]; e++)
            {
                int next = _outTo[e];
                if (next != 0)
                    search.Reach(next, at + _outCost[e] + _price[node] - _price[next]);
            }
        }
        return bound;
    }

    /// <summary>Distances of one search, forgotten without being cleared.</summary>
    private sealed class Search(int nodes)
    {
        private readonly long[] _distance = new long[nodes];
        private readonly int[] _stamp = new int[nodes];
        private int _now;

        public PriorityQueue<int, long> Open { get; } = new();

        public void Begin()
        {
            _now++;
            Open.Clear();
        }

        public long Distance(int node) => _stamp[node] == _now ? _distance[node] : long.MaxValue;

        public void Reach(int node, long distance)
        {
            if (distance >= Distance(node))
                return;
            (_stamp[node], _distance[node]) = (_now, distance);
            Open.Enqueue(node, distance);
        }
    }
}
