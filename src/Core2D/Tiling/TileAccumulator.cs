using System.Numerics;

namespace Cellpose3D.Core2D.Tiling;

/// <summary>Averages the network's output tiles into one map of flows and cell probability, tile by tile.</summary>
/// <remarks>
/// Tiles enter in raster order, and each pixel's sum runs over them in that order: a floating sum depends on its order, so this one is
/// fixed, and the result is the same for every batch size and thread count. The weights are products of a row factor and a column
/// factor over a product grid, so their sum is one too: two short profiles stand in for an image of weights.
/// </remarks>
public sealed class TileAccumulator
{
    /// <summary>Channels of the network's output: flow along y, flow along x, cell probability logit.</summary>
    public const int Channels = 3;

    private readonly TileGrid _grid;
    private readonly TaperMask _taper;
    private readonly double[] _rowWeights;      // [Y], sum of the row factors of the tiles over each row
    private readonly double[] _columnWeights;   // [X]
    private readonly NdArray<float> _map;       // [3, Y, X], weighted sums, averages above RowsFinal
    private readonly ParallelOptions _parallel;

    /// <summary>Prepares an empty map.</summary>
    /// <param name="grid">The tiles to expect.</param>
    /// <param name="threads">Number of threads; 0 is one for each processor.</param>
    /// <exception cref="ArgumentException">The map would hold more values than one array can.</exception>
    public TileAccumulator(TileGrid grid, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _grid = grid;
        _taper = new TaperMask(grid.TileHeight, grid.TileWidth);
        _rowWeights = Weights(grid.RowStarts, _taper.Rows, grid.PadTop, grid.Height);
        _columnWeights = Weights(grid.ColumnStarts, _taper.Columns, grid.PadLeft, grid.Width);
        _map = new NdArray<float>(Channels, grid.Height, grid.Width);
        _parallel = ThreadCount.Options(threads);
    }

    /// <summary>Number of tiles added so far, which is the number of the tile to add next.</summary>
    public int TilesAdded { get; private set; }

    /// <summary>Number of rows, from the top, that hold their final averages.</summary>
    public int RowsFinal { get; private set; }

    /// <summary>float32 [3, Y, X]: final averages in the first <see cref="RowsFinal"/> rows, unfinished sums below; shared, not a copy.</summary>
    public NdArray<float> Map => _map;

    /// <summary>Number of values of one output tile, 3 * TileHeight * TileWidth.</summary>
    public int TileLength => Channels * _grid.TileHeight * _grid.TileWidth;

    /// <summary>Adds the next tiles, undoing their mirroring, and finishes the rows that no later tile reaches.</summary>
    /// <param name="first">Raster-order number of the first tile; must be <see cref="TilesAdded"/>.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="outputs">float32 [count, 3, TileHeight, TileWidth] (flow y, flow x, logit) as the network gave them; borrowed.</param>
    /// <exception cref="ArgumentException">The outputs have another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tiles are not the next ones.</exception>
    public unsafe void Add(int first, int count, ReadOnlySpan<float> outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (first != TilesAdded || first > _grid.Count - count)
            throw new ArgumentOutOfRangeException(nameof(first), $"tiles must be added in order, {TilesAdded} next of {_grid.Count}; got {first} to {(long)first + count - 1}.");
        if (outputs.Length != (long)count * TileLength)
            throw new ArgumentException($"outputs must hold {count} x {TileLength} values; got {outputs.Length}.", nameof(outputs));
        if (count == 0)
            return;

        int top = Math.Max(0, _grid[first].Y);
        int bottom = Math.Min(_grid.Height, _grid[first + count - 1].Y + _grid.TileHeight);
        fixed (float* start = outputs)
        {
            nint address = (nint)start; // a span cannot enter the loop's closure; it stays pinned until the loop is done
            Parallel.For(top, bottom, _parallel, y =>
            {
                for (int i = 0; i < count; i++)
                    AddRow(_grid[first + i], y, new ReadOnlySpan<float>((float*)address + (long)i * TileLength, TileLength));
            });
        }
        TilesAdded += count;
        FinishRows();
    }

