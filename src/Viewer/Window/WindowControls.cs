using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Window;

/// <summary>From mouse and keys to commands of the scene; knows nothing of windows.</summary>
internal sealed class WindowControls(SceneState scene)
{
    /// <summary>What the keys do, for people.</summary>
    public const string Help = """
        drag            turn; with Shift or the middle button move; on a slice the wheel goes through the planes
        wheel           nearer, farther
        click           select a cell; with Shift another one besides; Escape: none
        I               selected cells alone, the rest as glass; again: all cells
        H               hide the selected cells; with Shift: hide none
        Z, Up, Down     next plane; with Shift 10 planes on (Z: back)
        T, Left, Right  next time point; with Shift T: back
        Tab             3D, and planes XY, XZ, ZY
        1 to 6          from the front, back, left, right, top, bottom; Home: all of it from a corner
        B               box and axes
        V               smooth surfaces, or voxels
        S               a picture of the window as a PNG
        Q               end
        """;

    private const double DegreesPerWindow = 180, ClickReach = 0.006;

    private (double X, double Y) _at, _pressedAt;
    private int? _button;
    private bool _shift, _hasMoved;

    /// <summary>The scene now.</summary>
    public SceneState Scene { get; private set; } = scene;

    /// <summary>Whether the mouse is drawing the scene about.</summary>
    public bool IsDragging => _button is not null && _hasMoved;

    /// <summary>Where a person clicked, and whether to add to the selection; null once it is answered.</summary>
    public (double X, double Y, bool Adds)? Clicked { get; set; }

    /// <summary>Whether a picture is wanted; false once it is made.</summary>
    public bool WantsPicture { get; set; }

    /// <summary>Whether the end is wanted.</summary>
    public bool WantsEnd { get; private set; }

    /// <summary>Takes what a person did.</summary>
    /// <param name="happened">What.</param>
    /// <param name="aspect">Width of the window over its height.</param>
    public void Take(WindowEvent happened, double aspect)
    {
        switch (happened)
        {
            case WindowEvent.Move move:
                Move(move, aspect);
                break;
            case WindowEvent.Button { IsDown: true } press when press.Which is Glfw.Left or Glfw.Middle:
                (_button, _shift, _hasMoved, _pressedAt) = (press.Which, press.Shift, false, _at);
                break;
            case WindowEvent.Button { IsDown: false } release when release.Which == _button:
                if (!_hasMoved && release.Which == Glfw.Left)
                    Clicked = (_at.X, _at.Y, release.Shift);
                _button = null;
                break;
            case WindowEvent.Scroll scroll when Scene.View == ViewKind.Volume:
                Do(new SceneCommand.Zoom(Math.Pow(1.15, scroll.By)));
                break;
            case WindowEvent.Scroll scroll:
                Step(scroll.By > 0 ? -1 : 1);
                break;
            case WindowEvent.Key key:
                Press(key.Code, key.Shift, aspect);
                break;
        }
    }

    /// <summary>Answers a click.</summary>
    /// <param name="picked">What is there; null for nothing.</param>
    /// <param name="adds">Whether it joins the selection.</param>
    public void Select(PickedPoint? picked, bool adds)
    {
        if (Scene.Labels is null || (adds && picked is not { Id: > 0 }))
            return;
        Do(new SceneCommand.SetSelected(picked is { Id: > 0 } hit ? [hit.Id] : [],
            !adds ? SelectionChange.Replace : Scene.Labels.Selected.Contains(picked!.Id) ? SelectionChange.Remove : SelectionChange.Add));
        if (picked is { } point)
            Do(new SceneCommand.SetCursor(point.Voxel - new PointUm(0.5, 0.5, 0.5)));
    }

