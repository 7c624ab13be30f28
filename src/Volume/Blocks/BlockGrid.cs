using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Cuts a volume into boxes that do not overlap, numbered in raster order.</summary>
public sealed class BlockGrid
{
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

    /// <summary>The name under which a step keeps the record of a block.</summary>
    internal string Record(string step, int n)
    {
        VolumeBox box = this[n];
        return FormattableString.Invariant($"{step}/{box.Z}-{box.Y}-{box.X}");
    }

    /// <summary>Does a step for every block that has no record of it, and saves what it returns as the block's record.</summary>
    internal void ForEach(
        IVolumeWorkspace workspace, string step, Func<VolumeBox, byte[]> run, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var dropped = new DroppedArrays();
        for (int i = 0; i < Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Order?[i] ?? i;
            string record = Record(step, n);
            if (workspace.Load(record) is null)
                workspace.Save(record, run(this[n]));
            dropped.Collect();
            progress?.Report((i + 1f) / Count);
        }
    }

    /// <summary>The records a step has saved, by block number.</summary>
    internal IEnumerable<byte[]> Records(IVolumeWorkspace workspace, string step) =>
        Enumerable.Range(0, Count).Select(n => workspace.Load(Record(step, n)) ?? throw new InvalidOperationException($"block {n} has no record of '{step}'."));

    private static int Parts(int length, int part) => (length + part - 1) / part;
}
