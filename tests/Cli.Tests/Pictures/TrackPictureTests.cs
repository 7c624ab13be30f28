using Cellpose3D.Cli.Pictures;
using Cellpose3D.Cli.Tests.Commands;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.Core2D;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using SkiaSharp;

namespace Cellpose3D.Cli.Tests.Pictures;

/// <summary>The pictures of a tracked movie.</summary>
public sealed class TrackPictureTests
{
    [Fact]
    public void Montage_Movie_ShowsSixFramesAndEveryTrackInItsColour()
    {
        NdArray<int>[] frames = TestMovies.GlideAndDivide(11);
        TrackedFrames tracked = Tracked(frames, null);

        using SKBitmap sheet = Montage(tracked, frames, out IReadOnlyList<int> shown);

        Assert.Equal([0, 2, 4, 6, 8, 10], shown);
        Assert.True(sheet.Width > sheet.Height);
        foreach (Track track in tracked.Tracks.Tracks)
            Assert.True(Count(sheet, PictureStyle.Color(tracked.Colors.Of(track.Id))) > 50, $"track {track.Id} is not to be seen");
    }

    [Fact]
    public void Montage_Volume_ShowsTheBrightestCellAlongZ()
    {
        NdArray<int> labels = new(4, 40, 40);
        NdArray<float> image = new(4, 40, 40);
        Disc(labels, image, z: 1, label: 1, value: 50);
        Disc(labels, image, z: 3, label: 2, value: 90);                  // above the other, and brighter
        TrackedFrames tracked = Tracked([labels], _ => image);

        using SKBitmap sheet = Montage(tracked, [labels], out _, image);

        Assert.True(Count(sheet, PictureStyle.Color(tracked.Colors.Of(2))) > 50);
        Assert.Equal(0, Count(sheet, PictureStyle.Color(tracked.Colors.Of(1))));
    }

    [Fact]
    public void Lineage_Division_ForksIntoDaughtersOfNearHues()
    {
        TrackedFrames tracked = Tracked(TestMovies.GlideAndDivide(), null);

        using SKBitmap sheet = SKBitmap.Decode(LineagePicture.Draw(tracked));

        foreach (Track track in tracked.Tracks.Tracks)
            Assert.True(Count(sheet, PictureStyle.Color(tracked.Colors.Of(track.Id))) > 200, $"track {track.Id} is not to be seen");
        float mother = Hue(tracked, 2);
        foreach (int daughter in (int[])[3, 4])
            Assert.InRange(Math.Abs((Hue(tracked, daughter) - mother + 540) % 360 - 180), 5, 60);
    }

    [Fact]
    public void Lineage_ManyFamilies_StaysOfReadableSize()
    {
        var labels = new NdArray<int>(64, 64);
        for (int n = 0; n < 1024; n++)
            labels.Data[n / 32 * 128 + n % 32 * 2] = n + 1;

        using SKBitmap sheet = SKBitmap.Decode(LineagePicture.Draw(Tracked([labels, labels], null)));

        Assert.InRange(sheet.Height, 500, 2500);
    }

    [Fact]
    public void Lineage_NoCells_IsAnEmptyTree() => Assert.NotEmpty(LineagePicture.Draw(Tracked([new NdArray<int>(8, 8)], null)));

    private static void Disc(NdArray<int> labels, NdArray<float> image, int z, int label, float value)
    {
        NdArray<int> disc = TestMovies.Discs(40, 40, (label, 20, 20, 12));
        for (int n = 0; n < disc.Length; n++)
        {
            labels.Data[z * 1600 + n] = disc.Data[n];
            image.Data[z * 1600 + n] = disc.Data[n] > 0 ? value : 0;
        }
    }

    private static TrackedFrames Tracked(NdArray<int>[] frames, Func<int, NdArray<float>>? image)
    {
        TrackingSolution solution = Tracker.Track(frames);
        var movie = new TrackedMovie { Solution = solution, Shape = frames[0].Shape };
        TrackSet tracks = movie.Tracks();
        return new TrackedFrames(movie, tracks, movie.Tracks(splitAtGaps: true), new TrackColors(tracks), default, t => frames[t], image);
    }

    private static SKBitmap Montage(TrackedFrames tracked, NdArray<int>[] frames, out IReadOnlyList<int> shown, NdArray<float>? image = null)
    {
        using var picture = new MontagePicture(tracked);
        shown = picture.Frames;
        foreach (int t in shown)
            picture.Add(t, frames[t], image);
        return SKBitmap.Decode(picture.Png());
    }

    private static float Hue(TrackedFrames tracked, int track)
    {
        PictureStyle.Color(tracked.Colors.Of(track)).ToHsl(out float hue, out _, out _);
        return hue;
    }

    // lines are smoothed, so a colour is met within a few steps
    private static int Count(SKBitmap sheet, SKColor color) =>
        sheet.Pixels.Count(p => Math.Abs(p.Red - color.Red) + Math.Abs(p.Green - color.Green) + Math.Abs(p.Blue - color.Blue) <= 12);
}
