using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Tests.Linking;

public sealed class ShortDaughterTests
{
    private static readonly (int, double, double, double, double) Whole = (1, 0, 40, 40, 12), Left = (1, 0, 40, 30, 8.5), Right = (2, 0, 40, 50, 8.5);

    [Fact]
    public void Track_MaskInTwoForOneFrame_HasNotDivided()
    {
        NdArray<int>[] frames = [Frame(Whole), Frame(Whole), Frame(Left, Right), Frame(Whole), Frame(Whole), Frame(Whole), Frame(Whole)];

        TrackSet all = TrackSet.Build(Tracker.Track(frames, Options(1))), kept = TrackSet.Build(Tracker.Track(frames, Options(3)));

        Assert.Contains(all.Tracks, t => t.ParentId > 0);                // a division by itself is the likelier story
        Assert.DoesNotContain(kept.Tracks, t => t.ParentId > 0);
        Assert.Contains(kept.Tracks, t => (t.Begin, t.End) == (0, 6));
    }

    [Fact]
    public void Track_MaskInTwoForGood_Divides()
    {
        NdArray<int>[] frames = [Frame(Whole), Frame(Whole), Frame(Left, Right), Frame(Left, Right), Frame(Left, Right), Frame(Left, Right)];

        Assert.Equal(2, TrackSet.Build(Tracker.Track(frames, Options(3))).Tracks.Count(t => t.ParentId > 0));
    }

    [Fact]
    public void Track_DivisionAtTheMoviesEnd_IsKept()
    {
        NdArray<int>[] frames = [Frame(Whole), Frame(Whole), Frame(Whole), Frame(Left, Right)];

        Assert.Equal(2, TrackSet.Build(Tracker.Track(frames, Options(3))).Tracks.Count(t => t.ParentId > 0));
    }

    [Fact]
    public void Solve_PinnedDaughter_IsKeptHoweverShort()
    {
        NdArray<int>[] frames = [Frame(Whole), Frame(Whole), Frame(Left, Right), Frame(Whole), Frame(Whole), Frame(Whole), Frame(Whole)];
        var tracker = new Tracker(Options(3) with { KeepCandidates = true });
        foreach (NdArray<int> frame in frames)
            tracker.Add(frame);
        TrackingSolution solution = tracker.Finish();
        int lost = Assert.Single(TrackSet.Build(solution).Tracks, t => t.Begin == 2 && t.End == 2).Cells[0];

        solution.Pin(new LinkPin(1, lost, Accept: true));
        tracker.SolveAgain(0, 6);

        Assert.Equal(1, solution.ParentOf(lost));
    }

    private static TrackerOptions Options(int least) => new() { Linking = new LinkingOptions { LeastDaughterFrames = least } };

    private static NdArray<int> Frame(params (int, double, double, double, double)[] discs) => Discs.Draw([80, 80], discs);
}
