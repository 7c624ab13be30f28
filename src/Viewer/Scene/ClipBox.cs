using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>The part of a volume that is shown, in voxels of the finest resolution; the ends are exclusive.</summary>
/// <param name="Low">First voxel shown.</param>
/// <param name="High">Behind the last voxel shown.</param>
public sealed record ClipBox(PointUm Low, PointUm High)
{
    /// <summary>All of a volume.</summary>
    /// <param name="grid">The volume.</param>
    public static ClipBox All(VolumeGrid grid) => new(default, new PointUm(grid.Shape.Z, grid.Shape.Y, grid.Shape.X));

    /// <summary>The box cut to a volume; where nothing is left, without extent.</summary>
    /// <param name="grid">The volume.</param>
    public ClipBox Within(VolumeGrid grid)
    {
        ClipBox all = All(grid);
        PointUm low = new(Math.Clamp(Low.Z, 0, all.High.Z), Math.Clamp(Low.Y, 0, all.High.Y), Math.Clamp(Low.X, 0, all.High.X));
        return new ClipBox(low, new PointUm(Math.Clamp(High.Z, low.Z, all.High.Z), Math.Clamp(High.Y, low.Y, all.High.Y), Math.Clamp(High.X, low.X, all.High.X)));
    }
}
