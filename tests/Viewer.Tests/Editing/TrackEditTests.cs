using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tables;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

/// <summary>Links of tracks whose numbers are the labels: cut, joined, made daughters, undone, saved, and kept through a crash.</summary>
public sealed class TrackEditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;

    // six frames of one row: 1 through all; 2 in frames 0 to 2; 3 and 4 from 3 on, daughters of 2; 5 from 4 on
    private static readonly TrackRow[] Rows = [new(1, 0, 5, 0), new(2, 0, 2, 0), new(3, 3, 5, 2), new(4, 3, 5, 2), new(5, 4, 5, 0)];

    private string Labels => Path.Combine(_folder, "labels.tif");

    private string Tracks => Path.Combine(_folder, "res_track.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Cut_InTheMidst_GivesWhatFollowsAnotherNumber()
    {
        LabelEditor editor = Editor();

        EditResult result = editor.Apply(new EditCommand.CutTrack(1) { Time = 2 });

        Assert.Equal([6u], result.NewIds);
        Assert.Equal([1u, 1, 6, 6, 6, 6], Enumerable.Range(0, 6).Select(t => editor.Frames[t].Voxels[0]));
        Assert.Equal([new TrackRow(1, 0, 1, 0), new(2, 0, 2, 0), new(3, 3, 5, 2), new(4, 3, 5, 2), new(5, 4, 5, 0), new(6, 2, 5, 0)], editor.Tracks!.Rows(editor.Frames));
    }

    [Fact]
    public void Cut_OfAMother_TakesHerDaughtersAlong()
    {
        LabelEditor editor = Editor();

        editor.Apply(new EditCommand.CutTrack(2) { Time = 1 });

        Assert.Equal((0u, 6u, 6u), (editor.Tracks!.ParentOf(6), editor.Tracks.ParentOf(3), editor.Tracks.ParentOf(4)));
    }

    [Fact]
    public void Cut_AtItsBeginning_TakesTheMotherAway_AndIsRefusedWhereThereIsNone()
    {
        LabelEditor editor = Editor();
        uint[][] before = Voxels(editor);

        EditResult result = editor.Apply(new EditCommand.CutTrack(3) { Time = 3 });

        Assert.Empty(result.Boxes);
        Assert.Equal(before, Voxels(editor));
        Assert.Equal((0u, 2u), (editor.Tracks!.ParentOf(3), editor.Tracks.ParentOf(4)));
        Assert.True(editor.CanUndo);
        Assert.Contains("nothing to cut", Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.CutTrack(1) { Time = 0 })).Message);
        Assert.Contains("no cell 5 at time point 1", Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.CutTrack(5) { Time = 1 })).Message);
    }

    [Fact]
    public void Join_MakesOneTrack_AndIsRefusedWhereBothAreThere()
    {
        LabelEditor editor = Editor();
        editor.Apply(new EditCommand.CutTrack(3) { Time = 3 });
        editor.Apply(new EditCommand.CutTrack(4) { Time = 3 });

        editor.Apply(new EditCommand.JoinTracks(2, 3));

        Assert.Equal([new TrackRow(1, 0, 5, 0), new(2, 0, 5, 0), new(4, 3, 5, 0), new(5, 4, 5, 0)], editor.Tracks!.Rows(editor.Frames));
        Assert.Contains("must end before", Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.JoinTracks(1, 5))).Message);
        Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.JoinTracks(1, 77)));
    }

    [Fact]
    public void Join_OfATrackThatDivided_IsRefused()
    {
        LabelEditor editor = Editor();

        Assert.Contains("divided", Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.JoinTracks(2, 5))).Message);
    }

    [Fact]
    public void SetMother_WhereSheLivesOn_DividesHer()
    {
        LabelEditor editor = Editor();

        editor.Apply(new EditCommand.SetMother(5, 1));

        Assert.Equal([new TrackRow(1, 0, 3, 0), new(2, 0, 2, 0), new(3, 3, 5, 2), new(4, 3, 5, 2), new(5, 4, 5, 1), new(6, 4, 5, 1)], editor.Tracks!.Rows(editor.Frames));
        Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.SetMother(2, 5)));
        Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.SetMother(3, 3)));
    }

    [Fact]
    public void UndoAndRedo_OfRandomEdits_AreExact()
    {
        var random = new Random(3);
        LabelEditor editor = Editor();
        var states = new List<(uint[][] Labels, Dictionary<uint, uint> Parents)> { (Voxels(editor), editor.Tracks!.Copy()) };
        while (states.Count < 30)
        {
            (uint a, uint b) = ((uint)random.Next(1, 12), (uint)random.Next(1, 12));
            long state = editor.State;
            try
            {
                editor.Apply(random.Next(4) switch
                {
                    0 => new EditCommand.CutTrack(a) { Time = random.Next(6) },
                    1 => new EditCommand.JoinTracks(a, b),
                    2 => new EditCommand.SetMother(a, b),
                    _ => new EditCommand.Paint(null, [new PointUm(0, 1, random.Next(12))], 1) { Time = random.Next(6) },
                });
            }
            catch (ArgumentException)
            {
                Assert.Equal(states[^1].Labels, Voxels(editor));                // refused: nothing changed
                Assert.Equal(states[^1].Parents, editor.Tracks.Copy());
                continue;
            }
            if (editor.State != state)                                          // the same mother again changes nothing
                states.Add((Voxels(editor), editor.Tracks.Copy()));
        }

        for (int n = states.Count - 2; n >= 0; n--)
        {
            editor.Undo();
            Assert.Equal(states[n].Labels, Voxels(editor));
            Assert.Equal(states[n].Parents, editor.Tracks.Copy());
        }
        for (int n = 1; n < states.Count; n++)
        {
            editor.Redo();
            Assert.Equal(states[n].Labels, Voxels(editor));
            Assert.Equal(states[n].Parents, editor.Tracks.Copy());
        }
    }

    [Fact]
    public void Session_NotSaved_IsThereAgain_AndSavesRowsThatFitTheMasks()
    {
        WriteFiles();
        using (EditSession session = Open())
        {
            session.Apply(new EditCommand.SetMother(5, 1));
            session.Apply(new EditCommand.CutTrack(4) { Time = 4 });
            session.Undo();
            session.Apply(new EditCommand.Delete([3], AllTimes: true));
        }
        using EditSession again = Open();

        Assert.Equal(4, again.Recovered);
        Assert.Equal(Rows, CtcTrackFile.Read(Tracks));                          // by saving alone
        again.Save();
        TrackRow[] saved = CtcTrackFile.Read(Tracks);
        // 7 was used by the cut that was undone
        Assert.Equal([new TrackRow(1, 0, 3, 0), new(2, 0, 2, 0), new(4, 3, 5, 2), new(5, 4, 5, 1), new(6, 4, 5, 1)], saved);
        TrackRows.Check(saved, [.. LabelIds().Select(f => f.Select(id => (int)id).ToArray())]);
        Assert.False(again.HasUnsavedEdits);
        // undo goes back beyond the save
        again.Undo();
        again.Undo();
        Assert.Equal(0u, again.Editor.Tracks!.ParentOf(5));
    }

    [Fact]
    public void Session_UndoBeyondASave_SurvivesACrash()
    {
        WriteFiles();
        using (EditSession session = Open())
        {
            session.Apply(new EditCommand.SetMother(5, 1));
            session.Save();
            session.Undo();
        }
        using EditSession again = Open();

        Assert.Equal(0u, again.Editor.Tracks!.ParentOf(5));
        Assert.Equal(1u, again.Editor.Frames[4].Voxels[0]);
        Assert.True(again.HasUnsavedEdits);
        again.Save();
        Assert.Equal(Rows, CtcTrackFile.Read(Tracks));
    }

    [Fact]
    public void Session_ThatEndedBetweenLabelsAndTracks_SavesTheTracksNextTime()
    {
        WriteFiles();
        using (EditSession session = Open())
        {
            session.Apply(new EditCommand.SetMother(5, 1));
            // the tracks cannot be replaced: a folder has their name
            File.Move(Tracks, Tracks + ".kept");
            Directory.CreateDirectory(Path.Combine(Tracks, "in the way"));
            Assert.ThrowsAny<Exception>(() => session.Save());
        }
        Directory.Delete(Tracks, recursive: true);
        File.Move(Tracks + ".kept", Tracks);
        using EditSession again = Open();

        Assert.Equal(1u, again.Editor.Tracks!.ParentOf(5));
        Assert.True(again.HasUnsavedEdits);
        again.Save();
        Assert.Contains(new TrackRow(5, 4, 5, 1), CtcTrackFile.Read(Tracks));
    }

    [Fact]
    public void Session_WithTracksChangedElsewhere_IsRefused_AndWithoutTracksToo()
    {
        WriteFiles();
        using (EditSession session = Open())
            session.Apply(new EditCommand.CutTrack(3) { Time = 3 });

        Assert.Contains("give the tracks too", Assert.Throws<InvalidDataException>(() => EditSession.Open(Labels)).Message);
        CtcTrackFile.Write(Tracks, [.. Rows[..4], new TrackRow(5, 4, 5, 1)]);
        Assert.Contains("other tracks", Assert.Throws<InvalidDataException>(() => Open()).Message);
    }

    [Theory]
    [InlineData("tracks.csv")]
    [InlineData("tracks.parquet")]
    [InlineData("tracks.xml")]
    [InlineData("tracks.geff")]
    public void Session_WithTracksOfAnotherFormat_SavesThemInIt(string name)
    {
        WriteFiles();
        string path = Path.Combine(_folder, name);
        TrackedMovie movie = Movie();
        if (name.EndsWith(".geff", StringComparison.Ordinal))
            IO.Geff.GeffFile.Write(path, movie);
        else if (name.EndsWith(".xml", StringComparison.Ordinal))
            IO.TrackMate.TrackMateFile.Write(path, movie);
        else
            TrackTableFile.Write(path, movie);
        TrackedMovie read = TrackFile.Read(path);
        using EditSession session = EditSession.Open(Labels, tracks: new TrackBook(path, read.Tracks().Rows(), read));

        session.Apply(new EditCommand.SetMother(5, 1));
        session.Save();

        TrackRow[] saved = TrackFile.Read(path).Tracks().Rows();
        Assert.Equal([(0, 3, 0), (0, 2, 0), (3, 5, 2), (3, 5, 2), (4, 5, 1), (4, 5, 1)], saved.Select(r => (r.Begin, r.End, r.Parent)));
        Assert.Equal([1, 2, 3, 4, 5, 6], saved.Select(r => r.Label));
    }

    [Fact]
    public void Edit_WithoutTracks_IsRefused()
    {
        LabelEditor editor = new(Frames(), new PointUm(1, 1, 1));

        Assert.Contains("tracks", Assert.Throws<ArgumentException>(() => editor.Apply(new EditCommand.CutTrack(1) { Time = 2 })).Message);
    }

    private static LabelVolume[] Frames() => [.. Enumerable.Range(0, 6).Select(t => Phantoms.Labels(1, 2, 12, (_, y, x) =>
        y > 0 || x % 2 > 0 ? 0 : x == 0 ? 1u : x == 2 && t < 3 ? 2u : x == 4 && t > 2 ? 3u : x == 6 && t > 2 ? 4u : x == 8 && t > 3 ? 5u : 0u))];

    private static LabelEditor Editor() => new(Frames(), new PointUm(1, 1, 1), tracks: new TrackBook("tracks.txt", Rows, null));

    private static uint[][] Voxels(LabelEditor editor) => [.. editor.Frames.Select(f => (uint[])f.Voxels.Clone())];

    private EditSession Open() => EditSession.Open(Labels, tracks: new TrackBook(Tracks, CtcTrackFile.Read(Tracks), null));

    private void WriteFiles()
    {
        TiffWriter.WriteLabels(Labels, new NdArray<int>([.. Frames().SelectMany(f => f.Voxels).Select(v => (int)v)], 6, 2, 12), "TYX");
        CtcTrackFile.Write(Tracks, Rows);
    }

    private uint[][] LabelIds()
    {
        int[] data = LabelReader.Read(Labels).Data;
        return [.. data.Chunk(24).Select(f => f.Where(id => id > 0).Select(id => (uint)id).Distinct().Order().ToArray())];
    }

    private static TrackedMovie Movie()
    {
        var cells = new DetectionTable();
        LabelVolume[] frames = Frames();
        for (int t = 0; t < frames.Length; t++)
            cells.Add(Tracking.TemporalFlow.CellMeasurer.Measure(new NdArray<int>([.. frames[t].Voxels.Select(v => (int)v)], 2, 12), null, t, SpacingUm.Unit));
        return new TrackedMovie { Solution = SolutionFromRows.Build(cells, Rows), Shape = [2, 12] };
    }
}
