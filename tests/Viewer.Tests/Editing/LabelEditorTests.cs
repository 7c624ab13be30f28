using System.Collections.Immutable;
using System.Text.Json;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

public sealed class LabelEditorTests
{
    [Fact]
    public void Fill_HoleInACell_BecomesTheCell()
    {
        LabelEditor editor = Edits.Drawn([".......", ".22222.", ".2...2.", ".2.3.2.", ".22222.", "......."]);

        EditResult result = editor.Apply(new EditCommand.Fill(2, new PointUm(0, 2, 2)));

        Assert.Equal([".......", ".22222.", ".22222.", ".22322.", ".22222.", "......."], Edits.Rows(editor));
        Assert.Equal([new EditedBox(0, new VolumeBox(0, 2, 2, 1, 2, 3))], result.Boxes);
        Assert.Equal([2u], result.Ids);
        Assert.Equal(5, result.Voxels);
    }

    [Theory]
    [InlineData(EditPlane.XY, false, 6)]
    [InlineData(EditPlane.XZ, false, 10)]
    [InlineData(EditPlane.ZY, false, 15)]
    [InlineData(EditPlane.XY, true, 30)]
    public void Fill_Background_KeepsToThePlaneOrGoesThroughAll(EditPlane plane, bool is3D, long voxels)
    {
        // a room of 5 planes, 3 rows and 2 columns inside walls, and another beside it
        LabelEditor editor = Edits.Editor(7, 5, 7, (z, y, x) => z is >= 1 and <= 5 && y is >= 1 and <= 3 && (x is 1 or 2 or 4 or 5) ? 0u : 1u);

        EditResult result = editor.Apply(new EditCommand.Fill(7, new PointUm(2, 1, 1), plane, is3D));

        Assert.Equal(voxels, result.Voxels);
        Assert.Equal(voxels, editor.Frames[0].Voxels.LongCount(v => v == 7));
        Assert.DoesNotContain(editor.Frames[0].Voxels.Where((v, i) => i % 7 >= 3), v => v == 7);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(2.5, 0.5, 0.7)]
    public void Paint_ABall_IsRoundInMicrometres(double z, double y, double x)
    {
        var voxel = new PointUm(z, y, x);
        LabelEditor editor = Edits.Editor(15, 31, 33, (_, _, _) => 0, voxel);
        var centre = new PointUm(6.3, 14.2, 16.4);
        const double Radius = 5.3;

        EditResult result = editor.Apply(new EditCommand.Paint(70_000, [centre], Radius, Is3D: true));

        uint[] expected = Phantoms.Labels(15, 31, 33, (k, j, i) =>
            Math.Pow((k - centre.Z) * z, 2) + Math.Pow((j - centre.Y) * y, 2) + Math.Pow((i - centre.X) * x, 2) <= Math.Pow(Radius * x, 2) || (k, j, i) == (6, 14, 16) ? 70_000u : 0).Voxels;
        Assert.Equal(expected, editor.Frames[0].Voxels);
        Assert.Equal(expected.LongCount(v => v != 0), result.Voxels);
        Assert.Equal(70_000u, editor.LargestId);
    }

    [Theory]
    [InlineData(EditPlane.XY)]
    [InlineData(EditPlane.XZ)]
    [InlineData(EditPlane.ZY)]
    public void Paint_AStroke_IsEverythingNearItsLineOnThePlane(EditPlane plane)
    {
        var voxel = new PointUm(2, 1, 1);
        LabelEditor editor = Edits.Editor(16, 18, 20, (_, _, _) => 0, voxel);
        PointUm[] stroke = [.. new[] { new PointUm(3, 4, 5), new PointUm(9.5, 11, 8), new PointUm(7, 3, 14) }
            .Select(p => plane switch { EditPlane.XY => p with { Z = 6 }, EditPlane.XZ => p with { Y = 7 }, _ => p with { X = 8 } })];

        editor.Apply(new EditCommand.Paint(1, [.. stroke], 2.2, plane));

        uint[] expected = Phantoms.Labels(16, 18, 20, (z, y, x) =>
        {
            bool onPlane = plane switch { EditPlane.XY => z == 6, EditPlane.XZ => y == 7, _ => x == 8 };
            var at = new PointUm(2 * z, y, x);
            // the slow way: a thousand places on each line
            return onPlane && Enumerable.Range(0, 2).Any(n => Enumerable.Range(0, 2001).Any(k =>
            {
                PointUm p = stroke[n] + (stroke[n + 1] - stroke[n]) * (k / 2000.0);
                return new PointUm(2 * p.Z, p.Y, p.X).DistanceTo(at) <= 2.2;
            })) ? 1u : 0;
        }).Voxels;
        Assert.Equal(expected, editor.Frames[0].Voxels);
    }

