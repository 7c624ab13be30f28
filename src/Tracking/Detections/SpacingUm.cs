using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.Detections;

/// <summary>Edge lengths of a voxel in micrometres, all known.</summary>
/// <param name="Z">Distance between planes.</param>
/// <param name="Y">Height of a pixel.</param>
/// <param name="X">Width of a pixel.</param>
public readonly record struct SpacingUm(double Z, double Y, double X)
{
    /// <summary>Voxels of 1 um, for files that do not say: distances are then in voxels.</summary>
    public static SpacingUm Unit => new(1, 1, 1);

    /// <summary>Volume of a voxel; in two dimensions Z is 1 and this is an area.</summary>
    public double Volume => Z * Y * X;

    /// <summary>Takes what a file says; a pixel edge that is unknown is the other one's, or 1, and an unknown plane distance is the pixel's width.</summary>
    /// <param name="size">The file's voxel size.</param>
    public static SpacingUm From(VoxelSize size)
    {
        double x = size.X ?? size.Y ?? 1;
        return new SpacingUm(size.Z ?? x, size.Y ?? x, x);
    }

    /// <summary>Checks that every edge is a length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An edge is not positive and finite.</exception>
    public void Validate()
    {
        foreach ((double edge, string axis) in (ReadOnlySpan<(double, string)>)[(Z, "Z"), (Y, "Y"), (X, "X")])
        {
            if (!(edge > 0 && double.IsFinite(edge)))
                throw new ArgumentOutOfRangeException(axis, edge, $"spacing along {axis} must be above 0 and finite; got {edge}.");
        }
    }

    /// <summary>The place of a voxel.</summary>
    /// <param name="z">Plane.</param>
    /// <param name="y">Row.</param>
    /// <param name="x">Column.</param>
    public PointUm At(double z, double y, double x) => new(z * Z, y * Y, x * X);

    /// <summary>A displacement in voxels, with Z first.</summary>
    /// <param name="displacement">In micrometres.</param>
    public (double Z, double Y, double X) ToVoxels(PointUm displacement) => (displacement.Z / Z, displacement.Y / Y, displacement.X / X);
}
