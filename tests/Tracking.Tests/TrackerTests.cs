using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Tracking.Tests;

public sealed class TrackerTests
{
    [Fact]
    public void Track_TwoDiscsThatMove_KeepsTwoTracks()
    {
        NdArray<int>[] frames = [.. Enumerable.Range(0, 6).Select(t => Discs.Draw(64, 64, (t % 2 == 0 ? 1 : 7, 10 + 3 * t, 20, 6), (t % 2 == 0 ? 2 : 3, 50, 50 - 3 * t, 6)))];

        TrackSet tracks = TrackSet.Build(Tracker.Track(frames));

        Assert.Equal(2, tracks.Tracks.Count);
        Assert.All(tracks.Tracks, t => Assert.Equal((0, 5, 0), (t.Begin, t.End, t.ParentId)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Track_DiscThatDivides_HasTwoDaughters(int planes)
    {
        int[] shape = planes == 1 ? [64, 64] : [21, 64, 64];
        double z = planes == 1 ? 0 : 10, r = planes == 1 ? 7.1 : 7.9;    // half of the mother's area or volume
        NdArray<int>[] frames =
        [
            Discs.Draw(shape, (4, z, 32, 32, 10)),
            Discs.Draw(shape, (4, z, 32, 32, 10)),
            Discs.Draw(shape, (5, z, 32, 24, r), (9, z, 32, 40, r)),
            Discs.Draw(shape, (5, z, 32, 22, r), (9, z, 32, 42, r)),
        ];

        TrackSet tracks = TrackSet.Build(Tracker.Track(frames));

        Assert.Equal([(0, 1, 0, 0), (2, 3, 1, 1), (2, 3, 1, 1)], tracks.Tracks.Select(t => (t.Begin, t.End, t.ParentId, t.Generation)));
        Assert.All(tracks.Tracks, t => Assert.Equal(1, t.LineageId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Track_DiscThatBlinks_IsOneTrackOverTheGap(int missing)
    {
        var frames = new List<NdArray<int>>();
        for (int t = 0; t < 8; t++)
            frames.Add(t >= 3 && t < 3 + missing ? new NdArray<int>(64, 64) : Discs.Draw(64, 64, (1, 32, 20 + 2 * t, 7)));

        TrackingSolution solution = Tracker.Track(frames);

        Assert.Single(TrackSet.Build(solution).Tracks);
        TrackSet split = TrackSet.Build(solution, splitAtGaps: true);
        Assert.Equal([new TrackRow(1, 0, 2, 0), new TrackRow(2, 3 + missing, 7, 1)], split.Rows());
    }

    [Fact]
    public void Track_WholeImageJumps_FollowsTheDrift()
    {
        var random = new Random(5);
        (int, double, double, double)[] cells = [.. Enumerable.Range(0, 30).Select(n => (n + 1, 30 + 26.0 * (n / 6) + random.Next(-4, 5), 30 + 26.0 * (n % 6) + random.Next(-4, 5), 8.0))];
        NdArray<int>[] frames = [.. Enumerable.Range(0, 4).Select(t => Discs.Draw(220, 300, [.. cells.Select(c => (c.Item1, c.Item2 + 8 * (t % 2), c.Item3 + 21.0 * t, c.Item4))]))];

        TrackingSolution solution = Tracker.Track(frames);

        Assert.Equal(90, solution.LinkCount);
        Assert.All(solution.Links, l => Assert.Equal(solution.Detections[l.Source].Label, solution.Detections[l.Target].Label));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void Track_CellsWaitInAFile_HasTheSameSolution(int inMemory)
    {
        var movie = new SyntheticMovie(new TimelapseOptions { Seed = 3, Frames = 30, Height = 160, Width = 160, Diameter = 14, CycleFrames = 12, Images = false });
        NdArray<int>[] frames = [.. movie.Frames().Select(f => f.Labels)];

        TrackingSolution expected = Tracker.Track(frames), solution = Tracker.Track(frames, new TrackerOptions { CellsInMemory = inMemory });

        Assert.True(expected.LinkCount > 10 * inMemory, $"{expected.LinkCount} links");
        Assert.Equal(expected.Links, solution.Links);
        Assert.Equal(TrackSet.Build(expected).Rows(), TrackSet.Build(solution).Rows());
        Assert.Equal(expected.Detections.All, solution.Detections.All);
    }

    [Fact]
    public void Track_NoFrames_HasNothing() => Assert.Empty(TrackSet.Build(Tracker.Track([])).Tracks);

    [Fact]
    public void Track_OneFrame_HasATrackForEveryCell() =>
        Assert.Equal(2, TrackSet.Build(Tracker.Track([Discs.Draw(32, 32, (3, 8, 8, 4), (9, 24, 24, 4))])).Tracks.Count);

    [Fact]
    public void Track_EmptyFrames_HasNothing() => Assert.Empty(TrackSet.Build(Tracker.Track([new NdArray<int>(16, 16), new NdArray<int>(16, 16)])).Tracks);

    [Fact]
    public void Track_OneVoxelCellsAndLargeLabels_AreLinked()
    {
        NdArray<int> a = new(9, 9), b = new(9, 9);
        a.Data[40] = 2_000_000_000;
        b.Data[41] = 70_001;

        TrackingSolution solution = Tracker.Track([a, b]);

        Assert.Equal(1, solution.LinkCount);
    }

    [Fact]
    public void Add_AnotherShape_IsRefused()
    {
        var tracker = new Tracker();
        tracker.Add(new NdArray<int>(8, 8));

        ArgumentException error = Assert.Throws<ArgumentException>(() => tracker.Add(new NdArray<int>(8, 9)));

        Assert.Contains("frame 1 is 8 x 9; frame 0 is 8 x 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Track_ThreadCounts_GiveTheSameLinks()
    {
        NdArray<int>[] frames = Crowd(seed: 3, cells: 40, count: 6);

        Link[] one = [.. Tracker.Track(frames, new TrackerOptions { Threads = 1 }).Links];

        foreach (int threads in new[] { 2, 3, 7 })
            Assert.Equal(one, Tracker.Track(frames, new TrackerOptions { Threads = threads }).Links);
    }

    [Fact]
    public void Track_Windows_GiveTheLinksOfOneSolve()
    {
        NdArray<int>[] frames = Crowd(seed: 4, cells: 30, count: 24);

        IEnumerable<(int, int)> whole = Tracker.Track(frames).Links.Select(l => (l.Source, l.Target));
        IEnumerable<(int, int)> cut = Tracker.Track(frames, new TrackerOptions { Linking = new LinkingOptions { Window = 12, Commit = 5 } }).Links.Select(l => (l.Source, l.Target));

        Assert.Equal(whole, cut);
    }

    [Fact]
    public void Add_LongMovie_HoldsCandidatesOfOneWindowOnly()
    {
        NdArray<int>[] frames = Crowd(seed: 4, cells: 10, count: 12);
        var tracker = new Tracker(new TrackerOptions { Linking = new LinkingOptions { Window = 10, Commit = 8, Margins = false } });
        long most = 0, afterFirst = 0;
        for (int t = 0; t < 96; t++)
        {
            tracker.Add(frames[t % 12]);
            most = Math.Max(most, tracker.Candidates.Count);
            if (t == 19)
                afterFirst = most;
        }

        Assert.InRange(most, 1, afterFirst * 2);
    }

    [Fact]
    public void Track_SeventyThousandCells_AreLinkedByFewCandidates()
    {
        const int side = 265, pitch = 5, cells = side * side, frames = 3;
        var tracker = new Tracker(new TrackerOptions { Drift = false });

        for (int t = 0; t < frames; t++)
            tracker.Add(Lattice(side, pitch, t));
        long candidates = tracker.Candidates.Count;
        TrackingSolution solution = tracker.Finish();

        Assert.Equal(70_225, cells);
        Assert.Equal((frames - 1) * cells, solution.LinkCount);
        Assert.All(solution.Links, l => Assert.Equal(PlaceOf(l.Source), PlaceOf(l.Target)));
        Assert.InRange(candidates, 1, 3L * 10 * cells);                  // some nearest ones for each of three pairs of frames, never all

        int PlaceOf(int id)
        {
            Detection cell = solution.Detections[id];
            return cell.Frame % 2 == 0 ? cell.Label : cells + 1 - cell.Label;
        }
    }

    /// <summary>Squares of 3 x 3 pixels, one at every point of a lattice, that go to and fro by a pixel; odd frames are labelled backwards.</summary>
    private static NdArray<int> Lattice(int side, int pitch, int frame)
    {
        int length = side * pitch + 1;
        var labels = new NdArray<int>(length, length);
        for (int n = 0; n < side * side; n++)
        {
            int top = n / side * pitch, left = n % side * pitch + frame % 2;
            for (int i = 0; i < 9; i++)
                labels.Data[(top + i / 3) * length + left + i % 3] = frame % 2 == 0 ? n + 1 : side * side - n;
        }
        return labels;
    }

    [Fact]
    public void SolveAgain_PinnedLinks_AreKeptAndOtherTracksKeepTheirNumbers()
    {
        NdArray<int>[] frames = [.. Enumerable.Range(0, 6).Select(t => Discs.Draw(64, 96, (1, 16, 16 + t, 6), (2, 40, 16 + t, 6), (3, 40, 70 + t, 6)))];
        var tracker = new Tracker(new TrackerOptions { KeepCandidates = true });
        foreach (NdArray<int> frame in frames)
            tracker.Add(frame);
        TrackingSolution solution = tracker.Finish();
        TrackSet before = TrackSet.Build(solution);
        int a2 = solution.Detections.Find(2, 1), b3 = solution.Detections.Find(3, 2), a3 = solution.Detections.Find(3, 1);

        solution.Pin(new LinkPin(a2, b3, Accept: true));
        tracker.SolveAgain(2, 4);
        TrackSet after = TrackSet.Build(solution);

        Assert.Equal(a2, solution.ParentOf(b3));
        Assert.Equal(before.TrackOf(solution.Detections.Find(5, 3)).Id, after.TrackOf(solution.Detections.Find(5, 3)).Id);
        Assert.Equal(before.TrackOf(a2).Id, after.TrackOf(a2).Id);
        solution.Unpin(a2, b3);
        solution.Pin(new LinkPin(a2, b3, Accept: false));
        tracker.SolveAgain(2, 4);
        Assert.Equal(a2, solution.ParentOf(a3));
        Assert.Equal(before.Rows(), TrackSet.Build(solution).Rows());
    }

    /// <summary>Discs that wander and touch, seeded.</summary>
    private static NdArray<int>[] Crowd(int seed, int cells, int count)
    {
        var random = new Random(seed);
        (double Y, double X)[] places = [.. Enumerable.Range(0, cells).Select(n => (12 + 17.0 * (n / 6), 12 + 17.0 * (n % 6)))];
        var frames = new NdArray<int>[count];
        for (int t = 0; t < count; t++)
        {
            for (int n = 0; n < cells; n++)
                places[n] = (places[n].Y + 4 * (random.NextDouble() - 0.5), places[n].X + 4 * (random.NextDouble() - 0.5));
            frames[t] = Discs.Draw(24 + 17 * ((cells + 5) / 6), 120, [.. places.Select((p, n) => (n + 1, p.Y, p.X, 8.5))]);
        }
        return frames;
    }
}