    [Fact]
    public void Paint_SmallestBrush_DrawsTheVoxelsUnderItsPoints()
    {
        LabelEditor editor = Edits.Drawn(["....", "....", "...."]);

        editor.Apply(new EditCommand.Paint(4, Edits.Points((0, 0.49, 0.49), (0, 2, 2.4)), 0.5));

        Assert.Equal("4...", Edits.Rows(editor)[0]);
        Assert.Equal('4', Edits.Rows(editor)[2][2]);
    }

    [Fact]
    public void Paint_Policies_ChangeOnlyWhatTheyMay()
    {
        Assert.Equal(["5555"], Painted(DrawOver.All));
        Assert.Equal(["5225"], Painted(DrawOver.Background));
        Assert.Equal(["1553"], Painted(DrawOver.Cell(2)));
        Assert.Equal(["5223"], Painted(DrawOver.FirstHit));

        static string[] Painted(DrawOver over)
        {
            LabelEditor editor = Edits.Drawn([over == DrawOver.Background ? ".22." : "1223"]);
            editor.Apply(new EditCommand.Paint(5, Edits.Points((0, 0, 0), (0, 0, 3)), 1, Over: over));
            return Edits.Rows(editor);
        }
    }

    [Fact]
    public void Erase_FirstHitInAVolume_LeavesWhatIsBehind()
    {
        LabelEditor editor = Edits.Editor(12, 12, 12, (z, _, _) => z < 6 ? 1u : 2u);

        editor.Apply(new EditCommand.Erase(Edits.Points((5, 6, 6)), 4, Is3D: true, Over: DrawOver.FirstHit));

        Assert.DoesNotContain(0u, editor.Frames[0].Voxels.Skip(6 * 144));
        Assert.Contains(0u, editor.Frames[0].Voxels.Take(6 * 144));
    }

    [Fact]
    public void Polygon_OfWholeCorners_IsClosedAndHoldsItsBorder()
    {
        LabelEditor editor = Edits.Drawn(["......", "..77..", "......", "......"]);

        EditResult result = editor.Apply(new EditCommand.Polygon(null, Edits.Points((0, 0, 1), (0, 0, 4), (0, 3, 4))));

        Assert.Equal([".8888.", "..778.", "...88.", "....8."], Edits.Rows(editor));
        Assert.Equal([8u], result.NewIds);
    }

    [Theory]
    [InlineData(EditPlane.XY)]
    [InlineData(EditPlane.XZ)]
    [InlineData(EditPlane.ZY)]
    public void Polygon_Random_IsTheSlowRule(EditPlane plane)
    {
        var random = new Random(3 + (int)plane);
        for (int repeat = 0; repeat < 60; repeat++)
        {
            LabelEditor editor = Edits.Editor(17, 15, 16, (_, _, _) => 0);
            // some on whole numbers, where rules differ
            double Place() => repeat % 2 == 0 ? random.Next(-3, 19) : random.NextDouble() * 22 - 3;
            (double V, double U)[] outline = [.. Enumerable.Range(0, random.Next(3, 8)).Select(_ => (Place(), Place()))];
            editor.Apply(new EditCommand.Polygon(9, [.. outline.Select(p => plane switch
            {
                EditPlane.XY => new PointUm(4, p.V, p.U), EditPlane.XZ => new PointUm(p.V, 4, p.U), _ => new PointUm(p.U, p.V, 4),
            })], plane));

            uint[] expected = Phantoms.Labels(17, 15, 16, (z, y, x) =>
            {
                (int n, int v, int u) = plane switch { EditPlane.XY => (z, y, x), EditPlane.XZ => (y, z, x), _ => (x, y, z) };
                return n == 4 && IsInside(outline, v, u) ? 9u : 0;
            }).Voxels;
            Assert.Equal(expected, editor.Frames[0].Voxels);
        }
    }

