using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;
using CsCheck;

namespace Cellpose3D.Viewer.Tests.Editing;

/// <summary>Any edits, in any order.</summary>
public sealed class RandomEditsTests(GlFixture gl)
{
    private const int Depth = 9, Height = 14, Width = 17;

    private static readonly Gen<PointUm> AnyPlace = Gen.Select(Gen.Double[-2, Depth + 1], Gen.Double[-2, Height + 1], Gen.Double[-2, Width + 1], (z, y, x) => new PointUm(z, y, x));
    private static readonly Gen<uint> AnyId = Gen.OneOf(Gen.UInt[1, 9], Gen.Const(70_001u), Gen.Const((uint)int.MaxValue - 1000));
    private static readonly Gen<uint?> Cell = Gen.OneOf(AnyId.Select(id => (uint?)id), Gen.Const((uint?)null));
    private static readonly Gen<DrawOver?> Over = Gen.OneOf(
        Gen.Const((DrawOver?)null), Gen.Const((DrawOver?)DrawOver.Background), Gen.Const((DrawOver?)DrawOver.FirstHit), AnyId.Select(id => (DrawOver?)DrawOver.Cell(id)));
    private static readonly Gen<EditPlane> Plane = Gen.Enum<EditPlane>();

    /// <summary>Edits of every kind; many do not fit.</summary>
    internal static readonly Gen<EditCommand> AnyEdit = Gen.OneOf(
        Gen.Select(Cell, AnyPlace.Array[1, 4], Gen.Double[0.5, 4], Plane, Gen.Bool, Over, (id, p, r, plane, is3D, over) => (EditCommand)new EditCommand.Paint(id, Flat(p, plane), r, plane, is3D, over)),
        Gen.Select(AnyPlace.Array[1, 4], Gen.Double[0.5, 4], Plane, Gen.Bool, Over, (p, r, plane, is3D, over) => (EditCommand)new EditCommand.Erase(Flat(p, plane), r, plane, is3D, over)),
        Gen.Select(Gen.OneOf(Cell, Gen.Const((uint?)0u)), AnyPlace, Plane, Gen.Bool, (id, p, plane, is3D) => (EditCommand)new EditCommand.Fill(id, p, plane, is3D)),
        Gen.Select(Cell, AnyPlace.Array[3, 6], Plane, Over, (id, p, plane, over) => (EditCommand)new EditCommand.Polygon(id, Flat(p, plane), plane, over)),
        Gen.Select(Cell, AnyPlace.Array[3, 5], AnyPlace.Array[3, 5], Plane, Over, (id, p, q, plane, over) =>
            (EditCommand)new EditCommand.Interpolate(id, [new EditOutline(Flat(p, plane)), new EditOutline(Flat(q, plane))], plane, over)),
        AnyId.Array[1, 3].Select(ids => (EditCommand)new EditCommand.Delete([.. ids])),
        AnyId.Array[2, 3].Select(ids => (EditCommand)new EditCommand.Merge([.. ids])),
        Gen.Select(AnyId, AnyPlace, AnyPlace, Plane, Gen.Bool, (id, a, b, plane, is3D) => (EditCommand)new EditCommand.SplitByLine(id, a, b, plane, is3D)),
        Gen.Select(AnyId, AnyPlace, AnyPlace, (id, a, n) => (EditCommand)new EditCommand.SplitByPlane(id, a, n)),
        Gen.Select(AnyId, AnyPlace.Array[2, 3], (id, seeds) => (EditCommand)new EditCommand.SplitBySeeds(id, [.. seeds])),
        Gen.Select(Gen.Int[0, 3].Array[2 * 3 * 4], Gen.OneOf(AnyId, Gen.Const(0u)).Array[3], Gen.Bool, AnyId.Array[0, 2], Gen.Int[0, Depth], (labels, ids, keeps, instead, z) =>
            (EditCommand)new EditCommand.PutCells(new VolumeBox(z, 5, 4, 2, 3, 4), CellPlacement.Pack(labels), [.. ids], keeps, [.. instead])),
        Gen.Const((EditCommand)new EditCommand.NewId()));

    private static readonly Gen<EditCommand[]> Sequence = Gen.Select(AnyEdit, Gen.Int[0, 3], (edit, n) => edit with { Continues = n == 0 }).Array[1, 14];

    internal static LabelVolume Cells() => Phantoms.Labels(Depth, Height, Width, (z, y, x) =>
        Math.Pow((z - 4) / 4.0, 2) + Math.Pow((y - 6) / 5.0, 2) + Math.Pow((x - 5) / 5.0, 2) <= 1 ? 3u : x > 11 && y < 9 ? 70_001u : y > 11 && z > 4 ? (uint)int.MaxValue - 1000 : 0);

    [Fact]
    public void Edits_AllUndone_AreTheLabelsAsTheyWere_AndRedone_AsTheyBecame() => Sequence.Sample(commands =>
    {
        var editor = new LabelEditor([Cells()], new PointUm(2, 0.5, 0.7));
        var states = new List<uint[]> { Edits.Copy(editor) };
        foreach (EditCommand command in commands)
        {
            uint[] before = Edits.Copy(editor);
            long state = editor.State;
            EditResult result = Try(editor, command) ?? EditResult.None;
            Check(before, editor.Frames[0].Voxels, result);
            Assert.Equal(state == editor.State, result.Voxels == 0);
            if (command.Continues && states.Count > 1 && editor.State != state)
                states[^1] = Edits.Copy(editor);
            else if (editor.State != state)
                states.Add(Edits.Copy(editor));
        }
        for (int n = states.Count - 2; n >= 0; n--)
        {
            uint[] before = Edits.Copy(editor);
            Check(before, editor.Frames[0].Voxels, editor.Undo()!, states[n]);
        }
        Assert.False(editor.CanUndo);
        Assert.Equal(0, editor.State);
        for (int n = 1; n < states.Count; n++)
        {
            uint[] before = Edits.Copy(editor);
            Check(before, editor.Frames[0].Voxels, editor.Redo()!, states[n]);
        }
        Assert.False(editor.CanRedo);
    }, iter: 300);

