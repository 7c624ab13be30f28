using System.Globalization;
using Cellpose3D.IO.Tables;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class TrackTableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", false)]
    [InlineData("a.csv", true)]
    [InlineData("a.parquet", false)]
    [InlineData("a.parquet", true)]
    public void Read_WrittenMovie_IsTheSame(string name, bool isVolume)
    {
        TrackedMovie movie = SampleMovie.Random(isVolume, seed: 7);
        TrackTableFile.Write(_folder.File(name), movie);

        TrackedMovie read = TrackTableFile.Read(_folder.File(name));

        SampleMovie.AssertSame(movie, read);
        Assert.Equal((movie.Spacing, movie.FrameSeconds), (read.Spacing, read.FrameSeconds));
        Assert.Equal(movie.Solution.Pins, read.Solution.Pins);
    }

    [Fact]
    public void Write_Csv_HasARowForEveryCellOfEveryTrack()
    {
        TrackedMovie movie = SampleMovie.Random(isVolume: true, seed: 8);
        TrackTableFile.Write(_folder.File("a.csv"), movie);

        string[] lines = File.ReadAllLines(_folder.File("a.csv"));

        Assert.Equal(
            "track_id,parent_id,lineage_id,generation,label,t,time_s,z,y,x,z_um,y_um,x_um,voxels,volume_um3,diameter_um,intensity,link_cost,link_prob,link_margin,event,edited", lines[0]);
        Assert.Equal(movie.Solution.Detections.Count, lines.Length - 1);
        (int Track, int Frame)[] rows = [.. lines.Skip(1).Select(l => l.Split(',')).Select(f => (int.Parse(f[0], CultureInfo.InvariantCulture), int.Parse(f[5], CultureInfo.InvariantCulture)))];
        Assert.Equal(rows.Order(), rows);
        Assert.Equal(rows.Length, rows.Distinct().Count());
    }

    [Fact]
    public void Write_MiniReference_NamesEvents()
    {
        TrackTableFile.Write(_folder.File("a.csv"), SampleMovie.Mini("Mini-2D"));
        TableColumns table = TrackTableFile.Open(_folder.File("a.csv"));
        int[] tracks = table.Integers("track_id"), frames = table.Integers("t");
        string[] lines = File.ReadAllLines(_folder.File("a.csv"));
        Dictionary<(int, int), string> events = Enumerable.Range(0, table.Rows).ToDictionary(r => (tracks[r], frames[r]), r => lines[r + 1].Split(',')[^2]);

        Assert.Equal(("start", "div", "start", "end"), (events[(2, 0)], events[(2, 2)], events[(3, 3)], events[(3, 7)]));
        Assert.Equal(("", "gap"), (events[(7, 2)], events[(7, 4)]));      // tracks 7 and 8 of the reference are one cell over a gap
        Assert.Equal(4, events.Values.Count(e => e.Contains("div", StringComparison.Ordinal)));
        Assert.DoesNotContain("z", lines[0].Split(','));
    }

    [Theory]
    [InlineData("t,y,x\n0,1,1\n", "must have a column 'track_id'")]
    [InlineData("track_id,t,y,x,parent_id\n0,0,1,1,0\n", "must be above 0; got 0")]
    [InlineData("track_id,t,y,x,parent_id\n1,0,1,1,0\n1,1,1,1,2\n1,2,1,1,3\n2,0,1,1,0\n", "track 1 has parents 2 and 3")]
    [InlineData("track_id,t,y,x,parent_id,label\n1,0,1,1,0,4\n2,0,1,1,0,4\n", "frame 0 has two cells of label 4")]
    public void Read_WrongContent_SaysWhy(string csv, string message)
    {
        File.WriteAllText(_folder.File("a.csv"), csv);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TrackTableFile.Read(_folder.File("a.csv")));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.parquet")]
    public void Read_CutOrChangedAnywhere_ReadsOrSaysWhy(string name)
    {
        TrackTableFile.Write(_folder.File(name), SampleMovie.Random(isVolume: false));
        byte[] bytes = File.ReadAllBytes(_folder.File(name));
        string broken = _folder.File("b" + Path.GetExtension(name));
        var random = new Random(9);
        int refused = 0;
        for (int n = 0; n < 80; n++)
        {
            byte[] changed = [.. bytes];
            for (int k = 0; k < 4; k++)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(broken, n < 40 ? bytes[..(bytes.Length * n / 40)] : changed);
            refused += SampleMovie.ReadsOrSaysWhy(() => TrackTableFile.Read(broken), $"damage {n}") ? 1 : 0;
        }
        Assert.InRange(refused, 20, 80);
    }

    [Fact]
    public void TrackFile_EveryFormat_IsToldByContent()
    {
        TrackedMovie movie = SampleMovie.Mini("Mini-2D");
        Geff.GeffFile.Write(_folder.File("a.geff"), movie);
        TrackMate.TrackMateFile.Write(_folder.File("a.xml"), movie);
        TrackTableFile.Write(_folder.File("a.csv"), movie);
        TrackTableFile.Write(_folder.File("a.parquet"), movie);
        Napari.NapariTracksFile.Write(_folder.File("n.csv"), _folder.File("n_graph.json"), movie);

        foreach (string name in (string[])["a.geff", "a.xml", "a.csv", "a.parquet", "n.csv"])
            SampleMovie.AssertSame(movie, TrackFile.Read(_folder.File(name)), labels: name != "n.csv");
        SampleMovie.AssertSame(movie, TrackFile.Read(Golden.Tracking("mini_ctc", "Mini-2D", "01_GT")));
        Assert.Throws<FileNotFoundException>(() => TrackFile.Read(_folder.File("none.csv")));
        File.WriteAllText(_folder.File("a.doc"), "x");
        Assert.Throws<InvalidDataException>(() => TrackFile.Read(_folder.File("a.doc")));
    }
}
