using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.Linking;

/// <summary>Decides anew who the parents of the cells of some frames are; everything outside stays as it is.</summary>
public sealed class WindowSolver
{
    private const double Scale = 1000;                                   // costs are whole thousandths of a nat
    private const double LargestNats = 14;                               // of a link, as its probability is kept from 0 and 1
    private const int MostRounds = 4;                                    // of taking back divisions whose daughters vanish; two do as a rule
    private const long LargestMargin = 10_000;                           // a link that costs 10 nats to leave is certain

    private readonly TrackingSolution _solution;
    private readonly CandidateStore _candidates;
    private readonly LinkingOptions _options;

    /// <summary>Prepares.</summary>
    /// <param name="solution">What is solved; its links change.</param>
    /// <param name="candidates">Possible links; borrowed.</param>
    /// <param name="options">Costs.</param>
    public WindowSolver(TrackingSolution solution, CandidateStore candidates, LinkingOptions options)
    {
        options.Validate();
        (_solution, _candidates, _options) = (solution, candidates, options);
    }

    /// <summary>Solves the frames of a window.</summary>
    /// <param name="first">First frame whose cells get a parent.</param>
    /// <param name="last">Last frame, inclusive.</param>
    /// <param name="keepTo">Last frame whose links are kept.</param>
    /// <param name="isEnd">Whether the movie ends with <paramref name="last"/> or the frames behind are unknown: then no cell of it disappears.</param>
    /// <returns>What the window costs, in nats.</returns>
    /// <exception cref="ArgumentException">Pins contradict each other.</exception>
    public double Solve(int first, int last, int keepTo, bool isEnd)
    {
        DetectionTable cells = _solution.Detections;
        int firstChild = cells.FrameStart(first), endChild = cells.FrameStart(last + 1);
        int firstParent = cells.FrameStart(Math.Max(0, first - _candidates.LargestStep));
        var problem = new LinkingProblem(endChild - firstParent, endChild - firstChild);
        for (int id = firstParent; id < endChild; id++)
        {
            int p = id - firstParent;
            problem.Used[p] = (byte)Math.Min(2, OutsideChildren(id, firstChild, endChild));
            bool isLast = isEnd && cells.FrameOf(id) == last;
            problem.Disappear[p] = isLast ? 0 : Cost(_options.DisappearNats * Inside(cells[id]));
            problem.Divide[p] = DivisionCost(id, problem.Disappear[p]);
        }
        for (int id = firstChild; id < endChild; id++)
            problem.Appear[id - firstChild] = cells.FrameOf(id) == 0 ? 0 : Cost(_options.AppearNats * Inside(cells[id]));

        var arcs = new List<CandidateLink>();
        Dictionary<int, int> accepted = AcceptedParents(firstChild, endChild);
        HashSet<(int, int)> forbidden = [.. _solution.Pins.Where(p => !p.Accept).Select(p => (p.Source, p.Target))];
        for (int t = first; t <= last; t++)
        {
            foreach (CandidateLink link in _candidates.To(t))
            {
                bool isOpen = accepted.TryGetValue(link.Target, out int parent)
                    ? parent == link.Source
                    : !forbidden.Contains((link.Source, link.Target)) && IsWorthwhile(problem, link, firstParent, firstChild);
                if (isOpen)
                    AddArc(problem, arcs, link, firstParent, firstChild);
            }
        }
        Impose(problem, arcs, accepted, firstParent, firstChild);

        LinkingAnswer answer = MinCostLinker.Solve(problem);
        for (int round = 0; round < MostRounds && ForbidShortDaughters(problem, answer, arcs, accepted, firstParent, firstChild, last); round++)
            answer = MinCostLinker.Solve(problem);
        long[]? margins = _options.Margins ? LinkMargins.Compute(problem, answer, LargestMargin, _options.Threads) : null;
        int endKept = cells.FrameStart(keepTo + 1);
        for (int id = firstChild; id < endKept; id++)
        {
            int arc = answer.ArcOfChild[id - firstChild];
            if (arc < 0)
                _solution.Unlink(id);
            else
                _solution.SetLink(new Link(arcs[arc].Source, id, arcs[arc].Probability, margins is null ? float.NaN : (float)(margins[id - firstChild] / Scale)));
        }
        return answer.Cost / Scale;
    }

    /// <summary>Whether a link is not dearer than its cells are apart, one disappearing and the other appearing: if it is, no optimum has it and no detour leads over it.</summary>
    /// <remarks>A second child is no exception: it never costs less than not disappearing gains. Two in three links of a usual movie go, and most of the solver's time.</remarks>
    private static bool IsWorthwhile(LinkingProblem problem, CandidateLink link, int firstParent, int firstChild) =>
        link.Source < firstParent || Cost(-link.Logit) <= problem.Disappear[link.Source - firstParent] + problem.Appear[link.Target - firstChild];

