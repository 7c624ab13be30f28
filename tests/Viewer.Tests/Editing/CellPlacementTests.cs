using System.Collections.Immutable;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

/// <summary>Cells that were found elsewhere, put into labels.</summary>
public sealed class CellPlacementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cellpose3d-edits-").FullName;

    private string Labels => Path.Combine(_folder, "labels.tif");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Put_Replacing_LeavesNothingElseInTheBox_AndCellsFoundAgainKeepTheirIds()
    {
        LabelEditor editor = Edits.Drawn(["77...5", "77.333", "...333", "......"]);

        EditResult result = Put(editor, keeps: false, "11.22", "11...", "4..33");

        Assert.Equal(["77.885", "77...3", "9..333", "......"], Edits.Rows(editor));
        Assert.Equal([8u, 9u], result.NewIds);
        Assert.Equal(9u, editor.LargestId);
    }

    [Fact]
    public void Put_ACellInPieces_TheLargestKeepsTheId()
    {
        LabelEditor editor = Edits.Drawn([".7777.", ".7777.", ".....3", "......"]);

        Put(editor, keeps: false, ".1.22", ".1.22", ".....");

        Assert.Equal([".8.77.", ".8.77.", ".....3", "......"], Edits.Rows(editor));
    }

    [Fact]
    public void Put_KeepingOthers_CropsCells_AndLeavesOutThoseThatAreMostlyTaken()
    {
        LabelEditor editor = Edits.Drawn(["77....", "77.3..", "......", "......"]);

        EditResult result = Put(editor, keeps: true, "11122", "11122", "...22");

        Assert.Equal(["77.88.", "77.38.", "...88.", "......"], Edits.Rows(editor));
        Assert.Equal([8u], result.NewIds);
    }

    [Fact]
    public void Put_InsteadOfAnEarlierResult_KeepsTheRest()
    {
        LabelEditor editor = Edits.Drawn(["77....", "77.333", "...333", "......"]);

        EditCommand.PutCells command = CellPlacement.CommandFor(editor.Frames[0], Found("11.22", "11.22", "....."), keepsOthers: true, ImmutableHashSet.Create(3u));
        editor.Apply(command);

        Assert.Equal(["77.88.", "77.883", ".....3", "......"], Edits.Rows(editor));
    }

    [Fact]
    public void Put_Undone_IsTheLabelsAsTheyWere()
    {
        LabelEditor editor = Edits.Drawn(["77...5", "77.333", "...333", "......"]);
        uint[] before = Edits.Copy(editor);

        Put(editor, keeps: false, ".....", "1.2.3", "1....");
        editor.Undo();

        Assert.Equal(before, Edits.Copy(editor));
    }

    [Fact]
    public void Put_WhatDoesNotFit_IsRefusedAndChangesNothing()
    {
        LabelEditor editor = Edits.Drawn(["77...5", "77.333", "...333", "......"]);
        uint[] before = Edits.Copy(editor);
        var box = new VolumeBox(0, 0, 0, 1, 2, 2);
        byte[] cells = CellPlacement.Pack([1, 1, 2, 2]);

        foreach (EditCommand.PutCells wrong in (EditCommand.PutCells[])
        [
            new(box with { X = 5 }, cells, [0, 0], false, []), new(box with { Depth = 0 }, cells, [0, 0], false, []), new(box with { Width = 1 }, cells, [0, 0], false, []),
            new(box with { Z = int.MaxValue }, cells, [0, 0], false, []), new(box, cells, [0], false, []), new(box, cells, default, false, default), new(box, [0xFF], [0, 0], false, []),
        ])
            Assert.Throws<ArgumentException>(() => editor.Apply(wrong));

        Assert.Equal(before, Edits.Copy(editor));
        Assert.False(editor.CanUndo);
    }

    [Fact]
    public void Put_ManyCells_AreToldAsOneBox()
    {
        LabelEditor editor = Edits.Editor(1, 100, 100, (_, _, _) => 0);
        int[] labels = [.. Enumerable.Range(0, 100 * 100).Select(i => i / 100 % 2 == 0 && i % 2 == 0 ? i / 200 * 50 + i % 100 / 2 + 1 : 0)];

        EditResult result = editor.Apply(CellPlacement.CommandFor(editor.Frames[0], new FoundCells(0, editor.Shape.All, labels, 2500), false, ImmutableHashSet<uint>.Empty));

        Assert.Equal(2500, result.NewIds.Length);
        Assert.Equal([new EditedBox(0, new VolumeBox(0, 0, 0, 1, 99, 99))], result.Boxes);
        Assert.Equal(labels.Select(v => (uint)v), editor.Frames[0].Voxels);
    }

    [Fact]
    public void Session_ResultsOfOneRun_AreOneStep_AndSurviveACrash()
    {
        uint[] state;
        using (EditSession session = Begin())
        {
            (_, PlacedCells placed) = session.Put([Found("11.22", "11.22", ".....")], keepsOthers: false);
            (_, placed) = session.Put([Found("11.2.", "11...", ".....")], keepsOthers: false, placed, continues: true);
            (_, placed) = session.Put([Found("11.2.", "11.2.", "333..")], keepsOthers: false, placed, continues: true);
            state = Edits.Copy(session.Editor);
            Assert.Equal(["11.2..", "11.2..", "333...", "......"], Edits.Rows(session.Editor));
            session.Undo();
            Assert.False(session.Editor.CanUndo);
            Assert.Throws<ArgumentException>(() => session.Put([Found("1....", ".....", ".....")], false, placed, continues: true));
            session.Redo();
            Assert.Equal(state, Edits.Copy(session.Editor));
            Assert.Equal(placed.State, session.Editor.State);
        }
        Assert.False(File.Exists(Labels));

        using (EditSession again = Begin())
        {
            Assert.Equal(5, again.Recovered);
            Assert.Equal(state, Edits.Copy(again.Editor));
            again.Undo();
            Assert.All(Edits.Copy(again.Editor), v => Assert.Equal(0u, v));
            again.Redo();
            again.Save();
        }
        ImageInfo info = ImageReader.Inspect(Labels);
        Assert.Equal(("YX", new VoxelSize(null, 0.5, 0.25)), (info.Axes, info.VoxelSizeUm));
        Assert.Equal(state, LabelReader.Read(Labels).Data.Select(v => (uint)v));
        Assert.Throws<ArgumentException>(Begin);
    }

    [Fact]
    public void Session_ARunThatFoundNothing_DoesNotJoinTheEditBeforeIt()
    {
        using EditSession session = Begin();
        session.Apply(new EditCommand.Paint(null, Edits.Points((0, 3, 5)), 0.5));
        uint[] painted = Edits.Copy(session.Editor);

        (_, PlacedCells placed) = session.Put([Found(".....", ".....", ".....")], keepsOthers: true);
        (_, placed) = session.Put([Found("11...", ".....", ".....")], keepsOthers: true, placed, continues: true);
        session.Undo();

        Assert.Equal(1, placed.Count);
        Assert.Equal(painted, Edits.Copy(session.Editor));
        Assert.True(session.Editor.CanUndo);
    }

    [Fact]
    public void Session_CellsOfATimePointThatLabelsDoNotHave_AreRefused()
    {
        using EditSession session = Begin();

        Assert.Throws<ArgumentException>(() => session.Put([Found("11...", "11...", ".....") with { Time = 1 }], keepsOthers: false));

        Assert.False(session.HasUnsavedEdits);
    }

    [Fact]
    public void Session_AfterASave_GoesOnAsAStepOfItsOwn()
    {
        using EditSession session = Begin();
        (_, PlacedCells placed) = session.Put([Found("11...", "11...", ".....")], keepsOthers: false);
        session.Save();

        (_, placed) = session.Put([Found("111..", "111..", ".....")], keepsOthers: false, placed, continues: true);
        Assert.True(session.HasUnsavedEdits);
        session.Undo();

        Assert.False(session.HasUnsavedEdits);
        Assert.Equal(["11....", "11....", "......", "......"], Edits.Rows(session.Editor));
    }

    private EditSession Begin() => EditSession.Begin(Labels, new VolumeShape(1, 4, 6), 1, new VoxelSize(null, 0.5, 0.25));

    // three rows of five, at the upper left
    private static FoundCells Found(params string[] rows)
    {
        int[] labels = [.. string.Concat(rows).Select(c => c == '.' ? 0 : c - '0')];
        return new FoundCells(0, new VolumeBox(0, 0, 0, 1, rows.Length, rows[0].Length), labels, labels.Max());
    }

    private static EditResult Put(LabelEditor editor, bool keeps, params string[] rows) =>
        editor.Apply(CellPlacement.CommandFor(editor.Frames[0], Found(rows), keeps, ImmutableHashSet<uint>.Empty));
}
