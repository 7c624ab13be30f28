using Cellpose3D.IO.Napari;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class NapariTracksFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_MiniReference_IsTheExpectedExport()
    {
        NapariTracksFile.Write(_folder.File("t.csv"), _folder.File("t.json"), SampleMovie.Mini("Mini-2D"));

        Assert.Equal(File.ReadAllText(Golden.Tracking("mini_ctc", "Mini-2D", "expected_napari_tracks.csv")).ReplaceLineEndings("\n"), File.ReadAllText(_folder.File("t.csv")));
        Assert.Equal(File.ReadAllText(Golden.Tracking("mini_ctc", "Mini-2D", "expected_napari_graph.json")).Trim(), File.ReadAllText(_folder.File("t.json")));
    }

    [Theory]
    [InlineData("Mini-2D")]
    [InlineData("Mini-3D")]
    public void Read_WrittenMini_IsTheSame(string name)
    {
        TrackedMovie movie = SampleMovie.Mini(name);
        NapariTracksFile.Write(_folder.File("t.csv"), _folder.File("t.json"), movie);

        TrackedMovie read = NapariTracksFile.Read(_folder.File("t.csv"), _folder.File("t.json"));

        SampleMovie.AssertSame(movie, read, labels: false, links: false);
        Assert.Equal(movie.Tracks(splitAtGaps: true).Rows(), read.Tracks(splitAtGaps: true).Rows());
    }

    [Fact]
    public void Read_OtherColumnNames_AreFound()
    {
        TrackedMovie movie = SampleMovie.Random(isVolume: true);
        var columns = new NapariColumns { TrackId = "TrackID", T = "frame", Z = "axis-1", Y = "axis-2", X = "axis-3" };
        NapariTracksFile.Write(_folder.File("t.csv"), _folder.File("t.json"), movie, columns);

        TrackedMovie read = NapariTracksFile.Read(_folder.File("t.csv"), _folder.File("t.json"), columns, movie.Spacing);

        Assert.StartsWith("TrackID,frame,axis-1,axis-2,axis-3\n", File.ReadAllText(_folder.File("t.csv")), StringComparison.Ordinal);
        SampleMovie.AssertSame(movie, read, tolerance: 1e-9, labels: false, links: false);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => NapariTracksFile.Read(_folder.File("t.csv")));
        Assert.Contains("must have a column 'track_id'; it has TrackID, frame, axis-1, axis-2, axis-3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TracksFromZero_CountFromOne()
    {
        File.WriteAllText(_folder.File("t.csv"), "track_id,t,y,x\n0,0,1,1\n0,1,1,2\n1,2,1,3\n");
        File.WriteAllText(_folder.File("t.json"), "{\"1\": 0}");

        TrackedMovie read = NapariTracksFile.Read(_folder.File("t.csv"), _folder.File("t.json"));

        Assert.Equal([new TrackRow(1, 0, 2, 0)], read.Tracks().Rows());
    }

    [Theory]
    [InlineData("", null, "is empty")]
    [InlineData("track_id,t,y\n1,0,2\n", null, "must have a column 'x'")]
    [InlineData("track_id,t,y,x\n1,0,2\n", null, "line 2 must have 4 fields; it has 3")]
    [InlineData("track_id,t,y,x\n1,0.5,2,2\n", null, "row 1: 't' must be a whole number")]
    [InlineData("track_id,t,y,x\n1,0,here,2\n", null, "row 1: 'y' must be a number; got 'here'")]
    [InlineData("track_id,t,y,x\n1,0,,2\n", null, "must lie at a finite place")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n1,0,3,3\n", null, "track 1 has two cells in frame 0")]
    [InlineData("track_id,t,y,x\n1,2000000,2,2\n", null, "frames must be 0 to 999999")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n", "{\"2\": [1]}", "track 2 has parent 1; one of them has no cells")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n2,0,2,2\n", "{\"2\": [1]}", "track 2 begins in frame 0; its parent 1 must end before")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n2,1,2,2\n", "{\"2\": [\"1\"]}", "every entry must be")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n2,1,2,2\n", "{\"2\": [1]", "is not readable as JSON")]
    [InlineData("track_id,t,y,x\n1,0,2,2\n2,1,2,2\n", "[2]", "must hold one object")]
    [InlineData("\"track_id,t,y,x\n", null, "opens a quote")]
    [InlineData("t,t,y,x\n", null, "must name each column once")]
    public void Read_WrongContent_SaysWhy(string csv, string? graph, string message)
    {
        File.WriteAllText(_folder.File("t.csv"), csv);
        if (graph is not null)
            File.WriteAllText(_folder.File("t.json"), graph);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => NapariTracksFile.Read(_folder.File("t.csv"), graph is null ? null : _folder.File("t.json")));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Read_TrackWithTwoParents_IsRefused()
    {
        File.WriteAllText(_folder.File("t.csv"), "track_id,t,y,x\n1,0,2,2\n2,0,5,5\n3,1,3,3\n");
        File.WriteAllText(_folder.File("t.json"), "{\"3\": [1, 2]}");

        NotSupportedException error = Assert.Throws<NotSupportedException>(() => NapariTracksFile.Read(_folder.File("t.csv"), _folder.File("t.json")));

        Assert.Contains("track 3 has 2 parents", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NamesThatBreakCsv_AreRefused() =>
        Assert.Throws<ArgumentException>(() => NapariTracksFile.Write(_folder.File("t.csv"), null, SampleMovie.Empty(1), new NapariColumns { T = "t,1" }));
}
