using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>All that decides what lies on the pixels' rays; while it stays the same, nothing is marched again.</summary>
internal sealed record SurfaceKey(
    ViewGeometry View, ViewKind Kind, ClipBox? Clip, object ClipPlanes, SlicePlanes Slices, object Cursor, int Data, int Shown,
    LabelSurface Surface, double Ghost, string Isos, bool Skip)
{
    /// <summary>The depth where there is nothing.</summary>
    public const float Nothing = 1.0e30f;

    public static SurfaceKey Of(SceneState scene, ViewGeometry view, int data, int shown, bool skip) => new(
        view, scene.View, scene.Clip, scene.ClipPlanes, scene.Slices, scene.View == ViewKind.Volume ? 0 : scene.Cursor, data, shown,
        scene.Labels?.Surface ?? default, scene.Labels?.Ghost ?? 0,
        string.Join(';', scene.Images.Select(i => i is { IsVisible: true, Mode: ProjectionMode.Iso } ? FormattableString.Invariant($"{i.Low} {i.High} {i.IsoLevel}") : "")), skip);
}
