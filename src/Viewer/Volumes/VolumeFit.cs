using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Finds how a volume must be thinned to fit a texture and the memory.</summary>
public static class VolumeFit
{
    /// <summary>The smallest stride along each axis with which a volume fits; the axis with the finest voxels is thinned first.</summary>
    /// <param name="shape">Voxels.</param>
    /// <param name="voxelUm">Their size.</param>
    /// <param name="longest">The longest side of a texture.</param>
    /// <param name="mostVoxels">The number of voxels that memory allows, at least 1.</param>
    public static VolumeShape Stride(VolumeShape shape, PointUm voxelUm, int longest, long mostVoxels)
    {
        mostVoxels = Math.Clamp(mostVoxels, 1, Array.MaxLength);
        int z = Whole(shape.Z, longest), y = Whole(shape.Y, longest), x = Whole(shape.X, longest);
        while (Thinned(shape, new VolumeShape(z, y, x)).Count > mostVoxels)
        {
            (double dz, double dy, double dx) = (Cost(z, voxelUm.Z, shape.Z), Cost(y, voxelUm.Y, shape.Y), Cost(x, voxelUm.X, shape.X));
            if (dx <= dy && dx <= dz)
                x++;
            else if (dy <= dz)
                y++;
            else
                z++;
        }
        return new VolumeShape(z, y, x);

        // an axis that is one voxel long already gives nothing
        static double Cost(int stride, double size, int length) => stride >= length ? double.PositiveInfinity : stride * size;
    }

    /// <summary>The voxels that are left.</summary>
    /// <param name="shape">Voxels.</param>
    /// <param name="stride">Stride along each axis.</param>
    public static VolumeShape Thinned(VolumeShape shape, VolumeShape stride) =>
        new(Whole(shape.Z, stride.Z), Whole(shape.Y, stride.Y), Whole(shape.X, stride.X));

    internal static void Require(long length, VolumeShape shape)
    {
        if (shape.Z < 1 || shape.Y < 1 || shape.X < 1 || shape.Count != length)
            throw new ArgumentException($"a volume of {shape} needs {shape.Count} voxels, at least one; got {length}.", nameof(shape));
    }

    private static int Whole(int length, int parts) => (length + parts - 1) / parts;
}
