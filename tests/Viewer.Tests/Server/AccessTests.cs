using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Who may talk to the server.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private ServedScene _scene = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _scene = await ServedScene.StartAsync();

    public async ValueTask DisposeAsync() => await _scene.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/?token=")]
    [InlineData("/?token=0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/front/main.js")]
    [InlineData("/data/colors")]
    [InlineData("/data/labels/0/xy/0/0/0/0")]
    [InlineData("/nothing")]
    public async Task Get_WithoutTheToken_IsForbiddenInOneLine(string path)
    {
        HttpResponseMessage response = await _scene.Client.GetAsync(path, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Single(text.Trim().Split('\n'));
        Assert.DoesNotContain(_scene.Token, text);
    }

    [Fact]
    public async Task Get_PageWithTheToken_SetsACookieThatServesTheRest()
    {
        using HttpRequestMessage page = Request("/");
        HttpResponseMessage response = await _scene.Client.SendAsync(page, Cancel);
        string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var next = new HttpRequestMessage(HttpMethod.Get, "/front/main.js");
        next.Headers.Add("Cookie", cookie.Split(';')[0]);
        HttpResponseMessage script = await _scene.Client.SendAsync(next, Cancel);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Equal("text/javascript", script.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Get_Page_AllowsScriptsOfItsOwnOnly()
    {
        using HttpRequestMessage page = Request("/");
        HttpResponseMessage response = await _scene.Client.SendAsync(page, Cancel);

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotContain("*", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
        // nothing in the page comes from elsewhere
        Assert.DoesNotContain("http", await response.Content.ReadAsStringAsync(Cancel), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("0.0.0.0")]
    public async Task Get_ByAnotherName_IsMisdirected(string host)
    {
        using HttpRequestMessage request = Request("/");
        request.Headers.Host = host;

        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await _scene.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Get_ThroughATunnelOnAnotherPort_IsServed()
    {
        using HttpRequestMessage request = Request("/");
        request.Headers.Host = "localhost:9999";
        request.Headers.Add("Origin", "http://localhost:9999");

        Assert.Equal(HttpStatusCode.OK, (await _scene.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    public async Task Get_FromAnotherOrigin_IsForbidden(string origin)
    {
        using HttpRequestMessage request = Request("/data/colors");
        request.Headers.Add("Origin", origin);

        Assert.Equal(HttpStatusCode.Forbidden, (await _scene.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Get_EmbeddedByAnotherSite_IsForbiddenEvenWithTheToken()
    {
        using HttpRequestMessage image = Request("/data/colors");
        image.Headers.Add("Sec-Fetch-Site", "cross-site");
        image.Headers.Add("Sec-Fetch-Mode", "no-cors");
        using HttpRequestMessage link = Request("/");
        link.Headers.Add("Sec-Fetch-Site", "cross-site");
        link.Headers.Add("Sec-Fetch-Mode", "navigate");

        Assert.Equal(HttpStatusCode.Forbidden, (await _scene.Client.SendAsync(image, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _scene.Client.SendAsync(link, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Send_AnythingButGet_IsRefused(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/data/colors?token={_scene.Token}");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _scene.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/front/../../../../etc/passwd")]
    [InlineData("/front/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/front/none.js")]
    [InlineData("/data/none")]
    public async Task Get_WhatIsNotThere_IsNotFound(string path)
    {
        using HttpRequestMessage request = Request(path);

        Assert.Equal(HttpStatusCode.NotFound, (await _scene.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData(null, "wrong")]
    [InlineData("http://evil.example", null)]
    public async Task Socket_WrongTokenOrOrigin_IsNotOpened(string? origin, string? token)
    {
        using var socket = new ClientWebSocket();
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_scene.Server.Port}/socket?token={token ?? _scene.Token}"), Cancel));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Socket_OwnOrigin_IsOpened()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", $"http://127.0.0.1:{_scene.Server.Port}");

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_scene.Server.Port}/socket?token={_scene.Token}"), Cancel);

        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task Connect_FromOutside_IsNotListenedTo()
    {
        IPAddress? outside = NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(outside is null, "this machine has no address but 127.0.0.1");
        using var client = new TcpClient();

        await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(outside!, _scene.Server.Port, Cancel).AsTask());
    }

    private HttpRequestMessage Request(string path) => new(HttpMethod.Get, new Uri($"{path}?token={_scene.Token}", UriKind.Relative)) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("*/*") } } };
}
