using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Volume.Sources;
using CsCheck;

namespace Cellpose3D.Viewer.Tests.Scene;

public sealed class SceneReducerTests
{
    private static readonly SceneState Start = Phantoms.Scene(new VolumeShape(4, 8, 16)) with { Frames = 3, Images = [new ImageLayer(), new ImageLayer()] };

    [Fact]
    public void Apply_EachCommand_ChangesWhatItNames()
    {
        Assert.Equal(2, Do(new SceneCommand.SetTime(2)).Time);
        Assert.Equal(ViewKind.XZ, Do(new SceneCommand.SetView(ViewKind.XZ)).View);
        Assert.Equal(new PointUm(3, 0, 15), Do(new SceneCommand.SetCursor(new PointUm(9, -1, 15))).Cursor);
        Assert.Equal("viridis", Do(new SceneCommand.SetImage(1, new ImageLayer { Lut = "viridis" })).Images[1].Lut);
        Assert.Equal([3u, 7u], Do(new SceneCommand.Isolate([7, 3], Ghost: 0.1)).Labels!.Isolated);
        Assert.Equal(0.1, Do(new SceneCommand.Isolate([7], Ghost: 0.1)).Labels!.Ghost);
        Assert.Equal([5u], Do(new SceneCommand.Hide([5])).Labels!.Hidden);
        Assert.Equal(new PointUm(4, 8, 9), Do(new SceneCommand.SetClip(new ClipBox(new PointUm(-2, 0, 0), new PointUm(99, 99, 9)), [])).Clip!.High);
        Assert.Equal(Start.Camera.HeightUm / 2, Do(new SceneCommand.Zoom(2)).Camera.HeightUm);
        Assert.Equal(90, Do(new SceneCommand.Orbit(0, 500)).Camera.Elevation);
        Assert.True(Do(new SceneCommand.SetLook(Decorations: new Decorations(ScaleBar: true))).Decorations.ScaleBar);
    }

    [Fact]
    public void Apply_SelectionAddedAndRemoved_IsASet()
    {
        SceneState scene = Do(new SceneCommand.SetSelected([1, 2]));
        scene = SceneReducer.Apply(scene, new SceneCommand.SetSelected([2, 3], SelectionChange.Add));
        scene = SceneReducer.Apply(scene, new SceneCommand.SetSelected([1], SelectionChange.Remove));

        Assert.Equal([2u, 3u], scene.Labels!.Selected);
    }

    [Fact]
    public void Apply_WhatDoesNotFit_IsRefusedInOneLine()
    {
        Assert.Contains("0 to 2; got 3", Refused(new SceneCommand.SetTime(3)));
        Assert.Contains("0 to 1; got 2", Refused(new SceneCommand.SetImage(2, new ImageLayer())));
        Assert.Contains("must rise", Refused(new SceneCommand.SetImage(0, new ImageLayer { Low = 1, High = 1 })));
        Assert.Contains("above 0 um", Refused(new SceneCommand.Zoom(0)));
        Assert.Contains("opacities", Refused(new SceneCommand.Isolate([1], Ghost: 2)));
        Assert.Contains("at most 6", Refused(new SceneCommand.SetClip(null, [.. Enumerable.Repeat(new ClipPlane(new PointUm(1, 0, 0), 0), 7)])));
        Assert.Contains("no labels", Assert.Throws<ArgumentException>(() => SceneReducer.Apply(Start with { Labels = null }, new SceneCommand.Hide([1]))).Message);

        static string Refused(SceneCommand command)
        {
            string message = Assert.ThrowsAny<ArgumentException>(() => Do(command)).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [Fact]
    public void Pan_Right_MovesThePictureRight()
    {
        SceneState scene = Do(new SceneCommand.SetCamera(Camera.For(Start.Grid, CameraPreset.Front, 1)));
        PointUm before = scene.Camera.Target;

        SceneState moved = SceneReducer.Apply(scene, new SceneCommand.Pan(0.25, 0.5));

        Assert.Equal(before.X - 0.25 * scene.Camera.HeightUm, moved.Camera.Target.X, 9);
        Assert.Equal(before.Y - 0.5 * scene.Camera.HeightUm, moved.Camera.Target.Y, 9);
    }

    [Fact]
    public void CameraFrame_AnyAngles_IsRightHandedAndOfLengthOne() =>
        Gen.Select(Gen.Double[-400, 400], Gen.Double[-90, 90], Gen.Double[-180, 180], Gen.Enum<UpAxis>()).Sample((azimuth, elevation, roll, up) =>
        {
            CameraFrame f = CameraFrame.Of(new Camera { Azimuth = azimuth, Elevation = elevation, Roll = roll, Up = up });
            PointUm down = f.Up * -1;
            // x to the right, y down, z away: right x down = forward, or the picture would be a mirror image
            var cross = new PointUm(f.Right.X * down.Y - f.Right.Y * down.X, f.Right.Z * down.X - f.Right.X * down.Z, f.Right.Y * down.Z - f.Right.Z * down.Y);
            Assert.True(cross.DistanceTo(f.Forward) < 1e-9);
            Assert.Equal(1, f.Right.Length, 9);
            Assert.Equal(1, f.Up.Length, 9);
        });

    private static SceneState Do(SceneCommand command) => SceneReducer.Apply(Start, command);
}
