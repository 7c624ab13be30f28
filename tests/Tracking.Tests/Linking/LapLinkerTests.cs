using System.Globalization;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Tests.Linking;

public sealed class LapLinkerTests
{
    // the fixtures' settings: squared distance, all cutoffs 15, gaps of 2 frames, alternative 1.05; splits and merges close gaps too
    [Theory]
    [InlineData("without_gap_closing", false, false, false)]
    [InlineData("with_gap_closing", true, false, false)]
    [InlineData("with_splitting", true, true, false)]
    [InlineData("with_merging", true, false, true)]
    [InlineData("with_splitting_merging", true, true, true)]
    public void Link_TrackMateRun_HasTheSameLinksAndCosts(string run, bool gaps, bool splits, bool merges)
    {
        (DetectionTable cells, Dictionary<(int, int), double> expected) = Read(run);

        LapLink[] links = LapLinker.Link(cells, new LapOptions { AllowGapClosing = gaps, AllowSplitting = splits, AllowMerging = merges });

        Assert.Equal(expected.Keys.Order(), links.Select(l => (l.Source, l.Target)).Order());
        Assert.All(links, l => Assert.Equal(expected[(l.Source, l.Target)], l.Cost, 1e-9));
        int gapLinks = links.Count(l => cells[l.Target].Frame > cells[l.Source].Frame + 1);
        Assert.Equal(gaps, gapLinks > 0);
        Assert.Equal(splits, links.GroupBy(l => l.Source).Any(g => g.Count() > 1));
        Assert.Equal(merges, links.GroupBy(l => l.Target).Any(g => g.Count() > 1));
    }

    [Fact]
    public void Track_TrackMateRunWithSplits_HasTheSameParents()
    {
        (DetectionTable cells, Dictionary<(int, int), double> expected) = Read("with_splitting");

        TrackingSolution solution = LapLinker.Track(cells, new LapOptions { AllowSplitting = true });

        Assert.Equal(expected.Keys.Order(), solution.Links.Select(l => (l.Source, l.Target)).Order());
    }

    [Fact]
    public void Link_SpotsBeforeTracking_LinksOverTheGap()
    {
        var places = ReadTable("test_spots.csv").Select(r => (Frame: (int)r["t"], Place: new PointUm(0, r["y"], r["x"]))).ToArray();
        DetectionTable cells = Table(places.Select((p, n) => (n, p.Frame, p.Place)), out _);

        LapLink[] links = LapLinker.Link(cells);

        Assert.Equal(places.Length, cells.Count);
        Assert.All(links, l => Assert.InRange(l.Cost, 0, 15 * 15));
        Assert.NotEmpty(links);
    }

    [Fact]
    public void Link_CellsThatDoNotMove_AreLinked()
    {
        DetectionTable cells = Table([(0, 0, new PointUm(0, 5, 5)), (1, 1, new PointUm(0, 5, 5))], out _);

        Assert.Equal([new LapLink(0, 1, 0)], LapLinker.Link(cells));
    }

    [Fact]
    public void Link_NoCellsOrEmptyFrames_HasNothing()
    {
        var cells = new DetectionTable();
        Assert.Empty(LapLinker.Link(cells));
        cells.Add([]);
        cells.Add([]);
        Assert.Empty(LapLinker.Link(cells));
    }

    [Fact]
    public void Track_Merging_IsRefused() =>
        Assert.Throws<NotSupportedException>(() => LapLinker.Track(new DetectionTable(), new LapOptions { AllowMerging = true }));

    [Theory]
    [InlineData(0, 2, 0.9)]
    [InlineData(15, 0, 0.9)]
    [InlineData(15, 2, 1.1)]
    [InlineData(double.NaN, 2, 0.9)]
    public void Link_OptionsOutOfRange_AreRefused(double distance, int gap, double quantile) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LapLinker.Link(new DetectionTable(), new LapOptions { MaxDistanceUm = distance, MaxFrameGap = gap, CutoffQuantile = quantile }));

    /// <summary>A run's cells, and its links with their costs by id of the cells.</summary>
    private static (DetectionTable Cells, Dictionary<(int, int), double> Links) Read(string run)
    {
        var spots = ReadTable($"trackmate_tracks_{run}_spots.csv").Select(r => ((int)r["id"], (int)r["frame"], new PointUm(0, r["position_y"], r["position_x"])));
        DetectionTable cells = Table(spots, out Dictionary<int, int> index);
        var links = new Dictionary<(int, int), double>();
        foreach (Dictionary<string, double> edge in ReadTable($"trackmate_tracks_{run}_edges.csv"))
        {
            int a = index[(int)edge["spot_source_id"]], b = index[(int)edge["spot_target_id"]];
            links.Add((Math.Min(a, b), Math.Max(a, b)), edge["link_cost"]);      // TrackMate does not order the ends
        }
        return (cells, links);
    }

    private static DetectionTable Table(IEnumerable<(int Id, int Frame, PointUm Place)> spots, out Dictionary<int, int> index)
    {
        var table = new DetectionTable();
        index = [];
        ILookup<int, (int Id, int Frame, PointUm Place)> byFrame = spots.ToLookup(s => s.Frame);
        for (int t = 0; t <= byFrame.Max(f => f.Key); t++)
        {
            (int Id, int Frame, PointUm Place)[] frame = [.. byFrame[t]];
            int first = table.Add([.. frame.Select((s, n) => new Detection { Frame = t, Label = n + 1, Centroid = s.Place })]);
            for (int n = 0; n < frame.Length; n++)
                index[frame[n].Id] = first + n;
        }
        return table;
    }

    private static List<Dictionary<string, double>> ReadTable(string name)
    {
        using var text = new StreamReader(Golden.OpenTracking("lap", name));
        string[] header = text.ReadLine()!.Split(',');
        var rows = new List<Dictionary<string, double>>();
        while (text.ReadLine() is { } line)
            rows.Add(header.Zip(line.Split(','), (key, value) => (key, Value: double.Parse(value, CultureInfo.InvariantCulture))).ToDictionary(p => p.key, p => p.Value));
        return rows;
    }
}
