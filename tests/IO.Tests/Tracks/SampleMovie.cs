using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Tests.Tracks;

/// <summary>Movies to write, and the comparison of what comes back.</summary>
internal static class SampleMovie
{
    /// <summary>Random cells with divisions, gaps, pins, and links and intensities of which some are unknown.</summary>
    public static TrackedMovie Random(bool isVolume, int seed = 1, int emptyAtEnd = 0)
    {
        var random = new Random(seed);
        var spacing = new SpacingUm(isVolume ? 2.5 : 1, 0.4, 0.25);
        var table = new DetectionTable();
        const int frames = 9, perFrame = 7;
        for (int t = 0; t < frames; t++)
        {
            var cells = new List<Detection>();
            int label = 0;
            for (int n = 0; n < (t == 4 ? 0 : perFrame); n++)            // frame 4 is empty
            {
                label += random.Next(1, 40_000);
                int size = random.Next(5, 900);
                cells.Add(new Detection
                {
                    Frame = t,
                    Label = label,
                    Centroid = spacing.At(isVolume ? random.NextDouble() * 20 : 0, random.NextDouble() * 90, random.NextDouble() * 120),
                    Size = size,
                    DiameterUm = (float)(2 * Math.Sqrt(size * spacing.Y * spacing.X / Math.PI)),
                    Intensity = random.Next(5) == 0 ? float.NaN : (float)random.NextDouble() * 100,
                });
            }
            table.Add(cells.ToArray());
        }
        for (int n = 0; n < emptyAtEnd; n++)
            table.Add([]);
        var solution = new TrackingSolution(table);
        for (int cell = 0; cell < table.Count; cell++)
        {
            int t = table[cell].Frame, from = t - (t == 5 ? 2 : 1);
            if (from < 0 || random.Next(6) == 0)
                continue;
            int source = table.FrameStart(from) + random.Next(perFrame);
            if (solution.ChildCount(source) < 2)
                solution.SetLink(random.Next(4) == 0 ? new Link(source, cell, float.NaN, float.NaN) : new Link(source, cell, (float)random.NextDouble(), (float)(5 * random.NextDouble())));
        }
        Link pinned = solution.Links.First(l => float.IsFinite(l.Probability));
        solution.Pin(new LinkPin(pinned.Source, pinned.Target, Accept: true));
        return new TrackedMovie { Solution = solution, Spacing = spacing, FrameSeconds = 300, Shape = isVolume ? [20, 90, 120] : [90, 120], ImageName = "movie.tif" };
    }

    /// <summary>A movie without cells.</summary>
    public static TrackedMovie Empty(int frames)
    {
        var table = new DetectionTable();
        for (int t = 0; t < frames; t++)
            table.Add([]);
        return new TrackedMovie { Solution = new TrackingSolution(table), Shape = [8, 9] };
    }

    /// <summary>The reference of a sequence of the Cell Tracking Challenge's layout, <c>Mini-2D</c> or <c>Mini-3D</c>.</summary>
    public static TrackedMovie Mini(string name) => CtcMovie.Read(CtcFolder.Open(Golden.Tracking("mini_ctc", name, "01_GT")));

    /// <summary>Every cell, link, track, lineage and generation is the same.</summary>
    /// <param name="expected">What was written.</param>
    /// <param name="actual">What came back.</param>
    /// <param name="tolerance">Of places, in micrometres.</param>
    /// <param name="labels">Whether the format holds labels, sizes and intensities.</param>
    /// <param name="links">Whether the format holds probabilities and margins.</param>
    public static void AssertSame(TrackedMovie expected, TrackedMovie actual, double tolerance = 0, bool labels = true, bool links = true)
    {
        DetectionTable a = expected.Solution.Detections, b = actual.Solution.Detections;
        Assert.Equal(a.Count, b.Count);
        int[] map = new int[a.Count];                                    // without labels, cells of a frame may come in another order
        for (int id = 0; id < a.Count; id++)
        {
            Detection cell = a[id];
            map[id] = labels ? id : Nearest(b, cell);
            Detection other = b[map[id]];
            Assert.Equal(cell.Frame, other.Frame);
            Assert.InRange(cell.Centroid.DistanceTo(other.Centroid), 0, tolerance);
            if (labels)
                Assert.Equal((cell.Label, cell.Size, cell.DiameterUm, cell.Intensity), (other.Label, other.Size, other.DiameterUm, other.Intensity));
        }
        Assert.Equal(expected.Solution.LinkCount, actual.Solution.LinkCount);
        TrackSet tracks = expected.Tracks(), others = actual.Tracks();
        for (int id = 0; id < a.Count; id++)
        {
            int parent = expected.Solution.ParentOf(id);
            Assert.Equal(parent < 0 ? -1 : map[parent], actual.Solution.ParentOf(map[id]));
            if (links && expected.Solution.LinkTo(id) is { } link)
                Assert.Equal((link.Probability, link.Margin), (actual.Solution.LinkTo(map[id])!.Value.Probability, actual.Solution.LinkTo(map[id])!.Value.Margin));
            Track track = tracks.TrackOf(id), other = others.TrackOf(map[id]);
            Assert.Equal((track.Id, track.ParentId, track.LineageId, track.Generation, track.Begin, track.End), (other.Id, other.ParentId, other.LineageId, other.Generation, other.Begin, other.End));
        }
    }

    /// <summary>Reads; or one of the four exceptions with one line says why.</summary>
    /// <returns>Whether it was refused.</returns>
    public static bool ReadsOrSaysWhy(Action read, string what)
    {
        try
        {
            read();
            return false;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or FileNotFoundException or DirectoryNotFoundException)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message), what);
            Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), $"{what}: {e.Message}");
            return true;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
            return true;
        }
    }

    private static int Nearest(DetectionTable cells, Detection cell)
    {
        int best = -1;
        for (int id = cells.FrameStart(cell.Frame); id < cells.FrameStart(cell.Frame + 1); id++)
        {
            if (best < 0 || cells[id].Centroid.DistanceTo(cell.Centroid) < cells[best].Centroid.DistanceTo(cell.Centroid))
                best = id;
        }
        return best;
    }
}
