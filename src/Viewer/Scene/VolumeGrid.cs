using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Scene;

/// <summary>Where a volume's voxels lie: their number and their size. Voxel (0, 0, 0) begins at the origin.</summary>
/// <param name="Shape">Voxels of the finest resolution.</param>
/// <param name="VoxelUm">Size of a voxel in micrometres; 1 where nothing is known.</param>
public sealed record VolumeGrid(VolumeShape Shape, PointUm VoxelUm)
{
    /// <summary>A grid with the sizes a file names; what it leaves out is as wide as a pixel, or 1.</summary>
    /// <param name="shape">Voxels.</param>
    /// <param name="size">Sizes as far as they are known.</param>
    public static VolumeGrid Of(VolumeShape shape, VoxelSize size)
    {
        double x = size.X ?? size.Y ?? 1;
        return new VolumeGrid(shape, new PointUm(size.Z ?? x, size.Y ?? x, x));
    }

    /// <summary>Lengths of the volume's edges.</summary>
    public PointUm SizeUm => new(Shape.Z * VoxelUm.Z, Shape.Y * VoxelUm.Y, Shape.X * VoxelUm.X);

    /// <summary>The middle of the volume.</summary>
    public PointUm CentreUm => SizeUm * 0.5;

    /// <summary>Length of the volume's diagonal.</summary>
    public double DiagonalUm => SizeUm.Length;
}
