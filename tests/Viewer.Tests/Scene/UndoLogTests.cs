using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Scene;

public sealed class UndoLogTests
{
    private static readonly SceneState Start = Phantoms.Scene(new VolumeShape(4, 8, 16)) with { Frames = 9, Images = [new ImageLayer { Name = "DAPI" }] };

    [Fact]
    public void Undo_AllTheWay_LeadsBackAndRedoForward()
    {
        var log = new UndoLog(Start);
        SceneCommand[] commands = [new SceneCommand.SetTime(3), new SceneCommand.Hide([4]), new SceneCommand.Orbit(10, 5), new SceneCommand.SetSelected([1])];
        var scenes = new List<SceneState> { Start };
        foreach (SceneCommand command in commands)
            scenes.Add(log.Do(command));

        for (int n = commands.Length - 1; n >= 0; n--)
            Assert.Same(scenes[n], log.Undo());
        Assert.False(log.CanUndo);
        Assert.Same(Start, log.Undo());
        for (int n = 1; n < scenes.Count; n++)
            Assert.Same(scenes[n], log.Redo());
        Assert.Same(scenes[^1], log.Redo());
    }

    [Fact]
    public void Do_AfterUndo_ForgetsWhatWasUndone()
    {
        var log = new UndoLog(Start);
        log.Do(new SceneCommand.SetTime(3));
        log.Undo();
        log.Do(new SceneCommand.SetTime(5));

        Assert.False(log.CanRedo);
        Assert.Equal(5, log.Scene.Time);
    }

    [Fact]
    public void Do_Refused_LeavesEverything()
    {
        var log = new UndoLog(Start);

        Assert.ThrowsAny<ArgumentException>(() => log.Do(new SceneCommand.SetTime(99)));
        Assert.Same(Start, log.Scene);
        Assert.False(log.CanUndo);
    }

    [Fact]
    public void Do_ADrag_IsUndoneByOneStepAndReplayed()
    {
        var log = new UndoLog(Start);
        log.Do(new SceneCommand.Orbit(0, 80));
        log.Do(new SceneCommand.Orbit(5, 40), continues: true);      // stops at the pole
        log.Do(new SceneCommand.Orbit(5, -30), continues: true);
        log.Do(new SceneCommand.SetTime(2), continues: true);        // another kind is another step

        SceneState replayed = log.Commands.Aggregate(Start, SceneReducer.Apply);

        Assert.Equal(2, log.Commands.Count);
        Assert.Equal(log.Scene.Camera, replayed.Camera);
        Assert.Equal(60, log.Scene.Camera.Elevation);
        log.Undo();
        Assert.Same(Start, log.Undo());
    }

    [Fact]
    public void Json_EveryCommand_ComesBackEqual()
    {
        SceneCommand[] commands =
        [
            new SceneCommand.SetCamera(new Camera { Target = new PointUm(1, 2, 3), Azimuth = 12.5, Up = UpAxis.Z, HeightUm = 7 }), new SceneCommand.Orbit(1, 2), new SceneCommand.Pan(1, 2),
            new SceneCommand.Zoom(1.5), new SceneCommand.SetView(ViewKind.ZY), new SceneCommand.SetTime(2), new SceneCommand.SetCursor(new PointUm(1, 2, 3)),
            new SceneCommand.SetImage(0, new ImageLayer { Lut = "magma", Mode = ProjectionMode.Iso, High = 300 }), new SceneCommand.SetLabels(new LabelLayer { Hidden = [uint.MaxValue] }),
            new SceneCommand.SetSelected([1, uint.MaxValue], SelectionChange.Add), new SceneCommand.Isolate([16777217], Ghost: 0.2), new SceneCommand.Hide([]),
            new SceneCommand.SetClip(new ClipBox(default, new PointUm(1, 2, 3)), [new ClipPlane(new PointUm(0, 0, 1), -4)]), new SceneCommand.SetSlices(new SlicePlanes(1, null, 2.5)),
            new SceneCommand.SetTails(5), new SceneCommand.SetLook(new Lighting(0.1), Background.Black, new Decorations(true, Text: "µm")),
        ];
        Assert.Equal(typeof(SceneCommand).GetNestedTypes().Length, commands.Length);

        foreach (SceneCommand command in commands)
        {
            string json = SceneJson.Write(command);

            Assert.Equal(json, SceneJson.Write(SceneJson.ReadCommand(json)));
            Assert.Equal(command.GetType(), SceneJson.ReadCommand(json).GetType());
        }
        Assert.Equal("""{"do":"isolate","ids":[16777217],"change":"Replace","ghost":0.2}""", SceneJson.Write(commands[10]));
        string scene = SceneJson.Write(Start);
        Assert.Equal(scene, SceneJson.Write(SceneJson.ReadScene(scene)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"do":"format_disk"}""")]
    [InlineData("""{"do":"time","time":"soon"}""")]
    [InlineData("""{"do":"time","time":1,"more":2}""")]
    [InlineData("null")]
    [InlineData("[")]
    public void Json_Nonsense_IsRefused(string json) => Assert.Throws<InvalidDataException>(() => SceneJson.ReadCommand(json));
}
