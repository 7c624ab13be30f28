using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests;

/// <summary>Volumes whose picture can be worked out.</summary>
internal static class Phantoms
{
    /// <summary>Labels by a function of the voxel.</summary>
    public static LabelVolume Labels(int z, int y, int x, Func<int, int, int, uint> id)
    {
        uint[] voxels = new uint[z * y * x];
        int at = 0;
        for (int k = 0; k < z; k++)
        {
            for (int j = 0; j < y; j++)
            {
                for (int i = 0; i < x; i++)
                    voxels[at++] = id(k, j, i);
            }
        }
        return new LabelVolume(voxels, new VolumeShape(z, y, x));
    }

    /// <summary>Intensities by a function of the voxel.</summary>
    public static IntensityVolume Image(int z, int y, int x, Func<int, int, int, float> value)
    {
        float[] voxels = new float[z * y * x];
        int at = 0;
        for (int k = 0; k < z; k++)
        {
            for (int j = 0; j < y; j++)
            {
                for (int i = 0; i < x; i++)
                    voxels[at++] = value(k, j, i);
            }
        }
        return IntensityVolume.Of(voxels, new VolumeShape(z, y, x));
    }

    /// <summary>Ellipsoids, some of them touching; ids far apart, some above 2^24 and one just below 2^32.</summary>
    public static LabelVolume Cells(int z, int y, int x, int count, int seed, double smallest = 3, double largest = 7)
    {
        var random = new Random(seed);
        var volume = new LabelVolume(new uint[z * y * x], new VolumeShape(z, y, x));
        for (int n = 0; n < count; n++)
        {
            uint id = n switch { 0 => uint.MaxValue - 1, 1 => (1u << 24) + 1, 2 => (1u << 24) + 2, _ => (uint)(n + 1) };
            (double cz, double cy, double cx) = (random.NextDouble() * z, random.NextDouble() * y, random.NextDouble() * x);
            (double rz, double ry, double rx) = (Radius(), Radius(), Radius());
            for (int k = (int)Math.Max(0, cz - rz); k < Math.Min(z, cz + rz); k++)
            {
                for (int j = (int)Math.Max(0, cy - ry); j < Math.Min(y, cy + ry); j++)
                {
                    for (int i = (int)Math.Max(0, cx - rx); i < Math.Min(x, cx + rx); i++)
                    {
                        double r = Square((k + 0.5 - cz) / rz) + Square((j + 0.5 - cy) / ry) + Square((i + 0.5 - cx) / rx);
                        ref uint voxel = ref volume.Voxels[(k * y + j) * x + i];
                        if (r <= 1 && voxel == 0)
                            voxel = id;
                    }
                }
            }
        }
        return volume;

        double Radius() => smallest + (largest - smallest) * random.NextDouble();
        static double Square(double v) => v * v;
    }

    /// <summary>A scene that shows all of a volume.</summary>
    public static SceneState Scene(VolumeShape shape, CameraPreset preset = CameraPreset.Corner, double aspect = 1, double perspective = 0, PointUm? voxel = null)
    {
        var grid = new VolumeGrid(shape, voxel ?? new PointUm(1, 1, 1));
        return new SceneState
        {
            Grid = grid,
            Camera = Camera.For(grid, preset, aspect, UpAxis.Y, perspective),
            Labels = new LabelLayer { Surface = LabelSurface.Voxels },
            Background = Background.Black,
        };
    }
}
