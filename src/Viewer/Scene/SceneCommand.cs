using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Scene;

/// <summary>One change of a scene, as data: what the command line, the browser and tests send, and what the undo log keeps.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(SetCamera), "camera")]
[JsonDerivedType(typeof(Orbit), "orbit")]
[JsonDerivedType(typeof(Pan), "pan")]
[JsonDerivedType(typeof(Zoom), "zoom")]
[JsonDerivedType(typeof(SetView), "view")]
[JsonDerivedType(typeof(SetTime), "time")]
[JsonDerivedType(typeof(SetCursor), "cursor")]
[JsonDerivedType(typeof(SetImage), "image")]
[JsonDerivedType(typeof(SetLabels), "labels")]
[JsonDerivedType(typeof(SetSelected), "select")]
[JsonDerivedType(typeof(Isolate), "isolate")]
[JsonDerivedType(typeof(Hide), "hide")]
[JsonDerivedType(typeof(SetClip), "clip")]
[JsonDerivedType(typeof(SetSlices), "slices")]
[JsonDerivedType(typeof(SetTails), "tails")]
[JsonDerivedType(typeof(SetLook), "look")]
public abstract record SceneCommand
{
    private SceneCommand()
    {
    }

    /// <summary>Replaces the camera.</summary>
    /// <param name="Camera">The new one.</param>
    public sealed record SetCamera(Camera Camera) : SceneCommand;

    /// <summary>Turns the camera around its target.</summary>
    /// <param name="Azimuth">Degrees to add.</param>
    /// <param name="Elevation">Degrees to add; stops at the poles.</param>
    public sealed record Orbit(double Azimuth, double Elevation) : SceneCommand;

    /// <summary>Moves the camera across the line of sight.</summary>
    /// <param name="Right">Share of the picture's height that things move to the right.</param>
    /// <param name="Down">Share of the picture's height that things move down.</param>
    public sealed record Pan(double Right, double Down) : SceneCommand;

    /// <summary>Enlarges.</summary>
    /// <param name="Factor">Above 1 comes nearer.</param>
    public sealed record Zoom(double Factor) : SceneCommand;

    /// <summary>Shows 3D or a slice.</summary>
    /// <param name="View">What to show.</param>
    public sealed record SetView(ViewKind View) : SceneCommand;

    /// <summary>Shows another time point.</summary>
    /// <param name="Time">From 0.</param>
    public sealed record SetTime(int Time) : SceneCommand;

    /// <summary>Moves the place that all views share.</summary>
    /// <param name="Cursor">In voxels.</param>
    public sealed record SetCursor(PointUm Cursor) : SceneCommand;

    /// <summary>Changes how a channel is shown.</summary>
    /// <param name="Channel">From 0.</param>
    /// <param name="Layer">The new look.</param>
    public sealed record SetImage(int Channel, ImageLayer Layer) : SceneCommand;

    /// <summary>Changes how labels are shown.</summary>
    /// <param name="Layer">The new look.</param>
    public sealed record SetLabels(LabelLayer Layer) : SceneCommand;

    /// <summary>Selects cells.</summary>
    /// <param name="Ids">The cells.</param>
    /// <param name="Change">What becomes of those selected before.</param>
    public sealed record SetSelected(ImmutableArray<uint> Ids, SelectionChange Change = SelectionChange.Replace) : SceneCommand;

    /// <summary>Shows cells alone.</summary>
    /// <param name="Ids">The cells; none with <see cref="SelectionChange.Replace"/> shows all again.</param>
    /// <param name="Change">What becomes of those isolated before.</param>
    /// <param name="Ghost">Opacity of the others; null keeps it.</param>
    public sealed record Isolate(ImmutableArray<uint> Ids, SelectionChange Change = SelectionChange.Replace, double? Ghost = null) : SceneCommand;

    /// <summary>Hides cells.</summary>
    /// <param name="Ids">The cells; none with <see cref="SelectionChange.Replace"/> hides none.</param>
    /// <param name="Change">What becomes of those hidden before.</param>
    public sealed record Hide(ImmutableArray<uint> Ids, SelectionChange Change = SelectionChange.Replace) : SceneCommand;

    /// <summary>Cuts the 3D view.</summary>
    /// <param name="Box">The part shown; null: all.</param>
    /// <param name="Planes">Planes besides.</param>
    public sealed record SetClip(ClipBox? Box, ImmutableArray<ClipPlane> Planes) : SceneCommand;

    /// <summary>Shows planes of the image in 3D.</summary>
    /// <param name="Slices">Which.</param>
    public sealed record SetSlices(SlicePlanes Slices) : SceneCommand;

    /// <summary>Draws the tails of tracks.</summary>
    /// <param name="Length">Time points that they go back; 0 for none.</param>
    public sealed record SetTails(int Length) : SceneCommand;

    /// <summary>Changes light, background and what is drawn over the picture; null keeps a part.</summary>
    /// <param name="Lighting">Light.</param>
    /// <param name="Background">Background.</param>
    /// <param name="Decorations">Drawn over the picture.</param>
    public sealed record SetLook(Lighting? Lighting = null, Background? Background = null, Decorations? Decorations = null) : SceneCommand;
}
