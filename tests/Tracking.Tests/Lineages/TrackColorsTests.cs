using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Tests.Lineages;

public sealed class TrackColorsTests
{
    [Fact]
    public void Of_Family_HasHuesBesideTheMothers()
    {
        TrackSet tracks = TrackSet.Build(Family());
        var colors = new TrackColors(tracks);

        Assert.Equal(4, tracks.Tracks.Count);
        Track mother = tracks.Tracks[0], stranger = tracks.Tracks[1];
        Track[] daughters = [.. tracks.Tracks.Where(t => t.ParentId == mother.Id)];
        Assert.Equal(2, daughters.Length);
        Assert.NotEqual(colors.Of(daughters[0].Id), colors.Of(daughters[1].Id));
        foreach (Track daughter in daughters)
            Assert.Equal(30, Apart(Hue(colors.Of(mother.Id)), Hue(colors.Of(daughter.Id))), 1.5);      // a twelfth of the wheel; bytes are coarse
        Assert.InRange(Apart(Hue(colors.Of(mother.Id)), Hue(colors.Of(stranger.Id))), 60, 180);
        Assert.Throws<KeyNotFoundException>(() => colors.Of(99));
    }

    [Fact]
    public void Of_SecondPartOfASplitTrack_IsTheFirsts()
    {
        var table = new DetectionTable();
        table.Add([new Detection { Frame = 0, Label = 1, Centroid = default }]);
        table.Add([]);
        table.Add([new Detection { Frame = 2, Label = 1, Centroid = default }]);
        var solution = new TrackingSolution(table);
        solution.SetLink(new Link(0, 1, 1, 1));
        TrackSet tracks = TrackSet.Build(solution, splitAtGaps: true);
        var colors = new TrackColors(tracks);

        Assert.Equal(2, tracks.Tracks.Count);
        Assert.Equal(colors.Of(tracks.Tracks[0].Id), colors.Of(tracks.Tracks[1].Id));
    }

    private static TrackingSolution Family()
    {
        var table = new DetectionTable();
        for (int t = 0; t < 2; t++)
            table.Add([new Detection { Frame = t, Label = 1, Centroid = default }, new Detection { Frame = t, Label = 2, Centroid = default }]);
        var solution = new TrackingSolution(table);
        solution.SetLink(new Link(0, 2, 1, 1));
        solution.SetLink(new Link(0, 3, 1, 1));
        return solution;
    }

    private static double Apart(double a, double b) => Math.Min(Math.Abs(a - b), 360 - Math.Abs(a - b));

    private static double Hue(TrackColor c)
    {
        double max = Math.Max(c.R, Math.Max(c.G, c.B)), min = Math.Min(c.R, Math.Min(c.G, c.B)), range = max - min;
        double turn = max == c.R ? (c.G - c.B) / range : max == c.G ? 2 + (c.B - c.R) / range : 4 + (c.R - c.G) / range;
        return 60 * (turn < 0 ? turn + 6 : turn);
    }
}
