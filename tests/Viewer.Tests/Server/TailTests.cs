using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using SkiaSharp;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Tails of tracks in 3D.</summary>
public sealed class TailTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tails_GoTheWayTheCellsCame()
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 4);
        SceneState scene = served.Session.Scene with { Time = 3, TailLength = 2 };

        IReadOnlyList<SceneLine> tails = served.Session.Tracks!.Tails(scene);

        // three balls, two steps each; voxels of 2 um along z, and the middle of a voxel half a voxel on
        Assert.Equal(6, tails.Count);
        Assert.Equal([(new PointUm(13, 46.5, 31.5), new PointUm(13, 46.5, 32.5)), (new PointUm(13, 46.5, 32.5), new PointUm(13, 46.5, 33.5))],
            tails.Where(l => l.From.Y > 40).Select(l => (l.From, l.To)));
        Assert.True(tails[1].Opacity > tails[0].Opacity);
        Assert.Equal(3, tails.Select(l => l.Color).Distinct().Count());
        Assert.Empty(served.Session.Tracks.Tails(scene with { TailLength = 0 }));
        Assert.Empty(served.Session.Tracks.Tails(scene with { Time = 0 }));
    }

    [Fact]
    public async Task Tails_OfHiddenCells_AreNotDrawn_AndOfSelectedOnesAreWhite()
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 2);
        SceneState scene = served.Session.Scene with { Time = 1 };
        scene = SceneReducer.Apply(SceneReducer.Apply(scene, new SceneCommand.Hide([1])), new SceneCommand.SetSelected([3]));

        IReadOnlyList<SceneLine> tails = served.Session.Tracks!.Tails(scene);

        Assert.Equal(2, tails.Count);
        Assert.Equal(new Rgb(255, 255, 255), Assert.Single(tails, l => l.From.Y > 40).Color);
    }

    [Fact]
    public async Task Picture_OfAMovie_HasTailsAtTheirPlace()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true, frames: 4);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"do":"time","time":3}""", Cancel);
        await client.SendAsync("""{"do":"isolate","ids":[1],"change":"Replace","ghost":0.01}""", Cancel);
        await client.SendAsync("""{"do":"tails","length":0}""", Cancel);
        await client.SendAsync("""{"ask":"size","width":320,"height":240}""", Cancel);
        SKColor[] without = await Full(client);
        await client.SendAsync("""{"do":"tails","length":3}""", Cancel);
        SKColor[] with = await Full(client);

        // only near the three tails, which are three steps long: the picture is a JPEG, so what is little changed does not count
        var view = ViewGeometry.For(served.Session.Scene, 320, 240);
        (double X, double Y)[] ends = [.. served.Session.Tracks!.Tails(served.Session.Scene).SelectMany(l => (PointUm[])[l.From, l.To]).Select(p => view.Project(p)).Select(p => (p.X, p.Y))];
        int[] changed = [.. Enumerable.Range(0, with.Length).Where(n => Math.Abs(with[n].Green - without[n].Green) + Math.Abs(with[n].Red - without[n].Red) + Math.Abs(with[n].Blue - without[n].Blue) > 60)];
        Assert.True(changed.Length >= 12, $"{changed.Length} pixels changed");
        Assert.All(changed, n => Assert.True(ends.Any(e => Math.Abs(e.X - n % 320) < 10 && Math.Abs(e.Y - n / 320) < 10), $"pixel {n % 320}, {n / 320} is far from every tail"));
    }

    private static async Task<SKColor[]> Full(SocketClient client)
    {
        ReceivedPicture picture;
        do
            picture = await client.PictureAsync(Cancel);
        while (!picture.IsFull);
        // what was changed by the last command may come a picture later
        await Task.Delay(600, Cancel);
        await client.SendAsync("""{"ask":"size","width":0,"height":0}""", Cancel);
        await client.SendAsync("""{"ask":"size","width":320,"height":240}""", Cancel);
        using SKBitmap bitmap = SKBitmap.Decode(picture.Jpeg);
        return bitmap.Pixels;
    }
}
