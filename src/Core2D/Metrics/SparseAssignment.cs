namespace Cellpose3D.Core2D.Metrics;

/// <summary>Finds the matching of greatest total weight in a sparse bipartite graph, exactly.</summary>
/// <remarks>
/// Shortest augmenting paths with dual prices (Jonker and Volgenant 1987, in the form for sparse graphs), where each row may
/// also stay alone at weight 0. A search stops at the nearest free column, so it never leaves the row's connected part
/// of the graph and, on label images, rarely leaves the neighbouring cells: near-linear for tens of thousands of cells.
/// Stopping as soon as a free column is reached at the distance already travelled matters where many IoU are equal (a regular
/// grid shifted by half a cell): without it each search walks through all equals.
/// </remarks>
internal sealed class SparseAssignment
{
    private readonly int[] _rowStart;                                    // [rows + 1], into _columns and _weights
    private readonly int[] _columns;
    private readonly double[] _weights;
    private readonly double[] _rowPrice, _columnPrice;                   // price_r + price_c <= -weight; equal on matched edges
    private readonly int[] _rowOf, _columnOf;                            // matched partner or -1
    private readonly double[] _distance;                                 // per column, of the search in progress
    private readonly int[] _cameFrom;                                    // per column, the row that reached it
    private readonly bool[] _settled;
    private readonly List<int> _reached = [];                            // columns to reset after the search
    private readonly PriorityQueue<int, (double Distance, int Column)> _frontier = new();

    private SparseAssignment(int[] rowStart, int[] columns, double[] weights, int columnCount)
    {
        (_rowStart, _columns, _weights) = (rowStart, columns, weights);
        _rowPrice = new double[rowStart.Length - 1];
        _columnOf = new int[rowStart.Length - 1];
        _columnPrice = new double[columnCount];
        _rowOf = new int[columnCount];
        _distance = new double[columnCount];
        _cameFrom = new int[columnCount];
        _settled = new bool[columnCount];
        Array.Fill(_columnOf, -1);
        Array.Fill(_rowOf, -1);
        Array.Fill(_distance, double.PositiveInfinity);
    }

    /// <summary>Matches rows with columns.</summary>
    /// <param name="rowStart">int32 [rows + 1], where the edges of each row begin; borrowed.</param>
    /// <param name="columns">int32 [edges], the column each edge leads to; borrowed.</param>
    /// <param name="weights">float64 [edges], above 0; borrowed.</param>
    /// <param name="columnCount">Number of columns.</param>
    /// <returns>int32 [rows], the matched column or -1; owned by the caller.</returns>
    public static int[] Solve(int[] rowStart, int[] columns, double[] weights, int columnCount)
    {
        var assignment = new SparseAssignment(rowStart, columns, weights, columnCount);
        List<int> alone = assignment.TakeBestFreeColumns();
        foreach (int row in alone)
            assignment.Augment(row);
        return assignment._columnOf;
    }

    /// <summary>Prices every row by its best edge and matches it where that column is still free; the others are returned.</summary>
    private List<int> TakeBestFreeColumns()
    {
        var alone = new List<int>();
        for (int row = 0; row < _columnOf.Length; row++)
        {
            int best = -1;
            for (int e = _rowStart[row]; e < _rowStart[row + 1]; e++)
            {
                if (best < 0 || _weights[e] > _weights[best])
                    best = e;
            }
            if (best < 0)
                continue;                                                // no edges: stays alone
            _rowPrice[row] = -_weights[best];
            if (_rowOf[_columns[best]] < 0)
                Match(row, _columns[best]);
            else
                alone.Add(row);
        }
        return alone;
    }

    private void Augment(int source)
    {
        // The cheapest end so far at which some row of the search stays alone: its slack against weight 0.
        double aloneDistance = -_rowPrice[source];
        int aloneRow = source, freeColumn = Relax(source, 0);
        double end = freeColumn >= 0 ? 0 : aloneDistance;
        while (freeColumn < 0 && _frontier.TryDequeue(out int column, out (double Distance, int Column) key))
        {
            if (_settled[column] || key.Distance > _distance[column])
                continue;                                                // an outdated entry
            if (key.Distance >= aloneDistance)
                break;
            if (_rowOf[column] < 0)
            {
                (freeColumn, end) = (column, key.Distance);
                break;
            }
            _settled[column] = true;
            int row = _rowOf[column];
            double staysAlone = key.Distance - _rowPrice[row];
            if (staysAlone < aloneDistance)
                (aloneDistance, aloneRow) = (staysAlone, row);
            end = aloneDistance;
            if (Relax(row, key.Distance) is var nearest and >= 0)
                (freeColumn, end) = (nearest, key.Distance);
        }
        UpdatePrices(source, end);
        Flip(source, freeColumn, aloneRow);
        Reset();
    }

    /// <summary>Reaches the columns of a row; returns a free one that is no farther than the row, than which there is no nearer end, or -1.</summary>
    private int Relax(int row, double distance)
    {
        for (int e = _rowStart[row]; e < _rowStart[row + 1]; e++)
        {
            int column = _columns[e];
            double slack = -_weights[e] - _rowPrice[row] - _columnPrice[column];
            double through = distance + Math.Max(0, slack);              // rounding may leave -1e-17
            if (_settled[column] || through >= _distance[column])
                continue;
            if (double.IsPositiveInfinity(_distance[column]))
                _reached.Add(column);
            _distance[column] = through;
            _cameFrom[column] = row;
            if (through == distance && _rowOf[column] < 0)
                return column;
            _frontier.Enqueue(column, (through, column));
        }
        return -1;
    }

    private void UpdatePrices(int source, double end)
    {
        _rowPrice[source] += end;
        foreach (int column in _reached)
        {
            if (!_settled[column] || _distance[column] >= end)
                continue;
            _rowPrice[_rowOf[column]] += end - _distance[column];
            _columnPrice[column] -= end - _distance[column];
        }
    }

    /// <summary>Turns unmatched edges of the path into matched ones and back, from its end to the source.</summary>
    private void Flip(int source, int freeColumn, int aloneRow)
    {
        int column = freeColumn;
        if (column < 0)
        {
            if (aloneRow == source)
                return;
            column = _columnOf[aloneRow];                                // this row gives its column away
            _columnOf[aloneRow] = -1;
        }
        while (true)
        {
            int row = _cameFrom[column], before = _columnOf[row];
            Match(row, column);
            if (row == source)
                return;
            column = before;
        }
    }

    private void Match(int row, int column)
    {
        _columnOf[row] = column;
        _rowOf[column] = row;
    }

    private void Reset()
    {
        foreach (int column in _reached)
        {
            _distance[column] = double.PositiveInfinity;
            _settled[column] = false;
        }
        _reached.Clear();
        _frontier.Clear();
    }
}