    /// <summary>Adds the next tile.</summary>
    /// <param name="n">Raster-order number of the tile; must be <see cref="TilesAdded"/>.</param>
    /// <param name="output">float32 [3, TileHeight, TileWidth] (flow y, flow x, logit) as the network gave it; borrowed.</param>
    /// <exception cref="ArgumentException">The output has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tile is not the next one.</exception>
    public void Add(int n, ReadOnlySpan<float> output) => Add(n, 1, output);

    /// <summary>The finished map, once every tile has been added.</summary>
    /// <returns>float32 [3, Y, X] (flow y, flow x, logit); the array of <see cref="Map"/>, now the caller's.</returns>
    /// <exception cref="InvalidOperationException">Tiles are missing.</exception>
    public NdArray<float> Finish()
    {
        if (TilesAdded != _grid.Count)
            throw new InvalidOperationException($"all {_grid.Count} tiles must be added first; got {TilesAdded}.");
        return _map;
    }

    private static double[] Weights(IReadOnlyList<int> starts, double[] profile, int pad, int length)
    {
        double[] weights = new double[length];
        foreach (int start in starts)
        {
            for (int i = 0; i < profile.Length; i++)
            {
                int position = start - pad + i;
                if ((uint)position < (uint)length)
                    weights[position] += profile[i];
            }
        }
        return weights;
    }

    /// <summary>Adds what one tile has for one row of the image.</summary>
    private void AddRow(Tile tile, int y, ReadOnlySpan<float> output)
    {
        int ty = y - tile.Y;
        if ((uint)ty >= (uint)_grid.TileHeight)
            return;
        int width = _grid.TileWidth;
        int left = Math.Clamp(-tile.X, 0, width);
        int right = Math.Clamp(_grid.Width - tile.X, left, width);
        if (left == right)
            return; // a tile smaller than the padding may hold nothing else
        int seenRow = tile.FlipY ? _grid.TileHeight - 1 - ty : ty;
        scoped Span<float> mirrored = width <= 1024 ? stackalloc float[width] : new float[width];
        for (int c = 0; c < Channels; c++)
        {
            scoped ReadOnlySpan<float> row = output.Slice((c * _grid.TileHeight + seenRow) * width, width);
            if (tile.FlipX)
            {
                row.CopyTo(mirrored);
                mirrored.Reverse();
                row = mirrored;
            }
            bool reversed = (c == 0 && tile.FlipY) || (c == 1 && tile.FlipX); // a mirrored flow points the other way
            double weight = reversed ? -_taper.Rows[ty] : _taper.Rows[ty];
            Span<float> sums = _map.Plane(c).Slice(y * _grid.Width + tile.X + left, right - left);
            AddWeighted(sums, row[left..right], _taper.Columns.AsSpan(left, right - left), weight);
        }
    }

    /// <summary>sums[i] += values[i] * weight * weights[i], products and sums in float64, rounded once to float32.</summary>
    private static void AddWeighted(Span<float> sums, ReadOnlySpan<float> values, ReadOnlySpan<double> weights, double weight)
    {
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out Vector<double> v0, out Vector<double> v1);
            Vector.Widen(new Vector<float>(sums[i..]), out Vector<double> s0, out Vector<double> s1);
            s0 += v0 * (new Vector<double>(weights[i..]) * weight);
            s1 += v1 * (new Vector<double>(weights[(i + Vector<double>.Count)..]) * weight);
            Vector.Narrow(s0, s1).CopyTo(sums[i..]);
        }
        for (; i < sums.Length; i++)
            sums[i] = (float)(sums[i] + values[i] * (weights[i] * weight));
    }

    private void FinishRows()
    {
        int tileRows = TilesAdded / _grid.ColumnStarts.Count;
        int rows = tileRows == _grid.RowStarts.Count
            ? _grid.Height
            : Math.Clamp(_grid.RowStarts[tileRows] - _grid.PadTop, 0, _grid.Height);
        if (rows <= RowsFinal)
            return;
        Parallel.For(RowsFinal, rows, _parallel, y =>
        {
            for (int c = 0; c < Channels; c++)
            {
                Span<float> row = _map.Plane(c).Slice(y * _grid.Width, _grid.Width);
                for (int x = 0; x < row.Length; x++)
                    row[x] = (float)(row[x] / (_rowWeights[y] * _columnWeights[x]));
            }
        });
        RowsFinal = rows;
    }
}
