using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Window;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Window;

public sealed class WindowControlsTests
{
    private static readonly SceneState Start = Phantoms.Scene(new VolumeShape(20, 30, 40)) with { Frames = 3, Cursor = new PointUm(5, 15, 20) };

    [Fact]
    public void Drag_TurnsOrMoves_AndAPressAloneSelects()
    {
        var turned = new WindowControls(Start);
        Drag(turned, Glfw.Left, false, 0.5, 0.25);
        var moved = new WindowControls(Start);
        Drag(moved, Glfw.Left, true, 0.5, 0.25);
        var clicked = new WindowControls(Start);
        Drag(clicked, Glfw.Left, true, 0, 0);

        Assert.Equal(Start.Camera.Azimuth + 90, turned.Scene.Camera.Azimuth, 9);
        Assert.Equal(Start.Camera.Elevation + 45, turned.Scene.Camera.Elevation, 9);
        Assert.Equal(Start.Camera.Azimuth, moved.Scene.Camera.Azimuth);
        Assert.NotEqual(Start.Camera.Target, moved.Scene.Camera.Target);
        Assert.Null(turned.Clicked);
        Assert.Equal((0.2, 0.3, true), clicked.Clicked);
        Assert.False(turned.IsDragging);
    }

    [Fact]
    public void Wheel_EnlargesIn3D_AndGoesThroughPlanesOnASlice()
    {
        var volume = new WindowControls(Start);
        volume.Take(new WindowEvent.Scroll(2), 1);
        var slice = new WindowControls(Start with { View = ViewKind.XZ });
        slice.Take(new WindowEvent.Scroll(-1), 1);

        Assert.Equal(Start.Camera.HeightUm / 1.15 / 1.15, volume.Scene.Camera.HeightUm, 9);
        Assert.Equal(16, slice.Scene.Cursor.Y);
    }

    [Fact]
    public void Keys_ChangePlaneTimeAndView()
    {
        var controls = new WindowControls(Start with { Slices = new SlicePlanes(5, null, null) });

        Press(controls, WindowKey.Z, WindowKey.Z, WindowKey.T);
        Assert.Equal((7.0, 7.0, 1), (controls.Scene.Cursor.Z, controls.Scene.Slices.Z, controls.Scene.Time));
        controls.Take(new WindowEvent.Key(WindowKey.Z, Shift: true), 1);
        controls.Take(new WindowEvent.Key(WindowKey.Down, Shift: true), 1);
        Press(controls, WindowKey.T, WindowKey.T, WindowKey.T, WindowKey.Tab, WindowKey.View4);

        Assert.Equal((16.0, 2, ViewKind.XY), (controls.Scene.Cursor.Z, controls.Scene.Time, controls.Scene.View));
        Assert.Equal((-90.0, 0.0), (controls.Scene.Camera.Azimuth, controls.Scene.Camera.Elevation));
        Press(controls, WindowKey.S, WindowKey.Q);
        Assert.True(controls.WantsPicture && controls.WantsEnd);
    }

    [Fact]
    public void Select_IsolateHide_ActOnTheCellsSelected()
    {
        var controls = new WindowControls(Start);
        controls.Select(Hit(4), adds: false);
        controls.Select(Hit(9), adds: true);
        controls.Select(null, adds: true);
        Press(controls, WindowKey.I);
        Assert.Equal([4u, 9u], controls.Scene.Labels!.Isolated);
        Assert.Equal(new PointUm(2, 3, 4), controls.Scene.Cursor);

        Press(controls, WindowKey.I, WindowKey.H);
        Assert.Empty(controls.Scene.Labels.Isolated);
        Assert.Equal([4u, 9u], controls.Scene.Labels.Hidden);

        controls.Take(new WindowEvent.Key(WindowKey.H, Shift: true), 1);
        controls.Select(Hit(4), adds: true);
        Assert.Empty(controls.Scene.Labels.Hidden);
        Assert.Equal([9u], controls.Scene.Labels.Selected);
        controls.Select(null, adds: false);
        Assert.Empty(controls.Scene.Labels.Selected);
    }

    private static PickedPoint Hit(uint id) => new(id, new PointUm(2.5, 3.5, 4.5), new PointUm(2.5, 3.5, 4.5), 10);

    private static void Press(WindowControls controls, params WindowKey[] keys)
    {
        foreach (WindowKey key in keys)
            controls.Take(new WindowEvent.Key(key, Shift: false), 1);
    }

    private static void Drag(WindowControls controls, int button, bool shift, double dx, double dy)
    {
        controls.Take(new WindowEvent.Move(0.2, 0.3), 1);
        controls.Take(new WindowEvent.Button(button, IsDown: true, shift), 1);
        for (int n = 1; n <= 10; n++)
            controls.Take(new WindowEvent.Move(0.2 + dx * n / 10, 0.3 + dy * n / 10), 1);
        controls.Take(new WindowEvent.Button(button, IsDown: false, shift), 1);
    }
}
