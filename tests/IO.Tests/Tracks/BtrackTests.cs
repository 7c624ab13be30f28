using System.Globalization;
using System.Text.Json;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Geff;
using Cellpose3D.IO.Napari;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Tests.Tracks;

/// <summary>btrack's simulated points: a family of seven tracks, as a list of rows for each track and a graph.</summary>
public sealed class BtrackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FromTracks_BtrackFamily_HasItsGenerations()
    {
        (TrackedMovie movie, Dictionary<int, int> parents, int points) = Read();

        TrackSet tracks = movie.Tracks();

        Assert.Equal(points, movie.Solution.Detections.Count);
        foreach ((int child, int parent) in parents)
            Assert.Equal((parent, tracks.Find(parent)!.LineageId, tracks.Find(parent)!.Generation + 1), (tracks.Find(child)!.ParentId, tracks.Find(child)!.LineageId, tracks.Find(child)!.Generation));
        Assert.Equal([0, 1, 1, 2, 2, 2, 2], tracks.Tracks.Where(t => t.LineageId == 1).Select(t => t.Generation).Order());
    }

    [Fact]
    public void Read_BtrackFamilyAsLbepNapariAndGeff_IsTheSame()
    {
        (TrackedMovie movie, Dictionary<int, int> parents, _) = Read();
        TrackRow[] rows = movie.Tracks(splitAtGaps: true).Rows();
        CtcTrackFile.Write(_folder.File("lbep.txt"), rows);
        NapariTracksFile.Write(_folder.File("t.csv"), _folder.File("t.json"), movie);
        GeffFile.Write(_folder.File("t.geff"), movie);

        Assert.Equal(rows, CtcTrackFile.Read(_folder.File("lbep.txt")));
        Assert.All(rows, r => Assert.Equal(parents.GetValueOrDefault(r.Label), r.Parent));
        SampleMovie.AssertSame(movie, NapariTracksFile.Read(_folder.File("t.csv"), _folder.File("t.json")), labels: false);
        SampleMovie.AssertSame(movie, GeffFile.Read(_folder.File("t.geff")));
    }

    private static (TrackedMovie Movie, Dictionary<int, int> Parents, int Points) Read()
    {
        string[] lines = File.ReadAllLines(Golden.Tracking("btrack", "test_data.csv"));
        Assert.Equal("t,x,y,z,states,label", lines[0]);
        var trackOf = new Dictionary<int, int>();
        foreach (JsonProperty track in Parse("test_ground_truth.json").EnumerateObject())
        {
            foreach (JsonElement row in track.Value.EnumerateArray())
                trackOf[row.GetInt32()] = int.Parse(track.Name, CultureInfo.InvariantCulture);
        }
        var parents = Parse("test_graph.json").EnumerateObject().ToDictionary(p => int.Parse(p.Name, CultureInfo.InvariantCulture), p => p.Value[0].GetInt32());
        var cells = new List<GraphCell>();
        for (int row = 0; row < lines.Length - 1; row++)
        {
            double[] v = Array.ConvertAll(lines[row + 1].Split(','), f => double.Parse(f, CultureInfo.InvariantCulture));
            if (trackOf.TryGetValue(row, out int track))
                cells.Add(new GraphCell(row, new Detection { Frame = (int)v[0], Label = track, Centroid = new PointUm(v[3], v[2], v[1]), Intensity = float.NaN }, track));
        }
        Assert.Equal(trackOf.Count, cells.Count);
        return (new TrackedMovie { Solution = SolutionFromGraph.FromTracks(cells, parents, "btrack") }, parents, cells.Count);
    }

    private static JsonElement Parse(string name) => JsonDocument.Parse(File.ReadAllText(Golden.Tracking("btrack", name))).RootElement;
}
