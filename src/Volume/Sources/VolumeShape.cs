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

    /// <summary>Number of pieces of these lengths that a volume takes.</summary>
    internal long Chunks(VolumeShape volume) =>
        (long)((volume.Z + Z - 1) / Z) * ((volume.Y + Y - 1) / Y) * ((volume.X + X - 1) / X);

    /// <summary>The linear index of a voxel in raster order.</summary>
    internal long IndexOf(int z, int y, int x) => ((long)z * Y + y) * X + x;

    /// <summary>The voxel of a linear index.</summary>
    internal (int Z, int Y, int X) At(long index) => ((int)(index / X / Y), (int)(index / X % Y), (int)(index % X));

    /// <inheritdoc/>
    public override string ToString() => $"{Z} x {Y} x {X}";
}
