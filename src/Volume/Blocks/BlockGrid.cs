using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Cuts a volume into boxes that do not overlap, numbered in raster order.</summary>
public sealed class BlockGrid
{
    /// <summary>See <see cref="MostFiles"/>.</summary>
    internal const long UsualMostFiles = 1_500_000;

    private const int LeastChunk = 16, UsualChunk = 64, LargestChunk = 256;
    private const int Volumes = 5;                // four of flows and one of labels are in files at a time

    private readonly int _z, _y, _x;      // blocks along each axis

    /// <summary>Cuts a volume.</summary>
    /// <param name="volume">Lengths of the volume.</param>
    /// <param name="block">Lengths of a block; the last ones along an axis may be shorter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public BlockGrid(VolumeShape volume, VolumeShape block)
    {
        if (Math.Min(block.Z, Math.Min(block.Y, block.X)) < 1)
            throw new ArgumentOutOfRangeException(nameof(block), $"a block must have at least one voxel along each axis; got {block}.");
        Volume = volume;
        Block = new VolumeShape(Math.Min(block.Z, volume.Z), Math.Min(block.Y, volume.Y), Math.Min(block.X, volume.X));
        (_z, _y, _x) = (Parts(volume.Z, Block.Z), Parts(volume.Y, Block.Y), Parts(volume.X, Block.X));
        Count = checked(_z * _y * _x);
    }

    /// <summary>Lengths of the volume.</summary>
    public VolumeShape Volume { get; }

    /// <summary>Lengths of a block.</summary>
    public VolumeShape Block { get; }

    /// <summary>Number of blocks.</summary>
    public int Count { get; }

    /// <summary>The order in which blocks are worked on, every number once; null for that of their numbers. It never changes a result.</summary>
    internal IReadOnlyList<int>? Order { get; init; }

    /// <summary>Files that the chunks of all volumes should not exceed: from some size on chunks are larger.</summary>
    internal long MostFiles { get; init; } = UsualMostFiles;

    /// <summary>The box of a block.</summary>
    /// <param name="n">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public VolumeBox this[int n]
    {
        get
        {
            if ((uint)n >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(n), $"block number must be 0 to {Count - 1}; got {n}.");
            int x = n % _x * Block.X, y = n / _x % _y * Block.Y, z = n / _x / _y * Block.Z;
            return new VolumeBox(z, y, x, Block.Z, Block.Y, Block.X).Intersect(Volume.All);
        }
    }

    /// <summary>The number of the block that holds a voxel.</summary>
    /// <param name="z">Plane.</param>
    /// <param name="y">Row.</param>
    /// <param name="x">Column.</param>
    public int IndexOf(int z, int y, int x) => (z / Block.Z * _y + y / Block.Y) * _x + x / Block.X;

    /// <summary>The numbers of the blocks that a box meets, ascending.</summary>
    /// <param name="box">Inside the volume, with at least one voxel.</param>
    public IEnumerable<int> Touching(VolumeBox box)
    {
        for (int z = box.Z / Block.Z; z <= (box.EndZ - 1) / Block.Z; z++)
        {
            for (int y = box.Y / Block.Y; y <= (box.EndY - 1) / Block.Y; y++)
            {
                for (int x = box.X / Block.X; x <= (box.EndX - 1) / Block.X; x++)
                    yield return (z * _y + y) * _x + x;
            }
        }
    }

    /// <summary>
    /// The lengths of chunks that suit blocks: equal parts of them, so that no two blocks share a chunk, of 16 to 64 voxels where there are such, and up to 256 in
    /// volumes that would else take too many files.
    /// </summary>
    public VolumeShape Chunk
    {
        get
        {
            int most = UsualChunk;
            while (most < LargestChunk && Volumes * ChunkOf(most).Chunks(Volume) > MostFiles)
                most *= 2;
            return ChunkOf(most);
        }
    }

    private VolumeShape ChunkOf(int most) => new(Part(Block.Z, Volume.Z, most), Part(Block.Y, Volume.Y, most), Part(Block.X, Volume.X, most));

    private static int Parts(int length, int part) => (length + part - 1) / part;

    private static int Part(int length, int volume, int most)
    {
        if (length <= most)
            return length;
        if (length == volume)                                            // one block along this axis shares with none
            return Parts(length, Parts(length, most));
        for (int part = most; part >= LeastChunk; part--)
        {
            if (length % part == 0)
                return part;
        }
        return length;
    }
}
