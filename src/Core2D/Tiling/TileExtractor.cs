namespace Cellpose3D.Core2D.Tiling;

/// <summary>Cuts network input tiles out of an image, with zero padding and mirroring, without ever making a padded image.</summary>
public sealed class TileExtractor
{
    /// <summary>Channels of every network input: cells and, if there is one, nuclei.</summary>
    public const int Channels = 2;

    private readonly NdArray<float> _image;
    private readonly TileGrid _grid;
    private readonly int _threads;

    /// <summary>Prepares to cut an image.</summary>
    /// <param name="image">float32 [1 or 2, Y, X], normalised; borrowed for the extractor's lifetime.</param>
    /// <param name="grid">The tiles, laid over the same Y and X.</param>
    /// <param name="threads">Number of threads; 0 is one for each processor.</param>
    /// <exception cref="ArgumentException">The image has other axes than the grid, or neither one nor two channels.</exception>
    public TileExtractor(NdArray<float> image, TileGrid grid, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (image.Rank != 3 || image.Shape[0] is not (1 or Channels) || image.Shape[1] != grid.Height || image.Shape[2] != grid.Width)
            throw new ArgumentException($"image must be [1 or 2, {grid.Height}, {grid.Width}] to match the grid; got {image}.", nameof(image));
        (_image, _grid) = (image, grid);
        _threads = ThreadCount.Of(threads);
    }

    /// <summary>Number of values of one tile, 2 * TileHeight * TileWidth.</summary>
    public int TileLength => Channels * _grid.TileHeight * _grid.TileWidth;

    /// <summary>Copies consecutive tiles, as the network shall see them.</summary>
    /// <param name="first">Raster-order number of the first tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="destination">float32 [count, 2, TileHeight, TileWidth]; overwritten. A missing second channel becomes zeros.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tile is not in the grid.</exception>
    public unsafe void Copy(int first, int count, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (destination.Length != (long)count * TileLength)
            throw new ArgumentException($"destination must hold {count} x {TileLength} values; got {destination.Length}.", nameof(destination));
        if (first < 0 || first > _grid.Count - count)
            throw new ArgumentOutOfRangeException(nameof(first), $"tiles must lie between 0 and {_grid.Count - 1}; got {first} to {(long)first + count - 1}.");
        int planeLength = _grid.TileHeight * _grid.TileWidth;
        fixed (float* start = destination)
        {
            nint address = (nint)start; // a span cannot enter the loop's closure; it stays pinned until the loop is done
            Parallel.For(0, count * Channels, new ParallelOptions { MaxDegreeOfParallelism = _threads }, plane =>
            {
                var target = new Span<float>((float*)address + (long)plane * planeLength, planeLength);
                CopyPlane(_grid[first + plane / Channels], plane % Channels, target);
            });
        }
    }

    /// <summary>Copies one tile, as the network shall see it.</summary>
    /// <param name="n">Raster-order number of the tile.</param>
    /// <param name="destination">float32 [2, TileHeight, TileWidth]; overwritten.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tile is not in the grid.</exception>
    public void Copy(int n, Span<float> destination) => Copy(n, 1, destination);

    private void CopyPlane(Tile tile, int c, Span<float> destination)
    {
        if (c >= _image.Shape[0])
        {
            destination.Clear();
            return;
        }
        ReadOnlySpan<float> source = _image.Plane(c);
        int left = Math.Clamp(-tile.X, 0, _grid.TileWidth);                     // zeros before the image begins
        int right = Math.Clamp(_grid.Width - tile.X, left, _grid.TileWidth);    // end of the image within the tile
        for (int ty = 0; ty < _grid.TileHeight; ty++)
        {
            Span<float> row = destination.Slice(ty * _grid.TileWidth, _grid.TileWidth);
            int y = tile.Y + (tile.FlipY ? _grid.TileHeight - 1 - ty : ty);
            if ((uint)y >= (uint)_grid.Height || left == right)
            {
                row.Clear();
                continue;
            }
            row[..left].Clear();
            source.Slice(y * _grid.Width + tile.X + left, right - left).CopyTo(row[left..]);
            row[right..].Clear();
            if (tile.FlipX)
                row.Reverse();
        }
    }
}
