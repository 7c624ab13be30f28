using System.Numerics;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>From pixels to rays and from places to pixels, for one picture. Vectors are (x, y, z) in micrometres.</summary>
/// <param name="Eye">Where a perspective's rays start; else the middle of the plane they start from.</param>
/// <param name="Right">Half the picture to the right, at distance 1 in a perspective.</param>
/// <param name="Down">Half the picture down, at distance 1 in a perspective.</param>
/// <param name="Forward">Away from the viewer, length 1.</param>
/// <param name="IsPerspective">Whether rays spread.</param>
/// <param name="Width">Pixels to the right.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="UmPerPixel">Micrometres of a pixel, in a perspective at the camera's target.</param>
public sealed record ViewGeometry(Vector3 Eye, Vector3 Right, Vector3 Down, Vector3 Forward, bool IsPerspective, int Width, int Height, double UmPerPixel)
{
    /// <summary>The geometry of a scene's view.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="supersampling">Pixels drawn for one of the picture along each side; the geometry is that of the pixels drawn.</param>
    public static ViewGeometry For(SceneState scene, int width, int height, int supersampling = 1)
    {
        double aspect = (double)width / height;
        Camera camera = CameraOf(scene, aspect, height);
        (width, height) = (width * supersampling, height * supersampling);
        CameraFrame frame = CameraFrame.Of(camera);
        bool perspective = camera.PerspectiveDegrees > 0;
        double half = perspective ? Math.Tan(camera.PerspectiveDegrees * Math.PI / 360) : camera.HeightUm / 2;
        PointUm eye = perspective ? frame.Eye : camera.Target - frame.Forward * (2 * scene.Grid.DiagonalUm);
        return new ViewGeometry(ToVector(eye), ToVector(frame.Right * (half * aspect)), ToVector(frame.Up * -half), ToVector(frame.Forward), perspective, width, height, camera.HeightUm / height);
    }

    /// <summary>The camera of a view; slices have one that looks straight at them.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="aspect">Width of the picture over its height.</param>
    /// <param name="height">Pixels.</param>
    public static Camera CameraOf(SceneState scene, double aspect, int height)
    {
        if (scene.View == ViewKind.Volume)
            return scene.Camera;
        CameraPreset preset = scene.View switch { ViewKind.XZ => CameraPreset.Bottom, ViewKind.ZY => CameraPreset.Right, _ => CameraPreset.Front };
        Camera camera = Camera.For(scene.Grid, preset, aspect);
        if (scene.SliceZoom <= 0)
            return camera with { HeightUm = camera.HeightUm / Camera.Margin };
        if (scene.SliceCentre)
            return camera with { HeightUm = height / scene.SliceZoom };
        PointUm at = scene.Cursor + new PointUm(0.5, 0.5, 0.5), size = scene.Grid.VoxelUm;
        return camera with { HeightUm = height / scene.SliceZoom, Target = new PointUm(at.Z * size.Z, at.Y * size.Y, at.X * size.X) };
    }

    /// <summary>Where a place is on the picture, in pixels from the top left corner; how far away in micrometres.</summary>
    /// <param name="place">In the volume.</param>
    public (double X, double Y, double Away) Project(PointUm place)
    {
        Vector3 v = ToVector(place) - Eye;
        double away = Vector3.Dot(v, Forward), scale = IsPerspective ? 1 / away : 1;
        double x = Vector3.Dot(v, Right) / Right.LengthSquared() * scale, y = Vector3.Dot(v, Down) / Down.LengthSquared() * scale;
        return ((x + 1) / 2 * Width, (y + 1) / 2 * Height, away);
    }

    /// <summary>The ray of a place on the picture.</summary>
    /// <param name="x">Pixels from the left; the first pixel's middle is 0.5.</param>
    /// <param name="y">Pixels from the top.</param>
    public (Vector3 Origin, Vector3 Direction) Ray(double x, double y)
    {
        Vector3 across = (float)(2 * x / Width - 1) * Right + (float)(2 * y / Height - 1) * Down;
        return IsPerspective ? (Eye, Vector3.Normalize(Forward + across)) : (Eye + across, Forward);
    }

    internal static Vector3 ToVector(PointUm p) => new((float)p.X, (float)p.Y, (float)p.Z);

    internal static PointUm ToPoint(Vector3 v) => new(v.Z, v.Y, v.X);

    /// <summary>Tells a program the rays and what is cut away.</summary>
    internal void Set(GlProgram program, SceneState scene)
    {
        program.Set("u_eye", Eye);
        program.Set("u_right", Right);
        program.Set("u_down", Down);
        program.Set("u_forward", Forward);
        program.Set("u_perspective", IsPerspective ? 1 : 0);
        program.Set("u_viewport", new Vector2(Width, Height));
        (Vector3 low, Vector3 high) = Shown(scene);
        program.Set("u_clipLow", low);
        program.Set("u_clipHigh", high);
        bool cut = scene.View == ViewKind.Volume;
        program.Set("u_planeCount", cut ? scene.ClipPlanes.Length : 0);
        if (cut && scene.ClipPlanes.Length > 0)
        {
            Span<Vector4> planes = stackalloc Vector4[scene.ClipPlanes.Length];
            for (int n = 0; n < planes.Length; n++)
                planes[n] = new Vector4(ToVector(scene.ClipPlanes[n].Normal), (float)scene.ClipPlanes[n].OffsetUm);
            program.Set("u_planes", planes);
        }
    }

    /// <summary>The box that is shown, in micrometres; slices are never cut.</summary>
    internal static (Vector3 Low, Vector3 High) Shown(SceneState scene)
    {
        ClipBox box = (scene.View == ViewKind.Volume ? scene.Clip : null)?.Within(scene.Grid) ?? ClipBox.All(scene.Grid);
        Vector3 voxel = ToVector(scene.Grid.VoxelUm);
        return (ToVector(box.Low) * voxel, ToVector(box.High) * voxel);
    }
}
