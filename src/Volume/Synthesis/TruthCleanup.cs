namespace Cellpose3D.Volume.Synthesis;

/// <summary>Makes sampled cells sound labels: one piece each, not tiny, numbered by first voxel.</summary>
internal static class TruthCleanup
{
    /// <summary>A label with fewer voxels is taken away.</summary>
    public const int SmallestCell = 10;

    private const int Fragment = -1;

    /// <summary>Keeps of each cell the largest piece that hangs together by faces, and numbers the cells.</summary>
    /// <param name="cells">int32 [Z, Y, X], 0 = background; rewritten in place.</param>
    /// <param name="depth">Planes.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="fillsSpace">Gives the other pieces to the cells they touch rather than to the background: packed tissue has no holes.</param>
    /// <returns>Number of cells.</returns>
    public static int Clean(int[] cells, int depth, int height, int width, bool fillsSpace)
    {
        int[] steps = [-height * width, -width, -1, 1, width, height * width];
        KeepLargestPieces(cells, depth, height, width, steps);
        if (fillsSpace)
            GiveAway(cells, depth, height, width, steps);
        var numbers = new Dictionary<int, int>();
        for (int n = 0; n < cells.Length; n++)
        {
            if (cells[n] <= 0)
                cells[n] = 0;
            else if (numbers.TryGetValue(cells[n], out int number))
                cells[n] = number;
            else
                cells[n] = numbers[cells[n]] = numbers.Count + 1;
        }
        return numbers.Count;
    }

    /// <summary>Keeps of each cell the largest piece that hangs together by faces; the rest, and tiny cells, become background. Numbers stay.</summary>
    /// <param name="cells">int32 [Z, Y, X], 0 = background; rewritten in place.</param>
    /// <param name="depth">Planes; 1 in two dimensions.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void KeepLargest(int[] cells, int depth, int height, int width)
    {
        KeepLargestPieces(cells, depth, height, width, [-height * width, -width, -1, 1, width, height * width]);
        foreach (ref int cell in cells.AsSpan())
            cell = Math.Max(0, cell);
    }

    private static void KeepLargestPieces(int[] cells, int depth, int height, int width, int[] steps)
    {
        int[] pieces = new int[cells.Length];                            // 0: not visited
        List<(int Cell, int Size)> found = [];
        var largest = new Dictionary<int, int>();                        // cell -> its largest piece, the first of equals
        var stack = new Stack<int>();
        for (int start = 0; start < cells.Length; start++)
        {
            if (cells[start] == 0 || pieces[start] != 0)
                continue;
            int cell = cells[start], piece = found.Count + 1, size = 0;
            stack.Push(start);
            pieces[start] = piece;
            while (stack.TryPop(out int at))
            {
                size++;
                for (int k = 0; k < 6; k++)
                {
                    if (IsInside(at, k, depth, height, width) && cells[at + steps[k]] == cell && pieces[at + steps[k]] == 0)
                    {
                        pieces[at + steps[k]] = piece;
                        stack.Push(at + steps[k]);
                    }
                }
            }
            found.Add((cell, size));
            if (!largest.TryGetValue(cell, out int best) || found[best - 1].Size < size)
                largest[cell] = piece;
        }
        for (int n = 0; n < cells.Length; n++)
        {
            if (cells[n] != 0 && (pieces[n] != largest[cells[n]] || found[pieces[n] - 1].Size < SmallestCell))
                cells[n] = Fragment;
        }
    }

    /// <summary>Round by round, a fragment's voxels take the cell of the first neighbour that has one.</summary>
    private static void GiveAway(int[] cells, int depth, int height, int width, int[] steps)
    {
        List<int> open = [.. Enumerable.Range(0, cells.Length).Where(n => cells[n] == Fragment)];
        while (open.Count > 0)
        {
            List<(int At, int Cell)> taken = [];
            List<int> left = [];
            foreach (int at in open)
            {
                int cell = 0;
                for (int k = 0; k < 6 && cell == 0; k++)
                {
                    if (IsInside(at, k, depth, height, width))
                        cell = Math.Max(0, cells[at + steps[k]]);
                }
                if (cell > 0)
                    taken.Add((at, cell));
                else
                    left.Add(at);
            }
            if (taken.Count == 0)
                return;
            foreach ((int at, int cell) in taken)
                cells[at] = cell;
            open = left;
        }
    }

    private static bool IsInside(int at, int step, int depth, int height, int width) => step switch
    {
        0 => at >= height * width,
        1 => at / width % height > 0,
        2 => at % width > 0,
        3 => at % width < width - 1,
        4 => at / width % height < height - 1,
        _ => at < (depth - 1) * height * width,
    };
}
