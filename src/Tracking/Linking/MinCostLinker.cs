using Google.OrTools.Graph;

namespace Cellpose3D.Tracking.Linking;

/// <summary>Solves linking problems exactly as a flow of least cost.</summary>
/// <remarks>
/// One unit flows from a source to each child, straight (it appears) or through a parent. The first unit into a parent is paid with the
/// negative of its disappearance, whose sum is added at the end, and the second with its division; as the second is never cheaper, the
/// flow takes them in that order. All capacities are whole, so the optimum is whole too, and no integer programming is needed.
/// Arcs are added in the order of the problem: the same problem has the same answer every time, ties included.
/// </remarks>
public static class MinCostLinker
{
    private const long LargestCost = 1_000_000_000;                      // keeps the solver's scaled costs within 64 bits

    /// <summary>Solves a problem.</summary>
    /// <param name="problem">The problem; borrowed.</param>
    /// <exception cref="ArgumentException">A cost is out of range, or a second child is cheaper than none.</exception>
    /// <exception cref="InvalidOperationException">A child that must not appear has no parent left.</exception>
    public static LinkingAnswer Solve(LinkingProblem problem)
    {
        int parents = problem.Disappear.Length, children = problem.Appear.Length;
        int[] arcOfChild = new int[children];
        Array.Fill(arcOfChild, -1);
        long fixedCost = 0;
        for (int p = 0; p < parents; p++)
        {
            Require(problem, p);
            if (problem.Used[p] == 0)
                fixedCost += problem.Disappear[p];
        }
        if (children == 0)
            return new LinkingAnswer(arcOfChild, fixedCost);

        using var flow = new MinCostFlow();
        const int source = 0;
        int firstParent = 1, firstChild = 1 + parents;
        flow.SetNodeSupply(source, children);
        for (int c = 0; c < children; c++)
            flow.SetNodeSupply(firstChild + c, -1);
        int[] arcs = new int[problem.Arcs.Count];
        for (int a = 0; a < arcs.Length; a++)
        {
            (int parent, int child, long cost) = problem.Arcs[a];
            arcs[a] = flow.AddArcWithCapacityAndUnitCost(firstParent + parent, firstChild + child, 1, InRange(cost));
        }
        for (int p = 0; p < parents; p++)
        {
            if (problem.Used[p] == 0)
                flow.AddArcWithCapacityAndUnitCost(source, firstParent + p, 1, -InRange(problem.Disappear[p]));
            if (problem.Used[p] <= 1 && problem.Divide[p] != LinkingProblem.Never)
                flow.AddArcWithCapacityAndUnitCost(source, firstParent + p, 1, InRange(problem.Divide[p]));
        }
        for (int c = 0; c < children; c++)
        {
            if (problem.Appear[c] != LinkingProblem.Never)
                flow.AddArcWithCapacityAndUnitCost(source, firstChild + c, 1, InRange(problem.Appear[c]));
        }

        MinCostFlowBase.Status status = flow.Solve();
        if (status != MinCostFlowBase.Status.OPTIMAL)
            throw new InvalidOperationException($"every cell must be explained by a parent or by appearing; the solver says {status}. Remove the pins that contradict each other.");
        for (int a = 0; a < arcs.Length; a++)
        {
            if (flow.Flow(arcs[a]) > 0)
                arcOfChild[problem.Arcs[a].Child] = a;
        }
        return new LinkingAnswer(arcOfChild, flow.OptimalCost() + fixedCost);
    }

    private static void Require(LinkingProblem problem, int p)
    {
        if (problem.Disappear[p] < 0)
            throw new ArgumentException($"disappearing must cost 0 or more; got {problem.Disappear[p]} for parent {p}.", nameof(problem));
        if (problem.Divide[p] < -problem.Disappear[p])
            throw new ArgumentException($"a second child must cost at least {-problem.Disappear[p]}, the negative of disappearing; got {problem.Divide[p]} for parent {p}.", nameof(problem));
    }

    private static long InRange(long cost) => Math.Abs(cost) <= LargestCost
        ? cost
        : throw new ArgumentException($"costs must lie within -{LargestCost} and {LargestCost}; got {cost}.");
}