    [Fact]
    public void Contacts_AfterEachEdit_AreThoseCountedAnew() => Sequence.Sample(commands =>
    {
        var editor = new LabelEditor([Cells()], Edits.Cubes);
        var contacts = new LabelContacts();
        contacts.Add(editor.Frames[0]);
        foreach (EditCommand command in commands)
        {
            if (Try(editor, command) is { } result)
                contacts.Update(editor, result);
            Same(editor, contacts);
        }
        while (editor.Undo() is { } undone)
        {
            contacts.Update(editor, undone);
            Same(editor, contacts);
        }
        while (editor.Redo() is { } redone)
            contacts.Update(editor, redone);
        Same(editor, contacts);
    }, iter: 100);

    [Theory]
    [InlineData(LabelSurface.Smooth, 1)]
    [InlineData(LabelSurface.Smooth, 3)]
    [InlineData(LabelSurface.Voxels, 1)]
    public void Picture_AfterEachEdit_IsThatOfAFreshLoad(LabelSurface surface, double thick)
    {
        LabelVolume cells = Phantoms.Cells(40, 44, 48, 12, seed: 6, smallest: 5, largest: 9);
        // that id is above those of files
        cells = new LabelVolume([.. cells.Voxels.Select(v => v > int.MaxValue ? 90_000u : v)], cells.Shape);
        var editor = new LabelEditor([cells], new PointUm(thick, 1, 1));
        SceneState scene = Phantoms.Scene(cells.Shape, CameraPreset.Corner, 1, 0, editor.VoxelUm) with
        {
            Labels = new LabelLayer { Surface = surface, Hidden = [cells.Ids()[2]], Isolated = [.. cells.Ids().Skip(1)], Ghost = 0.2 },
        };
        EditCommand[] commands =
        [
            new EditCommand.Paint(null, Edits.Points((20, 5, 5), (22, 30, 40)), 4, Is3D: true), new EditCommand.Erase(Edits.Points((3, 20, 20), (30, 22, 24)), 5, Is3D: true),
            new EditCommand.Delete([cells.Ids()[3]]), new EditCommand.Merge([cells.Ids()[4], cells.Ids()[5]]), new EditCommand.Fill(17, new PointUm(39, 0, 0)),
        ];

        (byte[] Edited, byte[] Fresh)[] pictures = gl.Thread.Invoke(device =>
        {
            using var r = new SceneRenderer(device);
            r.SetLabels(cells);
            r.Draw(scene, 120, 120);
            var seen = new List<(byte[], byte[])>();
            foreach (EditResult result in commands.Select(editor.Apply).Concat(Enumerable.Range(0, 3).Select(_ => editor.Undo()!)))
            {
                foreach (EditedBox changed in result.Boxes)
                    r.UpdateLabels(changed.Box);
                seen.Add((Picture(r), Fresh(device)));
            }
            return seen.ToArray();
        });

        Assert.All(pictures, p => Assert.Equal(p.Fresh, p.Edited));
        Assert.True(pictures.Select(p => Convert.ToBase64String(p.Edited)).Distinct().Count() >= commands.Length);

        byte[] Fresh(GlDevice device)
        {
            using var fresh = new SceneRenderer(device);
            fresh.SetLabels(new LabelVolume(Edits.Copy(editor), cells.Shape));
            return Picture(fresh);
        }

        byte[] Picture(SceneRenderer renderer)
        {
            renderer.Colors = editor.Frames[0].Ids().ToDictionary(id => id, id => LabelPalette.OfId(id));
            return renderer.Render(scene, 120, 120).Rgba;
        }
    }

    // what does not fit is refused, as the editor's tests say
    private static EditResult? Try(LabelEditor editor, EditCommand command)
    {
        try
        {
            return editor.Apply(command);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void Check(uint[] before, uint[] after, EditResult result, uint[]? expected = null)
    {
        var ids = new SortedSet<uint>();
        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] == after[i])
                continue;
            ids.UnionWith([before[i], after[i]]);
            (int z, int y, int x) = (i / (Height * Width), i / Width % Height, i % Width);
            Assert.Contains(result.Boxes, b => b.Box.Contains(z, y, x));
        }
        ids.Remove(0);
        Assert.Superset(ids, new SortedSet<uint>(result.Ids));
        if (expected is not null)
            Assert.Equal(expected, after);
    }

    private static void Same(LabelEditor editor, LabelContacts contacts)
    {
        var anew = new LabelContacts();
        anew.Add(editor.Frames[0]);
        Assert.Equal(anew.Ids, contacts.Ids);
        foreach (uint id in anew.Ids)
            Assert.Equal(anew.Neighbours(id).Order(), contacts.Neighbours(id).Order());
    }

    // on one plane, so that most of them fit
    private static ImmutableArray<PointUm> Flat(PointUm[] points, EditPlane plane) => [.. points.Select(p => plane switch
    {
        EditPlane.XY => p with { Z = points[0].Z },
        EditPlane.XZ => p with { Y = points[0].Y },
        _ => p with { X = points[0].X },
    })];
}
