namespace Cellpose3D.Core2D.Dynamics;

/// <summary>The size of an image or a volume; an image is a volume of one plane that knows it has two axes.</summary>
/// <param name="Rank">2 for <c>[Y, X]</c>, 3 for <c>[Z, Y, X]</c>.</param>
/// <param name="Z">Number of planes; 1 when <paramref name="Rank"/> is 2.</param>
/// <param name="Y">Number of rows of a plane.</param>
/// <param name="X">Number of voxels of a row.</param>
public readonly record struct VoxelGrid(int Rank, int Z, int Y, int X)
{
    /// <summary>Number of voxels.</summary>
    public long Count => (long)Z * Y * X;

    /// <summary>Number of rows over all planes.</summary>
    public long Rows => (long)Z * Y;

    /// <summary>The spatial axes as an array's shape, slowest first.</summary>
    public int[] Shape => Rank == 2 ? [Y, X] : [Z, Y, X];

    /// <summary>The grid of an array with spatial axes only.</summary>
    /// <param name="shape"><c>[Y, X]</c> or <c>[Z, Y, X]</c>.</param>
    /// <param name="name">What the array is called in the message.</param>
    /// <exception cref="ArgumentException">The shape has neither two nor three axes.</exception>
    public static VoxelGrid Of(ReadOnlySpan<int> shape, string name) => shape.Length switch
    {
        2 => new VoxelGrid(2, 1, shape[0], shape[1]),
        3 => new VoxelGrid(3, shape[0], shape[1], shape[2]),
        _ => throw new ArgumentException($"{name} must be [Y, X] or [Z, Y, X]; got [{string.Join(", ", shape.ToArray())}].", name),
    };

    /// <summary>The grid of flows, whose first axis counts the components.</summary>
    /// <param name="flows">float32 <c>[2, Y, X]</c> or <c>[3, Z, Y, X]</c>; borrowed.</param>
    /// <param name="name">What the array is called in the message.</param>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public static VoxelGrid OfFlows(NdArray<float> flows, string name)
    {
        if (flows.Rank is not (3 or 4) || flows.Shape[0] != flows.Rank - 1)
            throw new ArgumentException($"{name} must be [2, Y, X] or [3, Z, Y, X]; got {flows}.", name);
        return Of(flows.Shape.AsSpan(1), name);
    }

    /// <summary>Checks that an array lies on this grid.</summary>
    /// <exception cref="ArgumentException">Its shape is another one.</exception>
    internal void Require(ReadOnlySpan<int> shape, string name)
    {
        if (!shape.SequenceEqual(Shape))
            throw new ArgumentException($"{name} must be [{string.Join(", ", Shape)}]; got [{string.Join(", ", shape.ToArray())}].", name);
    }
}
