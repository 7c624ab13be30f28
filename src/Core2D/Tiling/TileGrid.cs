namespace Cellpose3D.Core2D.Tiling;

/// <summary>The overlapping tiles that cover one image: padding, tile size, start positions and mirrorings.</summary>
/// <remarks>
/// Cellpose paper, Methods, "Test time enhancements". The padded image exists only as coordinates: <see cref="TileExtractor"/>
/// supplies the zeros. The tiles are a product of row starts and column starts, numbered in raster order.
/// With augmentation a tile is mirrored in Y where its row is even and its column odd, in X where its row is odd and its column even,
/// and in both where both are odd. Golden group <c>tiles</c>.
/// </remarks>
public sealed class TileGrid
{
    /// <summary>Tile side the official networks were trained at.</summary>
    public const int DefaultTileSize = 224;

    /// <summary>Default share of a tile that it has in common with its neighbour.</summary>
    public const double DefaultOverlap = 0.1;

    private const int Margin = 8;       // pixels of padding at each side, so that no cell touches the network's border
    private const int Multiple = 16;    // padded sides are multiples of this
    private const int Downsampling = 8; // three 2x2 poolings: what the network can take

    /// <summary>Lays the tiles over an image of the given size.</summary>
    /// <param name="height">Image rows, at least 1.</param>
    /// <param name="width">Image columns, at least 1.</param>
    /// <param name="tileSize">Largest tile side, a multiple of 8; smaller images get smaller tiles unless augmenting.</param>
    /// <param name="overlap">Share of a tile in common with its neighbour, in [0.05, 0.5]; not used when augmenting.</param>
    /// <param name="augment">Tiles overlap by half and take turns at being mirrored; the image is padded up to one tile.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, the tile side is no multiple of 8, or the overlap is out of range.</exception>
    public TileGrid(int height, int width, int tileSize = DefaultTileSize, double overlap = DefaultOverlap, bool augment = false)
        : this(height, width, tileSize, overlap, augment, padded: true)
    {
        if (tileSize % Downsampling != 0)
            throw new ArgumentOutOfRangeException(nameof(tileSize), $"tileSize must be a multiple of {Downsampling}, which the network's poolings need; got {tileSize}.");
    }

    /// <summary>Lays tiles over an image that needs no padding to a multiple of 16.</summary>
    internal TileGrid(int height, int width, int tileSize, double overlap, bool augment, bool padded)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileSize, 1);
        if (!(overlap is >= 0.05 and <= 0.5))
            throw new ArgumentOutOfRangeException(nameof(overlap), $"overlap must be between 0.05 and 0.5 of a tile; got {overlap}.");
        (Height, Width, Augment) = (height, width, augment);
        if (padded)
        {
            (PadTop, PadBottom) = Padding(height);
            (PadLeft, PadRight) = Padding(width);
        }
        if (augment)
        {
            PadBottom += Math.Max(0, tileSize - PaddedHeight);
            PadRight += Math.Max(0, tileSize - PaddedWidth);
        }
        TileHeight = Math.Min(tileSize, PaddedHeight);
        TileWidth = Math.Min(tileSize, PaddedWidth);
        RowStarts = Starts(PaddedHeight, TileHeight, tileSize, overlap, augment);
        ColumnStarts = Starts(PaddedWidth, TileWidth, tileSize, overlap, augment);
    }

    /// <summary>Image rows.</summary>
    public int Height { get; }

    /// <summary>Image columns.</summary>
    public int Width { get; }

    /// <summary>Whether tiles are mirrored and overlap by half.</summary>
    public bool Augment { get; }

    /// <summary>Rows of zeros above the image.</summary>
    public int PadTop { get; }

    /// <summary>Rows of zeros below the image.</summary>
    public int PadBottom { get; }

    /// <summary>Columns of zeros left of the image.</summary>
    public int PadLeft { get; }

    /// <summary>Columns of zeros right of the image.</summary>
    public int PadRight { get; }

    /// <summary>Rows of the padded image.</summary>
    public int PaddedHeight => PadTop + Height + PadBottom;

    /// <summary>Columns of the padded image.</summary>
    public int PaddedWidth => PadLeft + Width + PadRight;

    /// <summary>Rows of every tile.</summary>
    public int TileHeight { get; }

    /// <summary>Columns of every tile.</summary>
    public int TileWidth { get; }

    /// <summary>First row of each row of tiles, in the padded image, ascending.</summary>
    public IReadOnlyList<int> RowStarts { get; }

    /// <summary>First column of each column of tiles, in the padded image, ascending.</summary>
    public IReadOnlyList<int> ColumnStarts { get; }

    /// <summary>Number of tiles.</summary>
    public int Count => checked(RowStarts.Count * ColumnStarts.Count);

    /// <summary>The tile with a raster-order number.</summary>
    /// <param name="n">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tile.</exception>
    public Tile this[int n]
    {
        get
        {
            if ((uint)n >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(n), $"tile number must be from 0 to {Count - 1}; got {n}.");
            (int row, int column) = Math.DivRem(n, ColumnStarts.Count);
            bool flipY = Augment && column % 2 == 1;
            bool flipX = Augment && row % 2 == 1;
            return new Tile(RowStarts[row] - PadTop, ColumnStarts[column] - PadLeft, flipY, flipX);
        }
    }

    private static (int Before, int After) Padding(int length)
    {
        int toMultiple = (Multiple - length % Multiple) % Multiple;
        int before = Margin + toMultiple / 2;
        return (before, 2 * Margin + toMultiple - before);
    }

    /// <summary>Evenly spread starts, the first at 0 and the last flush with the end, rounded down.</summary>
    private static int[] Starts(int length, int tile, int tileSize, double overlap, bool augment)
    {
        int count;
        if (augment)
            count = Math.Max(2, (int)Math.Ceiling(2.0 * length / tileSize));
        else
            count = length <= tileSize ? 1 : (int)Math.Ceiling((1 + 2 * overlap) * length / tileSize);
        int[] starts = new int[count];
        int last = length - tile;
        double step = count > 1 ? (double)last / (count - 1) : 0;
        for (int i = 1; i < count - 1; i++)
            starts[i] = (int)(i * step);
        starts[^1] = last; // 0 where there is one tile
        return starts;
    }
}