    private void Move(WindowEvent.Move move, double aspect)
    {
        (double dx, double dy) = (move.X - _at.X, move.Y - _at.Y);
        _at = (move.X, move.Y);
        if (_button is null)
            return;
        _hasMoved |= Math.Max(Math.Abs(move.X - _pressedAt.X), Math.Abs(move.Y - _pressedAt.Y)) > ClickReach;
        if (!_hasMoved || Scene.View != ViewKind.Volume)
            return;
        if (_button == Glfw.Middle || _shift)
            Do(new SceneCommand.Pan(dx * aspect, dy));
        else
            Do(new SceneCommand.Orbit(dx * DegreesPerWindow, dy * DegreesPerWindow));
    }

    private void Press(WindowKey key, bool shift, double aspect)
    {
        switch (key)
        {
            case WindowKey.Z:
                Step(shift ? -1 : 1);
                break;
            case WindowKey.Up or WindowKey.Down:
                Step((key == WindowKey.Up ? -1 : 1) * (shift ? 10 : 1));
                break;
            case WindowKey.T or WindowKey.Left or WindowKey.Right:
                Do(new SceneCommand.SetTime(Math.Clamp(Scene.Time + (key == WindowKey.Left || (key == WindowKey.T && shift) ? -1 : 1), 0, Scene.Frames - 1)));
                break;
            case WindowKey.Tab:
                Do(new SceneCommand.SetView((ViewKind)(((int)Scene.View + 1) % Enum.GetValues<ViewKind>().Length)));
                break;
            case WindowKey.Home:
                Do(new SceneCommand.SetCamera(Camera.For(Scene.Grid, CameraPreset.Corner, aspect, Scene.Camera.Up, Scene.Camera.PerspectiveDegrees)));
                break;
            case >= WindowKey.View1 and <= WindowKey.View6:
                var preset = (CameraPreset)(key - WindowKey.View1 + (int)CameraPreset.Front);
                Do(new SceneCommand.SetCamera(Camera.For(Scene.Grid, preset, aspect, Scene.Camera.Up, Scene.Camera.PerspectiveDegrees)));
                break;
            case WindowKey.B:
                bool shown = Scene.Decorations.Box;
                Do(new SceneCommand.SetLook(Decorations: Scene.Decorations with { Box = !shown, Axes = !shown }));
                break;
            case WindowKey.S:
                WantsPicture = true;
                break;
            case WindowKey.Q:
                WantsEnd = true;
                break;
            default:
                PressOnLabels(key, shift);
                break;
        }
    }

    private void PressOnLabels(WindowKey key, bool shift)
    {
        if (Scene.Labels is not { } labels)
            return;
        switch (key)
        {
            case WindowKey.Escape:
                Do(new SceneCommand.SetSelected([]));
                break;
            case WindowKey.I:
                Do(new SceneCommand.Isolate(labels.Isolated.IsEmpty ? [.. labels.Selected] : [], Ghost: 0.08));
                break;
            case WindowKey.H:
                Do(shift ? new SceneCommand.Hide([]) : new SceneCommand.Hide([.. labels.Selected], SelectionChange.Add));
                break;
            case WindowKey.V:
                Do(new SceneCommand.SetLabels(labels with { Surface = labels.Surface == LabelSurface.Smooth ? LabelSurface.Voxels : LabelSurface.Smooth }));
                break;
        }
    }

    // through the planes of the slice that is shown; in 3D through those along z, with the plane that is drawn there
    private void Step(int by)
    {
        PointUm at = Scene.Cursor;
        at = Scene.View switch
        {
            ViewKind.XZ => at with { Y = Math.Round(at.Y) + by },
            ViewKind.ZY => at with { X = Math.Round(at.X) + by },
            _ => at with { Z = Math.Round(at.Z) + by },
        };
        Do(new SceneCommand.SetCursor(at));
        if (Scene.View == ViewKind.Volume && Scene.Slices.Z is not null)
            Do(new SceneCommand.SetSlices(Scene.Slices with { Z = Scene.Cursor.Z }));
    }

    private void Do(SceneCommand command) => Scene = SceneReducer.Apply(Scene, command);
}