    private static void AddArc(LinkingProblem problem, List<CandidateLink> arcs, CandidateLink link, int firstParent, int firstChild)
    {
        if (link.Source < firstParent)
            return;
        problem.AddArc(link.Source - firstParent, link.Target - firstChild, Cost(-link.Logit));
        arcs.Add(link);
    }

    /// <summary>Leaves a pinned child its pinned parent alone.</summary>
    private void Impose(LinkingProblem problem, List<CandidateLink> arcs, Dictionary<int, int> accepted, int firstParent, int firstChild)
    {
        HashSet<int> present = [.. arcs.Where(a => accepted.ContainsKey(a.Target)).Select(a => a.Target)];
        var children = new Dictionary<int, int>();
        foreach ((int target, int source) in accepted.OrderBy(a => a.Key))
        {
            if (source < firstParent)
                throw new ArgumentException($"cell {target} is pinned to {source}, which lies more frames back than links may span ({_candidates.LargestStep}).");
            int p = source - firstParent, count = children[source] = children.GetValueOrDefault(source) + 1;
            if (problem.Used[p] + count > 2)
                throw new ArgumentException($"a cell has at most two children; cell {source} is pinned to more.");
            if (problem.Used[p] + count == 2 && problem.Divide[p] == LinkingProblem.Never)
                problem.Divide[p] = 0;                                   // the user says that it divides
            if (!present.Contains(target))
                AddArc(problem, arcs, new CandidateLink(source, target, 0.5f), firstParent, firstChild);
            problem.Appear[target - firstChild] = LinkingProblem.Never;
        }
    }

    /// <summary>Forbids, for every division with a daughter that is gone too soon, the link to the one gone first.</summary>
    /// <returns>Whether there was any.</returns>
    private bool ForbidShortDaughters(
        LinkingProblem problem, LinkingAnswer answer, List<CandidateLink> arcs, Dictionary<int, int> accepted, int firstParent, int firstChild, int last)
    {
        if (_options.LeastDaughterFrames <= 1)
            return false;
        DetectionTable cells = _solution.Detections;
        int[] next = new int[problem.Disappear.Length], count = new int[next.Length];      // by parent: its child, and how many
        var shortest = new Dictionary<int, (int Life, int Arc)>();
        foreach (int arc in answer.ArcOfChild)
        {
            if (arc < 0)
                continue;
            int parent = arcs[arc].Source - firstParent;
            next[parent] = arcs[arc].Target;
            count[parent]++;
        }
        foreach (int arc in answer.ArcOfChild)
        {
            if (arc < 0 || count[arcs[arc].Source - firstParent] + problem.Used[arcs[arc].Source - firstParent] < 2 || accepted.ContainsKey(arcs[arc].Target))
                continue;
            int cell = arcs[arc].Target, born = cells.FrameOf(cell);
            while (count[cell - firstParent] == 1 && cells.FrameOf(cell) - born < _options.LeastDaughterFrames)
                cell = next[cell - firstParent];
            int life = cells.FrameOf(cell) - born + 1;
            bool isGone = count[cell - firstParent] == 0 && problem.Used[cell - firstParent] == 0 && cells.FrameOf(cell) < last && cells[cell].BorderUm > cells[cell].DiameterUm / 2;
            if (!isGone || life >= _options.LeastDaughterFrames)
                continue;
            int mother = arcs[arc].Source;
            if (!shortest.TryGetValue(mother, out (int Life, int Arc) other) || life < other.Life || (life == other.Life && arcs[arc].Probability < arcs[other.Arc].Probability))
                shortest[mother] = (life, arc);
        }
        foreach ((_, int arc) in shortest.Values)
            problem.Forbid(arc);
        return shortest.Count > 0;
    }

    private Dictionary<int, int> AcceptedParents(int firstChild, int endChild) =>
        _solution.Pins.Where(p => p.Accept && p.Target >= firstChild && p.Target < endChild).ToDictionary(p => p.Target, p => p.Source);

    private int OutsideChildren(int id, int firstChild, int endChild)
    {
        int count = 0;
        foreach (int child in _solution.ChildrenOf(id))
            count += child < firstChild || child >= endChild ? 1 : 0;
        return count;
    }

    private long DivisionCost(int id, long disappear)
    {
        if (!_options.AllowDivisions)
            return LinkingProblem.Never;
        double nats = _candidates.DivisionLogit(id) is float logit ? -Math.Clamp(logit, -LargestNats, LargestNats) : _options.DivisionNats;
        return Math.Max(-disappear, Cost(nats));
    }

    /// <summary>How much of the cost of coming and going holds: all of it in the middle, a part at the image's side.</summary>
    private double Inside(in Detection cell)
    {
        double depth = cell.DiameterUm > 0 ? Math.Clamp(cell.BorderUm / cell.DiameterUm, 0, 1) : 1;
        return _options.BorderShare + (1 - _options.BorderShare) * depth;
    }

    private static long Cost(double nats) => (long)Math.Round(nats * Scale);
}
