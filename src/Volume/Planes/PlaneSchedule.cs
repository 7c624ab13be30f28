using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Tiling;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>How the planes of a view are put through the network: the tiles of a plane, and slabs that begin with a batch.</summary>
/// <remarks>
/// Tiles are numbered through all planes of the view and run in batches of one size, so a batch may hold tiles of several
/// planes. A slab is a number of planes whose tiles fill whole batches. Which tiles share a batch therefore depends on the
/// volume alone, not on the slab's thickness or on where a run was taken up again, and with it every bit of the output.
/// </remarks>
internal sealed class PlaneSchedule
{
    private const int UsualChunkSide = 128, LargestChunkSide = 1024;     // rows and columns of a chunk of the maps
    private const int LeastThickness = 8;         // planes of a chunk, so that one slab is not thousands of small writes
    private const int MapsPerPlane = 6;           // the network's maps by planes and in the volume's order

    /// <summary>Plans a view.</summary>
    /// <param name="view">How the volume is cut.</param>
    /// <param name="shape">Lengths of the volume at the network's scale.</param>
    /// <param name="channels">Channels of the volume.</param>
    /// <param name="options">Tile size, overlap, augmentation and batch size are used.</param>
    /// <param name="bytes">What a slab should take, and what it may take where it would have fewer planes than a chunk otherwise.</param>
    /// <param name="leastSlabs">Slabs that there shall be if there are planes enough.</param>
    /// <param name="mostFiles">Files that the chunks of the maps should not exceed: from some size on chunks are larger.</param>
    public PlaneSchedule(PlaneView view, VolumeShape shape, int channels, SegmentationOptions options, (long Wanted, long Most) bytes, int leastSlabs = 1, long mostFiles = BlockGrid.UsualMostFiles)
    {
        View = view;
        Shape = shape;
        Planes = view.Planes(shape);
        Grid = new TileGrid(view.Height(shape), view.Width(shape), options.TileSize, options.TileOverlap, options.Augment);
        BatchSize = options.BatchSize;
        BytesPerPlane = (long)Grid.Height * Grid.Width * (channels + 1 + MapsPerPlane) * sizeof(float);

        int whole = BatchSize / GreatestDivisor(Grid.Count, BatchSize);  // fewest planes that fill batches
        int thick = whole * ((LeastThickness + whole - 1) / whole);
        long wanted = Math.Max(bytes.Wanted / BytesPerPlane, Math.Min(thick, bytes.Most / BytesPerPlane));
        long fit = Math.Min(Math.Max(1, wanted), Array.MaxLength / ((long)Grid.Height * Grid.Width));
        Unit = fit >= thick ? thick : whole;
        fit = Math.Min(fit, Math.Max(1, Planes / leastSlabs));
        Thickness = (int)Math.Min(Math.Max(Unit, fit / Unit * Unit), (Planes + (long)Unit - 1) / Unit * Unit);
        int side = UsualChunkSide;
        while (side < LargestChunkSide && TileAccumulator.Channels * ChunkOf(side).Chunks(shape) > mostFiles)
            side *= 2;
        Maps = ChunkOf(side);
    }

    /// <summary>How the volume is cut.</summary>
    public PlaneView View { get; }

    /// <summary>Lengths of the volume at the network's scale.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Number of planes.</summary>
    public int Planes { get; }

    /// <summary>The tiles of every plane.</summary>
    public TileGrid Grid { get; }

    /// <summary>Tiles of a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Planes of a chunk of the maps.</summary>
    public int Unit { get; }

    /// <summary>Planes of a slab.</summary>
    public int Thickness { get; }

    /// <summary>Number of slabs.</summary>
    public int Slabs => (Planes + Thickness - 1) / Thickness;

    /// <summary>Tiles of all planes.</summary>
    public long Tiles => (long)Planes * Grid.Count;

    /// <summary>Work of one tile, in tiles of full size.</summary>
    public double TileWork => (double)Grid.TileHeight * Grid.TileWidth / (TileGrid.DefaultTileSize * TileGrid.DefaultTileSize);

    /// <summary>Memory of one plane while its slab is worked on.</summary>
    public long BytesPerPlane { get; }

    /// <summary>The pieces in which the network's maps are kept: a slab is made of whole ones.</summary>
    public VolumeShape Maps { get; }

    /// <summary>First plane and number of planes of a slab.</summary>
    public (int First, int Count) Slab(int n) => (n * Thickness, Math.Min(Thickness, Planes - n * Thickness));

    private VolumeShape ChunkOf(int side) =>
        View.Thick(Math.Min(Unit, Planes), new VolumeShape(Math.Min(side, Shape.Z), Math.Min(side, Shape.Y), Math.Min(side, Shape.X)));

    private static int GreatestDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
