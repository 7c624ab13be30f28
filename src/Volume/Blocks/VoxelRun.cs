namespace Cellpose3D.Volume.Blocks;

/// <summary>Neighbouring voxels of one row of a volume.</summary>
/// <param name="Row">Plane times rows of a plane plus row.</param>
/// <param name="X0">First column.</param>
/// <param name="X1">One past the last column.</param>
internal readonly record struct VoxelRun(long Row, int X0, int X1)
{
    /// <summary>Number of voxels.</summary>
    public int Length => X1 - X0;
}
