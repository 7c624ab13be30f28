using System.Text.Json;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Tests.Linking;

public sealed class MinCostLinkerTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 40)];

    [Fact]
    public void GoldenCases_AreForty() => Assert.Equal(40, ReadCases().Length);

    [Theory, MemberData(nameof(Cases))]
    public void Solve_GoldenCase_CostsTheOptimum(int index)
    {
        (LinkingProblem problem, long optimum) = Read(ReadCases()[index]);

        LinkingAnswer answer = MinCostLinker.Solve(problem);

        Assert.Equal(optimum, answer.Cost);
        Assert.Equal(optimum, CostOf(problem, answer.ArcOfChild));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Margins_GoldenCase_AreTheCostOfForbiddingTheLink(int index)
    {
        const long largest = 10_000;
        (LinkingProblem problem, long optimum) = Read(ReadCases()[index]);
        LinkingAnswer answer = MinCostLinker.Solve(problem);

        long[] margins = LinkMargins.Compute(problem, answer, largest);
        long[] serial = LinkMargins.Compute(problem, answer, largest, threads: 1);

        Assert.Equal(serial, margins);
        for (int c = 0; c < margins.Length; c++)
        {
            long expected = answer.ArcOfChild[c] < 0 ? largest : Math.Min(largest, MinCostLinker.Solve(Without(problem, answer.ArcOfChild[c])).Cost - optimum);
            Assert.Equal(expected, margins[c]);
        }
    }

    [Fact]
    public void Solve_NoChildren_CostsTheDisappearances()
    {
        var problem = new LinkingProblem(2, 0);
        problem.Disappear[0] = 7;
        problem.Disappear[1] = 5;
        problem.Used[1] = 1;                                             // has a child elsewhere

        Assert.Equal(7, MinCostLinker.Solve(problem).Cost);
    }

    [Fact]
    public void Solve_TwoChildrenOneParent_DividesOnlyWhereAllowed()
    {
        LinkingProblem dividing = Pair(), single = Pair();
        single.Divide[0] = LinkingProblem.Never;

        LinkingAnswer divided = MinCostLinker.Solve(dividing), alone = MinCostLinker.Solve(single);

        Assert.Equal([0, 1], divided.ArcOfChild);
        Assert.Equal([0, -1], alone.ArcOfChild);

        static LinkingProblem Pair()
        {
            var problem = new LinkingProblem(1, 2);
            problem.Disappear[0] = 10;
            problem.Divide[0] = 3;
            problem.Appear.AsSpan().Fill(10);
            problem.AddArc(0, 0, -5);
            problem.AddArc(0, 1, -4);
            return problem;
        }
    }

    [Fact]
    public void Solve_UsedParents_TakeOneMoreOrNone()
    {
        var problem = new LinkingProblem(2, 2);
        (problem.Used[0], problem.Used[1]) = (1, 2);
        problem.Appear.AsSpan().Fill(100);
        problem.Divide.AsSpan().Fill(1);
        problem.AddArc(0, 0, 0);
        problem.AddArc(1, 1, 0);

        LinkingAnswer answer = MinCostLinker.Solve(problem);

        Assert.Equal([0, -1], answer.ArcOfChild);
        Assert.Equal(101, answer.Cost);
    }

    [Fact]
    public void Solve_ChildThatMustNotAppearWithoutParent_IsRefused()
    {
        var problem = new LinkingProblem(0, 1);
        problem.Appear[0] = LinkingProblem.Never;

        Assert.Throws<InvalidOperationException>(() => MinCostLinker.Solve(problem));
    }

    [Fact]
    public void Solve_DivisionCheaperThanNoChild_IsRefused()
    {
        var problem = new LinkingProblem(1, 0);
        problem.Divide[0] = -1;

        Assert.Throws<ArgumentException>(() => MinCostLinker.Solve(problem));
    }

    private static JsonElement[] ReadCases()
    {
        using Stream stream = Golden.OpenTracking("linking_mcf_cases.json");
        return [.. JsonDocument.Parse(stream).RootElement.GetProperty("cases").EnumerateArray()];
    }

    private static (LinkingProblem Problem, long Optimum) Read(JsonElement json)
    {
        JsonElement[] nodes = [.. json.GetProperty("nodes").EnumerateArray()];
        var problem = new LinkingProblem(nodes.Length, nodes.Length);
        var index = new Dictionary<int, int>();
        for (int n = 0; n < nodes.Length; n++)
        {
            int t = nodes[n].GetProperty("t").GetInt32();
            index[nodes[n].GetProperty("id").GetInt32()] = n;
            problem.Appear[n] = t == 0 ? 0 : json.GetProperty("appear").GetInt64();
            problem.Disappear[n] = t == json.GetProperty("frames").GetInt32() - 1 ? 0 : json.GetProperty("disappear").GetInt64();
            problem.Divide[n] = json.GetProperty("division").GetInt64();
        }
        foreach (JsonElement edge in json.GetProperty("edges").EnumerateArray())
            problem.AddArc(index[edge.GetProperty("u").GetInt32()], index[edge.GetProperty("v").GetInt32()], edge.GetProperty("cost").GetInt64());
        return (problem, json.GetProperty("optimal_cost").GetInt64());
    }

    private static long CostOf(LinkingProblem problem, int[] arcOfChild)
    {
        long cost = 0;
        int[] children = new int[problem.Disappear.Length];
        for (int c = 0; c < arcOfChild.Length; c++)
        {
            if (arcOfChild[c] < 0)
                cost += problem.Appear[c];
            else
            {
                cost += problem.Arcs[arcOfChild[c]].Cost;
                children[problem.Arcs[arcOfChild[c]].Parent]++;
            }
        }
        for (int p = 0; p < children.Length; p++)
            cost += children[p] switch { 0 => problem.Disappear[p], 1 => 0, _ => problem.Divide[p] };
        Assert.All(children, n => Assert.InRange(n, 0, 2));
        return cost;
    }

    private static LinkingProblem Without(LinkingProblem problem, int arc)
    {
        var copy = new LinkingProblem(problem.Disappear.Length, problem.Appear.Length);
        problem.Disappear.CopyTo(copy.Disappear, 0);
        problem.Divide.CopyTo(copy.Divide, 0);
        problem.Used.CopyTo(copy.Used, 0);
        problem.Appear.CopyTo(copy.Appear, 0);
        for (int a = 0; a < problem.Arcs.Count; a++)
        {
            if (a != arc)
                copy.AddArc(problem.Arcs[a].Parent, problem.Arcs[a].Child, problem.Arcs[a].Cost);
        }
        return copy;
    }
}
