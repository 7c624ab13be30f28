namespace Cellpose3D.Volume.Sources;

/// <summary>Lengths of a volume's axes, in voxels.</summary>
/// <param name="Z">Number of planes.</param>
/// <param name="Y">Rows of a plane.</param>
/// <param name="X">Columns of a plane.</param>
public readonly record struct VolumeShape(int Z, int Y, int X)
{
    /// <summary>Number of voxels.</summary>
    public long Count => (long)Z * Y * X;

    /// <summary>The box that holds every voxel.</summary>
    public VolumeBox All => new(0, 0, 0, Z, Y, X);

    /// <inheritdoc/>
    public override string ToString() => $"{Z} x {Y} x {X}";
}
