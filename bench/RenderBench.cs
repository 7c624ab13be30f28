using System.Diagnostics;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Bench;

/// <summary>Frames of a volume of 256^3 voxels with 400 cells: labels, image, slices, picking.</summary>
internal static class RenderBench
{
    private const int Side = 256, Cells = 400, Picture = 512;

    public static void Run()
    {
        LabelVolume labels = MakeLabels();
        float[] values = new float[labels.Voxels.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = (labels.Voxels[i] == 0 ? 100 : 400) + (i * 37L + i / 256 * 11L) % 64;
        IntensityVolume image = IntensityVolume.Of(values, labels.Shape);
        double fill = 100.0 * labels.Voxels.Count(v => v != 0) / labels.Voxels.Length;
        var grid = new VolumeGrid(labels.Shape, new PointUm(1, 1, 1));
        var contacts = new LabelContacts();
        contacts.Add(labels);
        using GlThread gl = GlThread.OpenHeadless();
        Console.WriteLine($"{gl.Device.Origin}, {gl.Device.Renderer}; {Side}^3 voxels, {labels.Ids().Length} cells, {fill:f0} % filled; pictures of {Picture} x {Picture} pixels");
        Console.WriteLine("| frame | best ms | median ms | processor ms |");
        Console.WriteLine("|---|---|---|---|");
        SceneRenderer renderer = gl.Invoke(device => new SceneRenderer(device) { Colors = LabelPalette.ByContact(contacts) });
        var layer = new LabelLayer();
        var scene = new SceneState { Grid = grid, Camera = Camera.For(grid, CameraPreset.Corner, 1), Labels = layer };
        var channel = new ImageLayer { Low = 300, High = 450 };
        Time("labels given to the device", () => gl.Invoke(_ =>
        {
            renderer.SetLabels(labels);
            renderer.Draw(scene, 16, 16);
            renderer.Finish();
        }), 3);
        Frames("labels, smooth", scene);
        Frames("labels, faces of voxels", scene with { Labels = layer with { Surface = LabelSurface.Voxels } });
        Frames("labels, smooth, without shading's occlusion", scene with { Lighting = new Lighting(0) });
        Time("other colours only", () => gl.Invoke(_ =>
        {
            renderer.Colors = new Dictionary<uint, Rgb>(renderer.Colors);
            renderer.Draw(scene, Picture, Picture);
            renderer.Finish();
        }), 9);
        gl.Invoke(_ => renderer.SetImage(0, image));
        foreach (ProjectionMode mode in (ProjectionMode[])[ProjectionMode.Mip, ProjectionMode.Attenuated, ProjectionMode.Translucent, ProjectionMode.Iso])
            Frames($"image, {mode.ToString().ToLowerInvariant()}", scene with { Labels = null, Images = [channel with { Mode = mode }] });
        Frames("slice with outlines", scene with { View = ViewKind.XY, Images = [channel], Cursor = new PointUm(128, 128, 128) });
        Time("pick", () => gl.Invoke(_ => renderer.Pick(Picture / 2, Picture / 2)), 50);
        gl.Invoke(_ => renderer.Dispose());

        // every frame from another side, so that nothing is kept from the last
        void Frames(string name, SceneState shown)
        {
            int n = 0;
            Time(name, () => gl.Invoke(_ =>
            {
                renderer.Draw(SceneReducer.Apply(SceneReducer.Apply(shown, new SceneCommand.Orbit(7 * ++n, 0)), new SceneCommand.SetCursor(new PointUm(100 + n, 128, 128))), Picture, Picture);
                renderer.Finish();
            }), 9);
        }
    }

    private static void Time(string name, Action run, int repeats)
    {
        run();
        double[] milliseconds = new double[repeats];
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        for (int n = 0; n < repeats; n++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            milliseconds[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        double used = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / repeats;
        Array.Sort(milliseconds);
        Console.WriteLine($"| {name} | {milliseconds[0]:f2} | {milliseconds[repeats / 2]:f2} | {used:f1} |");
    }

    private static LabelVolume MakeLabels()
    {
        var random = new Random(1);
        uint[] voxels = new uint[Side * Side * Side];
        for (uint id = 1; id <= Cells; id++)
        {
            double r = 8 + 5 * random.NextDouble(), cz = Place(), cy = Place(), cx = Place();
            for (int z = (int)(cz - r); z <= cz + r; z++)
            {
                for (int y = (int)(cy - r); y <= cy + r; y++)
                {
                    for (int x = (int)(cx - r); x <= cx + r; x++)
                    {
                        if ((z - cz) * (z - cz) + (y - cy) * (y - cy) + (x - cx) * (x - cx) <= r * r)
                            voxels[(z * Side + y) * Side + x] = id;
                    }
                }
            }
        }
        return new LabelVolume(voxels, new VolumeShape(Side, Side, Side));

        double Place() => 15 + (Side - 30) * random.NextDouble();
    }
}
