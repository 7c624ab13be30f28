using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>Applies commands to scenes; nothing else changes one.</summary>
public static class SceneReducer
{
    /// <summary>The scene after a command.</summary>
    /// <param name="scene">The scene before; stays as it is.</param>
    /// <param name="command">What to change.</param>
    /// <exception cref="ArgumentException">The command does not fit the scene; the message says why.</exception>
    public static SceneState Apply(SceneState scene, SceneCommand command) => command switch
    {
        SceneCommand.SetCamera c => scene with { Camera = Valid(c.Camera) },
        SceneCommand.Orbit c => scene with { Camera = Orbit(scene.Camera, c) },
        SceneCommand.Pan c => scene with { Camera = Pan(scene.Camera, c) },
        SceneCommand.Zoom c => scene with { Camera = Valid(scene.Camera with { HeightUm = scene.Camera.HeightUm / c.Factor }) },
        SceneCommand.SetView c => scene with { View = Known(c.View) },
        SceneCommand.SetTime c => scene with { Time = c.Time >= 0 && c.Time < scene.Frames ? c.Time
            : throw new ArgumentOutOfRangeException(nameof(command), $"time must be 0 to {scene.Frames - 1}; got {c.Time}.") },
        SceneCommand.SetCursor c => scene with { Cursor = Inside(scene.Grid, c.Cursor) },
        SceneCommand.SetImage c => scene with { Images = scene.Images.SetItem(Channel(scene, c.Channel), Valid(c.Layer)) },
        SceneCommand.SetLabels c => WithLabels(scene, _ => c.Layer),
        SceneCommand.SetSelected c => WithLabels(scene, l => l with { Selected = Change(l.Selected, c.Ids, c.Change) }),
        SceneCommand.Isolate c => WithLabels(scene, l => l with { Isolated = Change(l.Isolated, c.Ids, c.Change), Ghost = c.Ghost ?? l.Ghost }),
        SceneCommand.Hide c => WithLabels(scene, l => l with { Hidden = Change(l.Hidden, c.Ids, c.Change) }),
        SceneCommand.SetClip c => scene with { Clip = c.Box?.Within(scene.Grid), ClipPlanes = Valid(c.Planes) },
        SceneCommand.SetSlices c => scene with { Slices = c.Slices },
        SceneCommand.SetTails c => scene with { TailLength = c.Length >= 0 ? c.Length : throw new ArgumentOutOfRangeException(nameof(command), $"a tail's length must be 0 or more; got {c.Length}.") },
        SceneCommand.SetLook c => scene with { Lighting = c.Lighting ?? scene.Lighting, Background = c.Background ?? scene.Background, Decorations = c.Decorations ?? scene.Decorations },
        _ => throw new ArgumentException($"there is no command {command.GetType().Name}.", nameof(command)),
    };

    private static Camera Orbit(Camera camera, SceneCommand.Orbit by)
    {
        double turned = camera.Azimuth + by.Azimuth;
        return Valid(camera with { Azimuth = turned - 360 * Math.Floor((turned + 180) / 360), Elevation = Math.Clamp(camera.Elevation + by.Elevation, -90, 90) });
    }

    private static Camera Pan(Camera camera, SceneCommand.Pan by)
    {
        CameraFrame frame = CameraFrame.Of(camera);
        return camera with { Target = camera.Target + frame.Right * (-by.Right * camera.HeightUm) + frame.Up * (by.Down * camera.HeightUm) };
    }

    private static PointUm Inside(VolumeGrid grid, PointUm at) =>
        new(Math.Clamp(at.Z, 0, grid.Shape.Z - 1), Math.Clamp(at.Y, 0, grid.Shape.Y - 1), Math.Clamp(at.X, 0, grid.Shape.X - 1));

    private static int Channel(SceneState scene, int channel) => (uint)channel < (uint)scene.Images.Length ? channel
        : throw new ArgumentOutOfRangeException(nameof(channel), $"channel must be 0 to {scene.Images.Length - 1}; got {channel}.");

    private static SceneState WithLabels(SceneState scene, Func<LabelLayer, LabelLayer> change)
    {
        LabelLayer layer = change(scene.Labels ?? throw new ArgumentException("this scene has no labels to change; open some first."));
        layer.Validate();
        return scene with { Labels = layer };
    }

    private static ImmutableSortedSet<uint> Change(ImmutableSortedSet<uint> set, ImmutableArray<uint> ids, SelectionChange change) => change switch
    {
        SelectionChange.Add => set.Union(ids),
        SelectionChange.Remove => set.Except(ids),
        _ => [.. ids],
    };

    private static Camera Valid(Camera camera)
    {
        camera.Validate();
        return camera;
    }

    private static ImageLayer Valid(ImageLayer layer)
    {
        layer.Validate();
        return layer;
    }

    private static ImmutableArray<ClipPlane> Valid(ImmutableArray<ClipPlane> planes) => planes.IsDefault ? []
        : planes.Length > SceneState.MostClipPlanes ? throw new ArgumentException($"at most {SceneState.MostClipPlanes} clip planes can be set; got {planes.Length}.", nameof(planes))
        : planes.Any(p => !(p.Normal.Length > 0)) ? throw new ArgumentException("a clip plane's normal must have a length above 0.", nameof(planes))
        : planes;

    private static ViewKind Known(ViewKind view) => Enum.IsDefined(view) ? view : throw new ArgumentOutOfRangeException(nameof(view), $"there is no view {view}.");
}
