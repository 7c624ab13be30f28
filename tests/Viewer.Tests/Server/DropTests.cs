using System.Net;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Viewer.Server;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Files that a page sends to be shown besides.</summary>
public sealed class DropTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Image_OfTheSameSize_BecomesAChannel()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        using HttpResponseMessage response = await Drop(served, "other.tif", Tiff(12, 64, 60));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await client.ExpectAsync("reload", Cancel);
        Assert.Equal(["image", "other.tif"], served.Session.Scene.Images.Select(i => i.Name));
        byte[] tile = await Data.BytesAsync(served, "image/0/1/xy/5/0/0/0", Cancel);
        Assert.Equal(2 * 64 * 60, tile.Length);
        Assert.NotEqual(await Data.BytesAsync(served, "image/0/0/xy/5/0/0/0", Cancel), tile);
        using SocketClient next = await SocketClient.ConnectAsync(served, Cancel);
        Assert.Equal(2, next.Hello["scene"]!["images"]!.AsArray().Count);
    }

    [Fact]
    public async Task Labels_OfTheSameSize_AreComparedWith()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        using HttpResponseMessage response = await Drop(served, "other_masks.tif", Tiff(12, 64, 60, labels: true));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonObject told = await client.ExpectAsync("compared", Cancel);
        Assert.Equal("other_masks.tif", (string?)told["compared"]!["name"]);
        byte[] tile = await Data.BytesAsync(served, $"compared/{told["compared"]!["version"]}/0/xy/5/0/0/0", Cancel);
        Assert.Equal(9u, BitConverter.ToUInt32(tile, 4 * (20 * 60 + 20)));
        Assert.Single(served.Session.Scene.Images);
        Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
    }

    [Theory]
    [InlineData("small.tif", 12, 64, 59, "Z Y X 12 x 64 x 59")]
    [InlineData("small_masks.tif", 11, 64, 60, "Z Y X 11 x 64 x 60")]
    public async Task File_OfAnotherSize_IsRefusedWithBothSizes(string name, int z, int y, int x, string size)
    {
        await using ServedScene served = await ServedScene.StartAsync();

        using HttpResponseMessage response = await Drop(served, name, Tiff(z, y, x));
        string reason = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains(name, reason);
        Assert.Contains(size, reason.Replace('×', 'x'));
        Assert.Contains("12", reason);
        Assert.Single(served.Session.Scene.Images);
    }

    [Fact]
    public async Task File_ThatIsNoImage_IsRefused_AndTheNextOneIsShown()
    {
        await using ServedScene served = await ServedScene.StartAsync();

        using HttpResponseMessage text = await Drop(served, "notes.tif", "dear diary"u8.ToArray());
        using HttpResponseMessage strange = await Drop(served, "notes.docx", "dear diary"u8.ToArray());
        using HttpResponseMessage image = await Drop(served, "other.tif", Tiff(12, 64, 60));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, text.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, strange.StatusCode);
        Assert.DoesNotContain(Path.GetTempPath(), await text.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.OK, image.StatusCode);
    }

    [Fact]
    public async Task File_ThatIsTooLarge_IsRefused()
    {
        await using ServedScene served = await ServedScene.StartAsync(options: new ViewOptions { LargestDrop = 5_000_000 });

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/data/drop/large.tif?token={served.Token}") { Content = new ByteArrayContent(new byte[5_000_001]) };
        request.Headers.ExpectContinue = true;                              // else the answer may come while the rest is still being sent
        using HttpResponseMessage response = await served.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("5 MB", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a%00b.tif")]
    public async Task File_OfAnImpossibleName_IsRefused(string name)
    {
        await using ServedScene served = await ServedScene.StartAsync();

        using HttpResponseMessage response = await Drop(served, name, Tiff(12, 64, 60));

        Assert.False(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task File_WithoutTheToken_OrFromAnotherSite_IsRefused()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using var content = new ByteArrayContent([1]);
        using var strange = new HttpRequestMessage(HttpMethod.Post, $"/data/drop/other.tif?token={served.Token}") { Content = new ByteArrayContent([1]) };
        strange.Headers.Add("Origin", "https://example.org");

        Assert.Equal(HttpStatusCode.Forbidden, (await served.Client.PostAsync(new Uri("/data/drop/other.tif", UriKind.Relative), content, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await served.Client.SendAsync(strange, Cancel)).StatusCode);
        Assert.Single(served.Session.Scene.Images);
    }

    /// <summary>A volume with one block, as the bytes of a file.</summary>
    internal static byte[] Tiff(int z, int y, int x, bool labels = false)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("cellpose3d-test-").FullName, "drop.tif");
        int[] ids = [.. Enumerable.Range(0, z * y * x).Select(n => n % x is > 10 and < 30 && n / x % y is > 10 and < 30 ? 9 : 0)];
        if (labels)
            TiffWriter.WriteLabels(path, new NdArray<int>(ids, z, y, x), "ZYX", new TiffWriterOptions());
        else
            TiffWriter.WriteFloats(path, new NdArray<float>([.. ids.Select(id => (float)id)], z, y, x), "ZYX", new TiffWriterOptions());
        byte[] bytes = File.ReadAllBytes(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return bytes;
    }

    private static Task<HttpResponseMessage> Drop(ServedScene served, string name, byte[] bytes) =>
        served.Client.PostAsync(new Uri($"/data/drop/{name}?token={served.Token}", UriKind.Relative), new ByteArrayContent(bytes), Cancel);
}
