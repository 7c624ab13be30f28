using System.Numerics;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Tests;

/// <summary>The obvious ray caster: in double precision, every border of voxels that a ray crosses, in order.</summary>
internal static class SlowRayCaster
{
    /// <summary>First id on each pixel's ray, and how far away it is.</summary>
    public static (uint[] Ids, double[] Depths) Cast(LabelVolume labels, SceneState scene, int width, int height, Func<uint, bool>? shows = null)
    {
        ViewGeometry view = ViewGeometry.For(scene, width, height);
        uint[] ids = new uint[width * height];
        double[] depths = new double[width * height];
        Parallel.For(0, height, y =>
        {
            for (int x = 0; x < width; x++)
                (ids[y * width + x], depths[y * width + x]) = Follow(labels, scene, view, x + 0.5, y + 0.5, shows ?? (id => id != 0));
        });
        return (ids, depths);
    }

    private static (uint Id, double Depth) Follow(LabelVolume labels, SceneState scene, ViewGeometry view, double px, double py, Func<uint, bool> shows)
    {
        (Vector3 o, Vector3 d) = view.Ray(px, py);
        double[] origin = [o.Z, o.Y, o.X], direction = [d.Z, d.Y, d.X];
        double[] voxel = [scene.Grid.VoxelUm.Z * labels.Stride.Z, scene.Grid.VoxelUm.Y * labels.Stride.Y, scene.Grid.VoxelUm.X * labels.Stride.X];
        int[] shape = [labels.Shape.Z, labels.Shape.Y, labels.Shape.X];
        ClipBox box = scene.Clip ?? ClipBox.All(scene.Grid);
        double[] low = [box.Low.Z * scene.Grid.VoxelUm.Z, box.Low.Y * scene.Grid.VoxelUm.Y, box.Low.X * scene.Grid.VoxelUm.X];
        double[] high = [box.High.Z * scene.Grid.VoxelUm.Z, box.High.Y * scene.Grid.VoxelUm.Y, box.High.X * scene.Grid.VoxelUm.X];
        (double near, double far) = (0, double.PositiveInfinity);
        var borders = new List<double>();
        for (int a = 0; a < 3; a++)
        {
            if (Math.Abs(direction[a]) < 1e-6)
            {
                if (origin[a] < low[a] || origin[a] > high[a])
                    return default;
                continue;
            }
            double t0 = (low[a] - origin[a]) / direction[a], t1 = (high[a] - origin[a]) / direction[a];
            (near, far) = (Math.Max(near, Math.Min(t0, t1)), Math.Min(far, Math.Max(t0, t1)));
            for (int n = 0; n <= shape[a]; n++)
                borders.Add((n * voxel[a] - origin[a]) / direction[a]);
        }
        if (near >= far)
            return default;
        double[] stops = [near, .. borders.Where(t => t > near && t < far).Order(), far];
        for (int n = 0; n + 1 < stops.Length; n++)
        {
            double middle = (stops[n] + stops[n + 1]) / 2;
            int[] at = new int[3];
            for (int a = 0; a < 3; a++)
                at[a] = Math.Clamp((int)Math.Floor((origin[a] + middle * direction[a]) / voxel[a]), 0, shape[a] - 1);
            uint id = labels.Voxels[(at[0] * shape[1] + at[1]) * shape[2] + at[2]];
            if (id != 0 && shows(id))
                return (id, stops[n]);
        }
        return default;
    }
}
