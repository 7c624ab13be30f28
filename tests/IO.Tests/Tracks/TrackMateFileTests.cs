using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Cellpose3D.Core2D;
using Cellpose3D.IO.TrackMate;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class TrackMateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadModel_FakeTracks_HasEverything()
    {
        TrackMateModel model = TrackMateFile.ReadModel(FakeTracks());

        Assert.StartsWith("8.0.0-SNAPSHOT", model.Version, StringComparison.Ordinal);
        Assert.Equal(("micrometer", "second"), (model.SpatialUnits, model.TimeUnits));
        Assert.Equal((107, 7, 28), (model.Spots.Count, model.Tracks.Count, model.SpotFeatures.Count));
        Assert.Equal([0, 4], model.FilteredTrackIds);
        Assert.Equal((128, 128, 1, 50, "FakeTracks.tif"), (model.Image.Width, model.Image.Height, model.Image.Slices, model.Image.Frames, model.Image.FileName));
        foreach (TrackMateTrack track in model.Tracks)                   // the file's own counts
        {
            HashSet<int> spots = [.. track.Edges.SelectMany(e => new[] { e.Source, e.Target })];
            Assert.Equal(track.Features["NUMBER_SPOTS"], spots.Count);
            Assert.Equal(track.Features["NUMBER_SPLITS"], track.Edges.GroupBy(e => e.Source).Count(g => g.Count() > 1));
        }
        Assert.All(model.Spots, s => Assert.True(s.Roi.Count >= 6 && s.Features["FRAME"] == s.Frame));
    }

    [Fact]
    public void WriteModel_FakeTracks_IsTheSameDocument()
    {
        string path = FakeTracks(), written = _folder.File("written.xml");

        TrackMateFile.WriteModel(written, TrackMateFile.ReadModel(path));

        Same(XDocument.Load(path).Root!, XDocument.Load(written).Root!);
    }

    [Fact]
    public void Read_FakeTracks_IsAMovie()
    {
        string path = FakeTracks();
        TrackMateModel model = TrackMateFile.ReadModel(path);

        TrackedMovie movie = TrackMateFile.Read(path), kept = TrackMateFile.Read(path, keptTracksOnly: true);

        Assert.Equal((107, 50, model.Tracks.Sum(t => t.Edges.Count)), (movie.Solution.Detections.Count, movie.FrameCount, movie.Solution.LinkCount));
        Assert.Equal(1, movie.FrameSeconds);
        Assert.Equal([128, 128], movie.Shape);
        Assert.Equal(model.Tracks.Sum(t => (int)t.Features["NUMBER_SPLITS"]), Enumerable.Range(0, 107).Count(c => movie.Solution.ChildCount(c) > 1));
        DetectionTable cells = movie.Solution.Detections;
        Assert.Equal(model.Tracks.Sum(t => (int)t.Features["NUMBER_GAPS"]), movie.Solution.Links.Count(l => cells[l.Target].Frame > cells[l.Source].Frame + 1));
        Assert.Equal(model.Tracks.Where(t => t.Id is 0 or 4).Sum(t => t.Edges.Count), kept.Solution.LinkCount);
        // families are the file's tracks, besides lone spots
        Assert.Equal(model.Tracks.Select(t => (int)t.Features["NUMBER_SPOTS"]).Order(),
            movie.Tracks().Tracks.GroupBy(t => t.LineageId).Select(g => g.Sum(t => t.Cells.Count)).Where(n => n > 1).Order());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public void Read_WrittenMovie_IsTheSame(bool isVolume, int emptyAtEnd)
    {
        TrackedMovie movie = SampleMovie.Random(isVolume, seed: 4, emptyAtEnd);

        TrackMateFile.Write(_folder.File("a.xml"), movie);
        TrackedMovie read = TrackMateFile.Read(_folder.File("a.xml"));

        SampleMovie.AssertSame(movie, read);
        Assert.Equal((movie.Spacing, movie.FrameSeconds, movie.ImageName, movie.FrameCount), (read.Spacing, read.FrameSeconds, read.ImageName, read.FrameCount));
        Assert.Equal(movie.Shape, read.Shape);
        Assert.Equal(["a.xml"], _folder.Names);
    }

    [Fact]
    public void Write_EveryFeature_IsDeclaredAndCalibrated()
    {
        TrackedMovie movie = SampleMovie.Random(isVolume: false);
        TrackMateFile.Write(_folder.File("a.xml"), movie);
        XElement root = XDocument.Load(_folder.File("a.xml")).Root!, model = root.Element("Model")!;

        Assert.Equal(["Log", "Model", "Settings", "GUIState"], root.Elements().Select(e => e.Name.LocalName));
        Assert.Equal(["FeatureDeclarations", "AllSpots", "AllTracks", "FilteredTracks"], model.Elements().Select(e => e.Name.LocalName));
        foreach ((string element, string list, string[] others) in ((string, string, string[])[])
            [("Spot", "SpotFeatures", ["ID", "name"]), ("Edge", "EdgeFeatures", []), ("Track", "TrackFeatures", ["name"])])
        {
            HashSet<string> declared = [.. model.Element("FeatureDeclarations")!.Element(list)!.Elements("Feature").Select(f => f.Attribute("feature")!.Value), .. others];
            Assert.All(model.Descendants(element), e => Assert.All(e.Attributes(), a => Assert.Contains(a.Name.LocalName, declared)));
        }
        XElement spot = model.Descendants("Spot").Last();
        Detection cell = movie.Solution.Detections[int.Parse(spot.Attribute("ID")!.Value, CultureInfo.InvariantCulture)];
        Assert.Equal((cell.Centroid.X, cell.Centroid.Y, cell.Frame * 300.0), (Number(spot, "POSITION_X"), Number(spot, "POSITION_Y"), Number(spot, "POSITION_T")));
        XElement image = root.Element("Settings")!.Element("ImageData")!;
        Assert.Equal((0.25, 0.4, 300.0, 120.0, 90.0, 9.0), (Number(image, "pixelwidth"), Number(image, "pixelheight"), Number(image, "timeinterval"), Number(image, "width"), Number(image, "height"), Number(image, "nframes")));
        Assert.Equal(model.Descendants("Edge").Count(), movie.Solution.LinkCount);
        Assert.Equal(model.Element("AllTracks")!.Elements("Track").Select(t => t.Attribute("TRACK_ID")!.Value), model.Element("FilteredTracks")!.Elements().Select(t => t.Attribute("TRACK_ID")!.Value));
    }

    [Fact]
    public void Write_Masks_GivesOutlinesThatFillToTheMasks()
    {
        var masks = new NdArray<int>(40, 50);
        Disc(masks, 3, 12, 14, 9);
        Disc(masks, 8, 28, 34, 7);
        masks.Data[5 * 50 + 45] = 11;                                    // one pixel: no outline
        var spacing = new SpacingUm(1, 0.5, 0.2);
        TrackingSolution solution = Tracker.Track([masks], new TrackerOptions { Spacing = spacing });
        var movie = new TrackedMovie { Solution = solution, Spacing = spacing, Shape = [40, 50] };

        TrackMateFile.Write(_folder.File("a.xml"), movie, _ => masks);

        TrackMateModel model = TrackMateFile.ReadModel(_folder.File("a.xml"));
        Assert.Equal([true, true, false], model.Spots.Select(s => s.Roi.Count > 0));
        var filled = new NdArray<int>(40, 50);
        foreach (TrackMateSpot spot in model.Spots)
        {
            (double X, double Y)[] polygon = [.. Enumerable.Range(0, spot.Roi.Count / 2).Select(n =>
                ((spot.Roi[2 * n] + spot.Features["POSITION_X"]) / spacing.X, (spot.Roi[2 * n + 1] + spot.Features["POSITION_Y"]) / spacing.Y))];
            for (int i = 0; i < filled.Length; i++)
            {
                if (Covers(polygon, i % 50, i / 50))
                    filled.Data[i] = (int)spot.Features["MASK_LABEL"];
            }
        }
        masks.Data[5 * 50 + 45] = 0;
        Parity.SameLabels(masks, filled);
    }

    [Fact]
    public void Read_SpotWithTwoParents_IsRefused()
    {
        TrackMateModel model = TrackMateFile.ReadModel(FakeTracks());
        TrackMateTrack first = model.Tracks[0];
        TrackMateEdge last = first.Edges[^1];
        TrackMateSpot before = model.Spots.First(s => s.Frame == 0 && s.Id != last.Source);
        TrackMateFile.WriteModel(_folder.File("a.xml"), model with
        {
            Tracks = [first with { Edges = [.. first.Edges, last with { Source = before.Id, Target = Later(model, last) }] }, .. model.Tracks.Skip(1)],
        });

        NotSupportedException error = Assert.Throws<NotSupportedException>(() => TrackMateFile.Read(_folder.File("a.xml")));

        Assert.Contains("has two parents; tracks that merge are not held", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutAnywhere_SaysWhy()
    {
        byte[] bytes = File.ReadAllBytes(FakeTracks());
        int end = Encoding.UTF8.GetString(bytes).TrimEnd().Length;
        for (int length = 0; length < end - 1; length += Math.Max(1, bytes.Length / 60))
        {
            File.WriteAllBytes(_folder.File("cut.xml"), bytes[..length]);
            Assert.True(SampleMovie.ReadsOrSaysWhy(() => TrackMateFile.Read(_folder.File("cut.xml")), $"cut to {length}"), $"cut to {length} must be refused");
        }
    }

    [Fact]
    public void Read_AttributesDroppedOrChanged_ReadsOrSaysWhy()
    {
        TrackMateFile.Write(_folder.File("a.xml"), SampleMovie.Random(isVolume: false));
        var random = new Random(3);
        HashSet<string> refused = [];
        int count = XDocument.Load(_folder.File("a.xml")).Descendants().SelectMany(e => e.Attributes()).Count();
        for (int n = 0; n < 300; n++)
        {
            XDocument document = XDocument.Load(_folder.File("a.xml"));
            XAttribute attribute = document.Descendants().SelectMany(e => e.Attributes()).ElementAt(random.Next(count));
            string name = $"{attribute.Parent!.Name.LocalName}@{attribute.Name.LocalName}";
            if (n % 3 == 0)
                attribute.Remove();
            else
                attribute.Value = n % 3 == 1 ? "-7" : "many";
            document.Save(_folder.File("b.xml"));
            if (SampleMovie.ReadsOrSaysWhy(() => TrackMateFile.Read(_folder.File("b.xml")), $"{name} in round {n}"))
                refused.Add(name);
        }
        Assert.Contains("Spot@ID", refused);
        Assert.Contains("Spot@POSITION_X", refused);
        Assert.Contains("Edge@SPOT_SOURCE_ID", refused);
    }

    [Theory]
    [InlineData("<a/>", "is no TrackMate file: its first element is 'a'")]
    [InlineData("<TrackMate version=\"8\"><Settings/></TrackMate>", "has no element 'Model'")]
    [InlineData("<TrackMate><Model><AllSpots nspots=\"2\"><SpotsInFrame frame=\"0\"><Spot ID=\"1\" POSITION_X=\"1\" POSITION_Y=\"1\"/></SpotsInFrame></AllSpots></Model></TrackMate>", "announces 2 spots; it has 1")]
    [InlineData("<TrackMate><Model><AllSpots nspots=\"1\"><SpotsInFrame frame=\"0\"><Spot ID=\"1\" POSITION_X=\"NaN\" POSITION_Y=\"1\"/></SpotsInFrame></AllSpots></Model></TrackMate>", "spot 1 must have a finite POSITION_X")]
    [InlineData("<TrackMate><Model><AllSpots nspots=\"1\"><SpotsInFrame frame=\"0\"><Spot ID=\"1\" POSITION_X=\"0\" POSITION_Y=\"1\" ROI_N_POINTS=\"3\">1 2 3 4</Spot></SpotsInFrame></AllSpots></Model></TrackMate>", "must have 3 points of two numbers; it has 4 numbers")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><TrackMate/>", "is not readable as XML")]
    public void Read_WrongContent_SaysWhy(string xml, string message)
    {
        File.WriteAllText(_folder.File("a.xml"), xml);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TrackMateFile.Read(_folder.File("a.xml")));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private string FakeTracks()
    {
        string path = _folder.File("FakeTracks.xml");
        using Stream stream = Golden.OpenTracking("formats", "FakeTracks.xml");
        using FileStream copy = File.Create(path);
        stream.CopyTo(copy);
        return path;
    }

    private static int Later(TrackMateModel model, TrackMateEdge edge)
    {
        Dictionary<int, int> frames = model.Spots.ToDictionary(s => s.Id, s => s.Frame);
        return frames[edge.Source] > frames[edge.Target] ? edge.Source : edge.Target;
    }

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    /// <summary>The same elements, attributes and texts; numbers by value, as Java and .NET print them differently.</summary>
    private static void Same(XElement expected, XElement actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        string[] names = [.. expected.Attributes().Select(a => a.Name.LocalName).Order(StringComparer.Ordinal)];
        Assert.Equal(names, actual.Attributes().Select(a => a.Name.LocalName).Order(StringComparer.Ordinal));
        foreach (string name in names)
            SameText(expected.Attribute(name)!.Value, actual.Attribute(name)!.Value);
        XElement[] children = [.. expected.Elements()], others = [.. actual.Elements()];
        Assert.Equal(children.Length, others.Length);
        if (children.Length == 0)
        {
            string[] words = Words(expected), found = Words(actual);
            Assert.Equal(words.Length, found.Length);
            for (int n = 0; n < words.Length; n++)
                SameText(words[n], found[n]);
        }
        for (int n = 0; n < children.Length; n++)
            Same(children[n], others[n]);

        static string[] Words(XElement e) => e.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static void SameText(string expected, string actual)
    {
        if (double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            Assert.Equal(number, double.Parse(actual, CultureInfo.InvariantCulture));
        else
            Assert.Equal(expected, actual);
    }

    private static void Disc(NdArray<int> masks, int label, int y, int x, double radius)
    {
        int width = masks.Shape[1];
        for (int i = 0; i < masks.Length; i++)
        {
            int dy = i / width - y, dx = i % width - x;
            if (dy * dy + dx * dx <= radius * radius)
                masks.Data[i] = label;
        }
    }

    /// <summary>Whether a point lies in a polygon or on its border.</summary>
    private static bool Covers((double X, double Y)[] polygon, double x, double y)
    {
        bool isInside = false;
        for (int n = 0; n < polygon.Length; n++)
        {
            (double ax, double ay) = polygon[n];
            (double bx, double by) = polygon[(n + 1) % polygon.Length];
            double cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            bool within = x >= Math.Min(ax, bx) - 1e-6 && x <= Math.Max(ax, bx) + 1e-6 && y >= Math.Min(ay, by) - 1e-6 && y <= Math.Max(ay, by) + 1e-6;
            if (Math.Abs(cross) < 1e-6 && within)
                return true;
            if (ay > y != by > y && x < ax + (y - ay) / (by - ay) * (bx - ax))
                isInside = !isInside;
        }
        return isInside;
    }
}
