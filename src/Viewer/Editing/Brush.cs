using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>A round brush: all voxels whose centre is within a radius of a stroke's line, in micrometres.</summary>
internal static class Brush
{
    /// <summary>Draws a stroke.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="voxelUm">Size of a voxel.</param>
    /// <param name="points">The stroke, in voxels.</param>
    /// <param name="radius">In edges of a voxel along x, at least 0.5.</param>
    /// <param name="plane">The plane of a disk; null for a ball.</param>
    /// <param name="id">What is drawn.</param>
    /// <param name="mayChange">Whether voxels of an id may be changed.</param>
    /// <exception cref="ArgumentException">No points, points that are no numbers or not on one plane, or a radius out of its range.</exception>
    public static void Stroke(EditRecorder recorder, PointUm voxelUm, ImmutableArray<PointUm> points, double radius, EditPlane? plane, uint id, Func<uint, bool> mayChange)
    {
        if (!(radius is >= 0.5 and <= 1e6))
            throw new ArgumentException(FormattableString.Invariant($"a brush's radius must be 0.5 voxels or more; got {radius}."), nameof(radius));
        if (points.IsDefaultOrEmpty || points.Any(p => !double.IsFinite(p.Z + p.Y + p.X)))
            throw new ArgumentException("a stroke must have a point or more, of finite numbers.", nameof(points));
        VolumeShape shape = recorder.Volume.Shape;
        var scale = new PointUm(voxelUm.Z / voxelUm.X, voxelUm.Y / voxelUm.X, 1);
        VolumeBox within = plane is { } p ? PlaneBox(new PlaneGrid(p, shape), points) : shape.All;
        PointUm[] stroke = plane is { } q ? [.. points.Select(at => OnPlane(at, q))] : [.. points];

        for (int n = 0; n < stroke.Length; n++)
        {
            Capsule(recorder, stroke[Math.Max(0, n - 1)], stroke[n], radius, scale, within, id, mayChange);
            (int z, int y, int x) = (PlaneGrid.Round(stroke[n].Z), PlaneGrid.Round(stroke[n].Y), PlaneGrid.Round(stroke[n].X));
            if (within.Contains(z, y, x) && mayChange(recorder[z, y, x]))
                recorder.Set(z, y, x, id);
        }
    }

    private static VolumeBox PlaneBox(PlaneGrid grid, ImmutableArray<PointUm> points)
    {
        int n = grid.PlaneOf(points.AsSpan());
        (int z, int y, int x) = grid.Voxel(n, 0, 0);
        return grid.Plane switch
        {
            EditPlane.XY => new VolumeBox(z, y, x, 1, grid.Shape.Y, grid.Shape.X),
            EditPlane.XZ => new VolumeBox(z, y, x, grid.Shape.Z, 1, grid.Shape.X),
            _ => new VolumeBox(z, y, x, grid.Shape.Z, grid.Shape.Y, 1),
        };
    }

    // a disk is drawn at the plane's voxel centres, wherever between its borders the points are
    private static PointUm OnPlane(PointUm at, EditPlane plane) => plane switch
    {
        EditPlane.XY => at with { Z = PlaneGrid.Round(at.Z) },
        EditPlane.XZ => at with { Y = PlaneGrid.Round(at.Y) },
        _ => at with { X = PlaneGrid.Round(at.X) },
    };

    private static void Capsule(EditRecorder recorder, PointUm from, PointUm to, double radius, PointUm scale, VolumeBox within, uint id, Func<uint, bool> mayChange)
    {
        VolumeBox box = Around(from, to, radius, scale).Intersect(within);
        PointUm a = Scaled(from, scale), along = Scaled(to, scale) - a;
        double length = along.SquaredLength;
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                for (int x = box.X; x < box.EndX; x++)
                {
                    PointUm off = new PointUm(z * scale.Z, y * scale.Y, x) - a;
                    double share = length > 0 ? Math.Clamp((off.Z * along.Z + off.Y * along.Y + off.X * along.X) / length, 0, 1) : 0;
                    if ((off - along * share).SquaredLength <= radius * radius && mayChange(recorder[z, y, x]))
                        recorder.Set(z, y, x, id);
                }
            }
        }
    }

    private static VolumeBox Around(PointUm from, PointUm to, double radius, PointUm scale)
    {
        (int z, int depth) = Span(from.Z, to.Z, radius / scale.Z);
        (int y, int height) = Span(from.Y, to.Y, radius / scale.Y);
        (int x, int width) = Span(from.X, to.X, radius);
        return new VolumeBox(z, y, x, depth, height, width);

        static (int From, int Count) Span(double a, double b, double reach)
        {
            int low = (int)Math.Clamp(Math.Floor(Math.Min(a, b) - reach), -1e8, 1e8), high = (int)Math.Clamp(Math.Ceiling(Math.Max(a, b) + reach), -1e8, 1e8);
            return (low, high - low + 1);
        }
    }

    private static PointUm Scaled(PointUm p, PointUm scale) => new(p.Z * scale.Z, p.Y * scale.Y, p.X * scale.X);
}
