using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Server;
using SkiaSharp;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>The 3D pictures of a page.</summary>
public sealed class PictureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Size_Named_BringsAPictureWithTheIdsOfItsPixels()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        ReceivedPicture picture = await client.PictureAsync(Cancel);

        Assert.Equal((120, 90), picture.Size);
        using SKBitmap bitmap = SKBitmap.Decode(picture.Jpeg);
        Assert.Equal((120, 90), (bitmap.Width, bitmap.Height));
        uint[] ids = picture.Ids();
        Assert.Equal(120 * 90, ids.Length);
        Assert.Equal([0u, 1u, 3u, 70_000u], ids.Distinct().Order());
    }

    [Fact]
    public async Task Pick_OnACell_SaysItsIdAndPlace()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        uint[] ids = (await client.PictureAsync(Cancel)).Ids();
        int at = Middle(ids, 120, 70_000);

        await client.SendAsync($$"""{"ask":"pick","number":5,"x":{{at % 120}},"y":{{at / 120}}}""", Cancel);
        JsonObject picked = await client.ExpectAsync("picked", Cancel);

        Assert.Equal((5, 70_000u), ((int)picked["number"]!, (uint)picked["id"]!));
        (double z, double y, double x) = ((double)picked["voxel"]!["z"]!, (double)picked["voxel"]!["y"]!, (double)picked["voxel"]!["x"]!);
        // on the ball of radius 6 um around the middle of voxel (6, 16, 44); half a voxel for the grid
        Assert.Equal(6, Math.Sqrt(4 * Square(z - 6.5) + Square(y - 16.5) + Square(x - 44.5)), 1.0);
    }

    [Fact]
    public async Task Camera_WhileItMoves_PicturesAreSmall_ThenOneIsFull()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true, options: new ViewOptions { Rest = TimeSpan.FromMilliseconds(800) });
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        await client.PictureAsync(Cancel);

        await client.SendAsync("""{"do":"orbit","azimuth":30,"elevation":0}""", Cancel);
        var sizes = new List<(int, int)>();
        ReceivedPicture picture;
        do
        {
            picture = await client.PictureAsync(Cancel);
            sizes.Add(picture.Size);
        }
        while (!picture.IsFull);

        Assert.Equal((60, 45), sizes[0]);
        Assert.Equal((120, 90), sizes[^1]);
    }

    [Fact]
    public async Task Camera_ManyAtOnce_OnlyTheNewestAreDrawn()
    {
        const int Cameras = 200;
        await using ServedScene served = await ServedScene.StartAsync(withGl: true, options: new ViewOptions { Rest = TimeSpan.FromSeconds(3) });   // no machine is so busy that the camera rests in mid-turn
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel), other = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        await client.PictureAsync(Cancel);

        for (int n = 0; n < Cameras; n++)
            await client.SendAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"do":"orbit","azimuth":1.8,"elevation":0}"""), Cancel);
        int pictures = 0;
        ReceivedPicture last;
        do
        {
            last = await client.PictureAsync(Cancel);
            pictures++;
        }
        while (!last.IsFull);
        // a full turn: the picture is that of the start
        await other.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        ReceivedPicture reference = await other.PictureAsync(Cancel);

        Assert.InRange(pictures, 1, Cameras - 1);
        Assert.Equal(reference.Ids(), last.Ids());
    }

    [Fact]
    public async Task Page_ThatVanishesInMidPicture_LeavesTheOthersServed()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        for (int n = 0; n < 3; n++)
        {
            SocketClient gone = await SocketClient.ConnectAsync(served, Cancel);
            await gone.SendAsync("""{"ask":"size","width":640,"height":480}""", Cancel);
            await gone.SendAsync("""{"do":"orbit","azimuth":3,"elevation":0}""", Cancel);
            gone.Socket.Abort();
            gone.Dispose();
        }
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);

        Assert.Equal((120, 90), (await client.PictureAsync(Cancel)).Size);
    }

    [Fact]
    public async Task Edit_Made_IsInTheNextPicture()
    {
        await using ServedScene served = await ServedScene.StartAsync(withGl: true);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync("""{"ask":"size","width":120,"height":90}""", Cancel);
        await client.PictureAsync(Cancel);

        await client.SendAsync("""{"edit":"delete","ids":[3]}""", Cancel);
        ReceivedPicture picture;
        do
            picture = await client.PictureAsync(Cancel);
        while (picture.Ids().Contains(3u));

        Assert.Equal([0u, 1u, 70_000u], picture.Ids().Distinct().Order());
    }

    private static int Middle(uint[] ids, int width, uint id)
    {
        int[] all = [.. Enumerable.Range(0, ids.Length).Where(n => ids[n] == id)];
        return (int)Math.Round(all.Average(n => n / width)) * width + (int)Math.Round(all.Average(n => n % width));
    }

    private static double Square(double v) => v * v;
}
