using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class SparseAssignmentTests
{
    [Fact]
    public void Solve_BestPairBlocksTwoGoodOnes_TakesTheTwo()
    {
        // row 0: columns 0 (5) and 1 (4); row 1: column 0 (4.5). Greedy takes 5 and stops.
        int[] match = SparseAssignment.Solve([0, 2, 3], [0, 1, 0], [5, 4, 4.5], 2);

        Assert.Equal([1, 0], match);
    }

    [Fact]
    public void Solve_StayingAloneIsBetter_LeavesARowAlone()
    {
        // Three rows want column 0; two of them have nothing else.
        int[] match = SparseAssignment.Solve([0, 1, 2, 4], [0, 0, 0, 1], [3, 7, 6, 1], 2);

        Assert.Equal([-1, 0, 1], match);
    }

    [Fact]
    public void Solve_RowsWithoutEdgesOrNoRows_StayAlone()
    {
        Assert.Equal([-1, -1], SparseAssignment.Solve([0, 0, 0], [], [], 3));
        Assert.Empty(SparseAssignment.Solve([0], [], [], 0));
    }

    [Fact]
    public void Solve_RandomGraphs_ReachesTheOptimumOfExhaustiveSearch()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 3000; trial++)
        {
            int rows = random.Next(1, 8), columnCount = random.Next(1, 8);
            double density = random.NextDouble();
            bool ties = trial % 3 == 0;
            var start = new List<int> { 0 };
            var columns = new List<int>();
            var weights = new List<double>();
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columnCount; c++)
                {
                    if (random.NextDouble() >= density)
                        continue;
                    columns.Add(c);
                    weights.Add(ties ? random.Next(1, 4) : random.NextDouble() + random.Next(2));
                }
                start.Add(columns.Count);
            }

            int[] match = SparseAssignment.Solve([.. start], [.. columns], [.. weights], columnCount);

            double total = 0;
            var used = new HashSet<int>();
            for (int r = 0; r < rows; r++)
            {
                if (match[r] < 0)
                    continue;
                Assert.True(used.Add(match[r]), "a column was given to two rows");
                total += weights[columns.IndexOf(match[r], start[r], start[r + 1] - start[r])];
            }
            Assert.Equal(Best([.. start], columns, weights, 0, 0), total, 1e-9);
        }
    }

    private static double Best(int[] start, List<int> columns, List<double> weights, int row, int taken)
    {
        if (row == start.Length - 1)
            return 0;
        double best = Best(start, columns, weights, row + 1, taken);
        for (int e = start[row]; e < start[row + 1]; e++)
        {
            if ((taken & 1 << columns[e]) == 0)
                best = Math.Max(best, weights[e] + Best(start, columns, weights, row + 1, taken | 1 << columns[e]));
        }
        return best;
    }
}