    [Fact]
    public void Interpolate_EqualSquares_FillsAllBetween()
    {
        LabelEditor editor = Edits.Editor(9, 12, 12, (_, _, _) => 0);

        editor.Apply(new EditCommand.Interpolate(1, [Square(6, 2, 8), Square(1, 2, 8)]));

        Assert.Equal(Phantoms.Labels(9, 12, 12, (z, y, x) => z is >= 1 and <= 6 && y is >= 2 and <= 8 && x is >= 2 and <= 8 ? 1u : 0).Voxels, editor.Frames[0].Voxels);
    }

    [Fact]
    public void Interpolate_OtherPlace_MovesTheShapeAlong()
    {
        LabelEditor editor = Edits.Editor(5, 12, 40, (_, _, _) => 0);

        editor.Apply(new EditCommand.Interpolate(1, [Square(0, 2, 6), Square(4, 2, 6, 24)]));

        for (int z = 0; z < 5; z++)
            Assert.Equal(Phantoms.Labels(1, 12, 40, (_, y, x) => y is >= 2 and <= 6 && x >= 2 + 6 * z && x <= 6 + 6 * z ? 1u : 0).Voxels, editor.Frames[0].Voxels[(z * 480)..((z + 1) * 480)]);
    }

    [Fact]
    public void Interpolate_Disks_GrowByTheSameStepInEveryPlane()
    {
        const int Size = 61, Planes = 9;
        LabelEditor editor = Edits.Editor(Planes, Size, Size, (_, _, _) => 0);

        editor.Apply(new EditCommand.Interpolate(1, [Circle(0, 6), Circle(Planes - 1, 26)]));

        for (int z = 0; z < Planes; z++)
        {
            double radius = 6 + 20.0 * z / (Planes - 1);
            long area = editor.Frames[0].Voxels.Skip(z * Size * Size).Take(Size * Size).LongCount(v => v == 1);
            Assert.InRange(Math.Sqrt(area / Math.PI), radius - 0.6, radius + 0.6);     // half a pixel of the drawn circles
        }

        static EditOutline Circle(int z, double r) => new([.. Enumerable.Range(0, 120).Select(n => new PointUm(z, 30 + r * Math.Sin(n * Math.PI / 60), 30 + r * Math.Cos(n * Math.PI / 60)))]);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 0.5)]
    public void SpacedDistance_IsTheSlowOne(double z, double y, double x)
    {
        var random = new Random(8);
        bool[] sites = [.. Enumerable.Range(0, 7 * 9 * 11).Select(_ => random.NextDouble() < 0.03)];

        double[] squared = SpacedDistance.Squared(sites, (7, 9, 11), (z, y, x));

        for (int i = 0; i < sites.Length; i++)
        {
            double nearest = Enumerable.Range(0, sites.Length).Where(s => sites[s]).Min(s =>
                Math.Pow((i / 99 - s / 99) * z, 2) + Math.Pow((i / 11 % 9 - s / 11 % 9) * y, 2) + Math.Pow((i % 11 - s % 11) * x, 2));
            Assert.Equal(nearest, squared[i], 1e-9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SplitBySeeds_TwoBalls_PartsThemAtTheNeck(int thick)
    {
        // balls of radius 9 um whose middles are 14 um apart along x
        LabelEditor editor = Edits.Editor(24 / thick, 24, 40, (z, y, x) => IsBall(z, y, x, 12.5) || IsBall(z, y, x, 26.5) ? 300_000u : 0, new PointUm(thick, 1, 1));
        uint[] before = Edits.Copy(editor);
        int middle = 12 / thick;

        EditResult result = editor.Apply(new EditCommand.SplitBySeeds(300_000, Edits.Points((middle, 10, 10), (middle, 14, 30))));

        Assert.Equal([300_001u], result.NewIds);
        // the neck's plane is x = 19.5; a voxel beside it may go either way
        for (int i = 0; i < before.Length; i++)
        {
            uint found = editor.Frames[0].Voxels[i];
            if (before[i] == 0 || i % 40 is not (19 or 20))
                Assert.Equal(before[i] == 0 ? 0 : i % 40 < 19 ? 300_000u : 300_001u, found);
            else
                Assert.Contains(found, new[] { 300_000u, 300_001u });
        }
        Assert.Equal(result.Voxels, before.LongCount(v => v != 0) - editor.Frames[0].Voxels.LongCount(v => v == 300_000));

        bool IsBall(int z, int y, int x, double cx) => Math.Pow((z + 0.5) * thick - 12, 2) + Math.Pow(y - 11.5, 2) + Math.Pow(x - cx, 2) <= 81;
    }

    [Fact]
    public void SplitBySeeds_WithoutANeck_CutsHalfWay()
    {
        LabelEditor editor = Edits.Editor(5, 9, 24, (z, y, x) => z is >= 1 and <= 3 && y is >= 1 and <= 7 && x is >= 2 and <= 21 ? 5u : 0);
        uint[] before = Edits.Copy(editor);

        editor.Apply(new EditCommand.SplitBySeeds(5, Edits.Points((2, 4, 5), (2, 4, 11), (2, 4, 19))));

        Assert.Equal(before.Select(v => v != 0), editor.Frames[0].Voxels.Select(v => v != 0));
        Assert.Equal([5u, 6u, 7u], editor.Frames[0].Ids());
        uint[] row = editor.Frames[0].Voxels[((2 * 9 + 4) * 24)..((2 * 9 + 5) * 24)];
        Assert.Equal((5u, 6u, 7u), (row[5], row[11], row[19]));
        // pieces in a row, borders within a voxel of half-way
        Assert.InRange(Array.LastIndexOf(row, 5u), 7, 9);
        Assert.InRange(Array.LastIndexOf(row, 6u), 14, 16);
    }

    [Fact]
    public void SplitByLine_KeepsTheLargerPartsIdAndTheOtherPlanes()
    {
        LabelEditor editor = Edits.Editor(2, 4, 9, (_, _, x) => x is >= 1 and <= 7 ? 6u : 0);

        editor.Apply(new EditCommand.SplitByLine(6, new PointUm(1, 0, 2.5), new PointUm(1, 3, 2.5)));

        Assert.Equal([".6666666."], Edits.Rows(editor, 0).Distinct());
        Assert.Equal([".7766666."], Edits.Rows(editor, 1).Distinct());
    }

    [Fact]
    public void SplitByLine_InAVolume_CutsAllPlanes_AndByPlane_InMicrometres()
    {
        LabelEditor line = Edits.Editor(3, 4, 9, (_, _, x) => x is >= 1 and <= 7 ? 6u : 0);
        LabelEditor plane = Edits.Editor(6, 1, 6, (_, _, _) => 1u, new PointUm(2, 1, 1));

        line.Apply(new EditCommand.SplitByLine(6, new PointUm(1, 0, 5.5), new PointUm(1, 3, 5.5), Is3D: true));
        plane.Apply(new EditCommand.SplitByPlane(1, new PointUm(0, 0, 2.5), new PointUm(-1, 0, 2)));

        Assert.All(Enumerable.Range(0, 3), z => Assert.Equal([".6666677."], Edits.Rows(line, z).Distinct()));
        // 2 (x - 2.5) >= 2 z
        for (int z = 0; z < 6; z++)
        {
            for (int x = 0; x < 6; x++)
                Assert.Equal(2 * (x - 2.5) >= 2 * z ? 2u : 1u, plane.Frames[0].Voxels[z * 6 + x]);
        }
    }

    [Fact]
    public void MergeAndDelete_ChangeTheirCellsAlone_AndKeepIds()
    {
        LabelEditor editor = Edits.Drawn(["112233", "44.556"]);

        EditResult merged = editor.Apply(new EditCommand.Merge([5, 1, 6]));
        EditResult deleted = editor.Apply(new EditCommand.Delete([2, 3]));

        Assert.Equal(["55....", "44.555"], Edits.Rows(editor));
        Assert.Equal([1u, 5u, 6u], merged.Ids);
        Assert.Equal([2u, 3u], deleted.Ids);
        Assert.Equal(6u, editor.LargestId);
    }

    [Fact]
    public void AllTimes_ChangesEveryFrame_OtherEditsOneOnly()
    {
        LabelVolume[] frames = [.. Enumerable.Range(0, 3).Select(_ => Phantoms.Labels(1, 2, 3, (_, _, x) => (uint)x))];
        var editor = new LabelEditor(frames, Edits.Cubes);

        EditResult one = editor.Apply(new EditCommand.Delete([1]) { Time = 1 });
        EditResult all = editor.Apply(new EditCommand.Delete([2], AllTimes: true));
        editor.Undo();

        Assert.Equal([new EditedBox(1, new VolumeBox(0, 0, 1, 1, 2, 1))], one.Boxes);
        Assert.Equal([0, 1, 2], all.Boxes.Select(b => b.Time));
        Assert.Equal([".12", "..2", ".12"], Enumerable.Range(0, 3).Select(t => Edits.Rows(editor, 0, t)[0]));
    }

    [Fact]
    public void NewIds_AreNeverUsedAgain()
    {
        LabelEditor editor = Edits.Drawn(["1..."]);

        uint first = Assert.Single(editor.Apply(new EditCommand.Fill(null, new PointUm(0, 0, 2))).NewIds);
        editor.Undo();
        uint second = Assert.Single(editor.Apply(new EditCommand.NewId()).NewIds);
        uint third = Assert.Single(editor.Apply(new EditCommand.Polygon(null, Edits.Points((0, 0, 1), (0, 0, 2), (0, 0, 3)))).NewIds);
        EditResult nothing = editor.Apply(new EditCommand.Paint(null, Edits.Points((0, 50, 50)), 2));

        Assert.Equal((2u, 3u, 4u), (first, second, third));
        Assert.Empty(nothing.NewIds);
        Assert.Equal(4u, editor.LargestId);
    }

    [Fact]
    public void Apply_AtTheLargestId_SaysThatNoneIsLeft()
    {
        LabelEditor editor = Edits.Editor(1, 1, 2, (_, _, x) => x == 0 ? int.MaxValue : 0u);

        ArgumentException error = Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.Fill(null, new PointUm(0, 0, 1))));

        Assert.Contains("no id is left", error.Message);
        Assert.Equal((uint)int.MaxValue, editor.LargestId);
    }

    [Fact]
    public void Continues_AreUndoneByOneStep()
    {
        LabelEditor editor = Edits.Drawn(["......"]);
        for (int x = 1; x < 5; x++)
            editor.Apply(new EditCommand.Paint(3, Edits.Points((0, 0, x)), 0.5) { Continues = x > 1 });

        editor.Undo();
        string[] undone = Edits.Rows(editor);
        EditResult? again = editor.Redo();

        Assert.Equal(["......"], undone);
        Assert.Equal([".3333."], Edits.Rows(editor));
        Assert.Equal(4, again!.Voxels);
        Assert.Null(editor.Redo());
    }

    public static TheoryData<string> Refused => new()
    {
        """{"edit":"paint","id":1,"points":[],"radius":3}""",
        """{"edit":"paint","id":1,"radius":3}""",
        """{"edit":"paint","id":0,"points":[{"z":0,"y":0,"x":0}],"radius":3}""",
        """{"edit":"paint","id":1,"points":[{"z":0,"y":0,"x":0}],"radius":0.2}""",
        """{"edit":"paint","id":1,"points":[{"z":9,"y":0,"x":0}],"radius":3}""",
        """{"edit":"paint","id":1,"points":[{"z":0,"y":0,"x":0},{"z":1,"y":0,"x":0}],"radius":3}""",
        """{"edit":"paint","id":3000000000,"points":[{"z":0,"y":0,"x":0}],"radius":3}""",
        """{"edit":"fill","id":1,"at":{"z":0,"y":-1,"x":0}}""",
        """{"edit":"polygon","id":1,"points":[{"z":0,"y":0,"x":0},{"z":0,"y":1,"x":0}]}""",
        """{"edit":"interpolate","id":1}""",
        """{"edit":"delete","ids":[]}""",
        """{"edit":"delete","ids":[0]}""",
        """{"edit":"merge","ids":[1,1]}""",
        """{"edit":"split_line","id":1,"from":{"z":0,"y":9,"x":9},"to":{"z":0,"y":9,"x":0}}""",
        """{"edit":"split_line","id":1,"from":{"z":0,"y":1,"x":1},"to":{"z":0,"y":1,"x":1}}""",
        """{"edit":"split_line","id":77,"from":{"z":0,"y":1,"x":1},"to":{"z":0,"y":0,"x":1}}""",
        """{"edit":"split_plane","id":1,"at":{"z":0,"y":1,"x":1},"normal":{"z":0,"y":0,"x":0}}""",
        """{"edit":"split_seeds","id":1,"seeds":[{"z":0,"y":0,"x":0}]}""",
        """{"edit":"split_seeds","id":1,"seeds":[{"z":0,"y":0,"x":0},{"z":0,"y":0,"x":3}]}""",
        """{"edit":"delete","ids":[1],"time":1}""",
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Apply_WhatDoesNotFit_IsRefusedAndChangesNothing(string json)
    {
        LabelEditor editor = Edits.Drawn(["11.2", "11.2"], ["1...", "1..2"]);
        uint[] before = Edits.Copy(editor);

        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => editor.Apply(EditJson.ReadCommand(json)));

        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, editor.Frames[0].Voxels);
        Assert.False(editor.CanUndo);
        Assert.Equal(2u, editor.LargestId);
    }

    [Fact]
    public void Json_OfEveryCommand_ReadsBackAsItself()
    {
        ImmutableArray<PointUm> points = Edits.Points((0, 1, 2.5), (0, 3, 4), (0, 1, 1));
        EditCommand[] commands =
        [
            new EditCommand.Paint(null, points, 2.5, EditPlane.ZY, true, DrawOver.Cell(5)) { Time = 3, Continues = true },
            new EditCommand.Erase(points, 1, Over: DrawOver.FirstHit), new EditCommand.Fill(0, points[0], EditPlane.XZ), new EditCommand.Polygon(4, points),
            new EditCommand.Interpolate(4, [new EditOutline(points)], EditPlane.XZ, DrawOver.All), new EditCommand.Delete([1, 2], true), new EditCommand.Merge([3, 4]),
            new EditCommand.SplitByLine(1, points[0], points[1], Is3D: true), new EditCommand.SplitByPlane(1, points[0], points[1]), new EditCommand.SplitBySeeds(1, points), new EditCommand.NewId(),
        ];

        foreach (EditCommand command in commands)
        {
            string json = EditJson.Write(command);
            EditCommand read = EditJson.ReadCommand(json);
            Assert.Equal(command.GetType(), read.GetType());
            Assert.Equal(json, EditJson.Write(read));
            Assert.DoesNotContain('\n', json);
        }
        Assert.Throws<InvalidDataException>(() => EditJson.ReadCommand("""{"edit":"format_disk"}"""));
        Assert.Throws<InvalidDataException>(() => EditJson.ReadCommand("""{"edit":"delete","ids":[1],"idz":[2]}"""));
        using var result = JsonDocument.Parse(EditJson.Write(EditResult.None));
        Assert.Equal(["boxes", "ids", "new_ids", "voxels"], result.RootElement.EnumerateObject().Select(p => p.Name));
    }

    private static EditOutline Square(int z, int low, int high, int right = 0) =>
        new(Edits.Points((z, low, low + right), (z, low, high + right), (z, high, high + right), (z, high, low + right)));

    // even-odd by the ray to the right, and everything within rounding of an edge
    private static bool IsInside((double V, double U)[] outline, double v, double u)
    {
        bool inside = false;
        for (int n = 0; n < outline.Length; n++)
        {
            ((double av, double au), (double bv, double bu)) = (outline[n], outline[(n + 1) % outline.Length]);
            double length = Math.Sqrt((bv - av) * (bv - av) + (bu - au) * (bu - au));
            double share = length == 0 ? 0 : Math.Clamp(((v - av) * (bv - av) + (u - au) * (bu - au)) / (length * length), 0, 1);
            if (Math.Sqrt(Math.Pow(av + share * (bv - av) - v, 2) + Math.Pow(au + share * (bu - au) - u, 2)) < 1e-9)
                return true;
            if (av > v != bv > v && u < au + (v - av) / (bv - av) * (bu - au))
                inside = !inside;
        }
        return inside;
    }
}
