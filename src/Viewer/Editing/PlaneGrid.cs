using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Planes of a volume that are drawn on: u to the right, v down, n through the planes.</summary>
internal readonly record struct PlaneGrid(EditPlane Plane, VolumeShape Shape)
{
    /// <summary>Voxels along u.</summary>
    public int Width => Plane == EditPlane.ZY ? Shape.Z : Shape.X;

    /// <summary>Voxels along v.</summary>
    public int Height => Plane == EditPlane.XZ ? Shape.Z : Shape.Y;

    /// <summary>Number of planes.</summary>
    public int Planes => Plane switch { EditPlane.XY => Shape.Z, EditPlane.XZ => Shape.Y, _ => Shape.X };

    /// <summary>A place as (n, v, u).</summary>
    public (double N, double V, double U) Project(PointUm p) => Plane switch
    {
        EditPlane.XY => (p.Z, p.Y, p.X),
        EditPlane.XZ => (p.Y, p.Z, p.X),
        _ => (p.X, p.Y, p.Z),
    };

    /// <summary>A voxel as (z, y, x).</summary>
    public (int Z, int Y, int X) Voxel(int n, int v, int u) => Plane switch
    {
        EditPlane.XY => (n, v, u),
        EditPlane.XZ => (v, n, u),
        _ => (u, v, n),
    };

    /// <summary>Sizes along (n, v, u).</summary>
    public (double N, double V, double U) Sizes(PointUm voxelUm) => Project(voxelUm);

    /// <summary>The plane that all of some points lie on.</summary>
    /// <exception cref="ArgumentException">There is none, or it is outside the volume.</exception>
    public int PlaneOf(ReadOnlySpan<PointUm> points)
    {
        int plane = Round(Project(points[0]).N);
        foreach (PointUm p in points)
        {
            if (Round(Project(p).N) != plane)
                throw new ArgumentException($"points must lie on one {Plane} plane; got planes {plane} and {Round(Project(p).N)}.", nameof(points));
        }
        if ((uint)plane >= (uint)Planes)
            throw new ArgumentException($"{Plane} plane must be 0 to {Planes - 1}; got {plane}.", nameof(points));
        return plane;
    }

    /// <summary>The voxel that a coordinate lies in.</summary>
    public static int Round(double coordinate) => (int)Math.Clamp(Math.Floor(coordinate + 0.5), -1e9, 1e9);
}
