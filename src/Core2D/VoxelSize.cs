namespace Cellpose3D.Core2D;

/// <summary>Edge lengths of a voxel in micrometres; null where the file does not say.</summary>
/// <param name="Z">Distance between planes.</param>
/// <param name="Y">Height of a pixel.</param>
/// <param name="X">Width of a pixel.</param>
public readonly record struct VoxelSize(double? Z, double? Y, double? X)
{
    /// <summary>Plane distance over pixel width; null unless both are known.</summary>
    public double? Anisotropy => Z / X;
}
