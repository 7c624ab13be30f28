using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.Viewer.Segmenting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cellpose3D.Viewer.Server;

/// <summary>Serves a session to browsers on this machine: the page, its tiles and tables over HTTP, everything that moves over one WebSocket.</summary>
public sealed class ViewServer : IAsyncDisposable
{
    private readonly ViewSession _session;
    private readonly ViewOptions _options;
    private readonly AccessGuard _guard;
    private readonly WebApplication _app;
    private readonly DroppedFiles _dropped = new();
    private readonly CancellationTokenSource _closing = new();

    private ViewServer(ViewSession session, ViewOptions options)
    {
        (_session, _options) = (session, options);
        _guard = new AccessGuard(options.Token ?? AccessGuard.NewToken(), options.Hosts);
        // an empty builder reads no settings from files or the environment: nothing can make this server listen elsewhere
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 256;
        });
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();      // signals are the command line's to handle
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _app = builder.Build();
        if (options.BasePath.Length > 0)
            _app.UsePathBase(options.BasePath);
        _app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        _app.Run(HandleAsync);
    }

    /// <summary>The port that is listened on.</summary>
    public int Port { get; private set; }

    /// <summary>The address to open, with the token.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}{_options.BasePath}/?token={_guard.Token}");

    /// <summary>Starts serving.</summary>
    /// <param name="session">What is shown; the server closes it.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives starting up.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="ArgumentException">The base path is none.</exception>
    public static async Task<ViewServer> StartAsync(ViewSession session, ViewOptions options, CancellationToken cancellationToken = default)
    {
        if (options.BasePath is not "" && (!options.BasePath.StartsWith('/') || options.BasePath.EndsWith('/')))
            throw new ArgumentException($"a base path must begin with a slash and end without one; got '{options.BasePath}'.", nameof(options));
        var server = new ViewServer(session, options);
        await server._app.StartAsync(cancellationToken).ConfigureAwait(false);
        server.Port = new Uri(server._app.Urls.First()).Port;
        return server;
    }

    /// <summary>Says goodbye to the pages, stops listening, closes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _session.DisposeAsync().ConfigureAwait(false);
        _dropped.Dispose();
        _closing.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (_guard.Refuse(context.Request) is var (status, reason))
        {
            await SayAsync(context, status, reason).ConfigureAwait(false);
            return;
        }
        SetHeaders(context);
        string path = context.Request.Path.Value ?? "/";
        try
        {
            if (path == "/socket")
                await SocketAsync(context).ConfigureAwait(false);
            else if (context.Request.Method == HttpMethods.Post && path.StartsWith("/data/drop/", StringComparison.Ordinal))
                await DropAsync(context, path[11..]).ConfigureAwait(false);
            else if (context.Request.Method != HttpMethods.Get)
                await SayAsync(context, HttpStatusCode.MethodNotAllowed, "only GET is served.").ConfigureAwait(false);
            else if (path is "/" or "")
                await PageAsync(context).ConfigureAwait(false);
            else if (path.StartsWith("/front/", StringComparison.Ordinal) && FrontFiles.Open(path[7..]) is var (content, type))
                await FileAsync(context, content, type).ConfigureAwait(false);
            else if (path.StartsWith("/data/", StringComparison.Ordinal))
                await DataAsync(context, path[6..]).ConfigureAwait(false);
            else
                await SayAsync(context, HttpStatusCode.NotFound, $"there is nothing at '{path}'.").ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && e is FormatException or ArgumentException or InvalidOperationException)
        {
            await SayAsync(context, HttpStatusCode.BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && e is IOException or InvalidDataException or NotSupportedException)
        {
            await SayAsync(context, HttpStatusCode.InternalServerError, e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the page wants it no longer
        }
    }

    private static void SetHeaders(HttpContext context)
    {
        string host = context.Request.Host.Value ?? "";
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
            + $"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";                          // the address may hold the token
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private static async Task SayAsync(HttpContext context, HttpStatusCode status, string reason)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(reason.ReplaceLineEndings(" ") + "\n", context.RequestAborted).ConfigureAwait(false);
    }

    private async Task PageAsync(HttpContext context)
    {
        // relative addresses in the page need the slash
        if (context.Request.Path.Value is "" or null)
        {
            context.Response.Redirect(context.Request.PathBase + "/" + context.Request.QueryString);
            return;
        }
        context.Response.Cookies.Append(_guard.CookieName, _guard.Token, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true, Secure = context.Request.IsHttps,
        });
        (Stream content, string type) = FrontFiles.Open("index.html") ?? throw new InvalidOperationException("the page is missing from the program.");
        await FileAsync(context, content, type).ConfigureAwait(false);
    }

    private static async Task FileAsync(HttpContext context, Stream content, string type)
    {
        await using (content.ConfigureAwait(false))
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = content.Length;
            await content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await SayAsync(context, HttpStatusCode.BadRequest, "this address is for WebSockets.").ConfigureAwait(false);
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        await ViewConnection.RunAsync(_session, socket, _options, _closing.Token).ConfigureAwait(false);
    }

    // a file that was dropped on the page; the guard has made sure that it was the page itself
    private async Task DropAsync(HttpContext context, string name)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = _options.LargestDrop;
        if (context.Request.ContentLength is not { } length || length > _options.LargestDrop)
        {
            await SayAsync(context, HttpStatusCode.RequestEntityTooLarge, $"a file that is dropped may have {_options.LargestDrop / 1_000_000} MB; start the program with this one instead.").ConfigureAwait(false);
            return;
        }
        string path = await _dropped.KeepAsync(name, context.Request.Body, context.RequestAborted).ConfigureAwait(false);
        try
        {
            await SayAsync(context, HttpStatusCode.OK, await _session.AddAsync(path).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException)
        {
            DroppedFiles.Remove(path);
            await SayAsync(context, HttpStatusCode.UnprocessableEntity, e.Message.Replace(path, name, StringComparison.Ordinal)).ConfigureAwait(false);
        }
    }

    // data/image/TIME/CHANNEL/TILE, data/labels/TIME/TILE, data/compared/VERSION/TIME/TILE, data/colors, data/cells/TIME, data/histogram/TIME/CHANNEL,
    // data/map/KIND/RUN/TIME/PLANE, data/tracks
    private async Task DataAsync(HttpContext context, string path)
    {
        string[] parts = path.Split('/');
        switch (parts)
        {
            case ["image", var time, var channel, .. var tile]:
                Frame frame = await _session.Frames.GetAsync(Number(time)).ConfigureAwait(false);
                Volumes.IntensityVolume image = frame.Images[Index(channel, frame.Images.Count)];
                context.Response.Headers["X-Range"] = string.Create(CultureInfo.InvariantCulture, $"{image.Lowest:r} {image.Highest:r}");
                await BytesAsync(context, SliceTiles.Intensities(image, TileAddress.Parse(string.Join('/', tile)))).ConfigureAwait(false);
                break;
            case ["labels", var time, .. var tile]:
                Frame labelled = await _session.Frames.GetAsync(Number(time)).ConfigureAwait(false);
                await BytesAsync(context, SliceTiles.Labels(labelled.Labels ?? throw new ArgumentException("there are no labels."), TileAddress.Parse(string.Join('/', tile)))).ConfigureAwait(false);
                break;
            case ["compared", _, var time, .. var tile]:
                await BytesAsync(context, SliceTiles.Labels(await _session.ComparedAsync(Number(time)).ConfigureAwait(false), TileAddress.Parse(string.Join('/', tile)))).ConfigureAwait(false);
                break;
            case ["colors"]:
                await BytesAsync(context, _session.Colors.ToBytes()).ConfigureAwait(false);
                break;
            case ["cells", var time]:
                await JsonAsync(context, await _session.Numbers.JsonAsync(Number(time)).ConfigureAwait(false)).ConfigureAwait(false);
                break;
            case ["histogram", var time, var channel]:
                Frame shown = await _session.Frames.GetAsync(Number(time)).ConfigureAwait(false);
                await JsonAsync(context, Histogram.Of(shown.Images[Index(channel, shown.Images.Count)]).ToJson()).ConfigureAwait(false);
                break;
            case ["map", var kind, _, var mapTime, var plane]:
                await BytesAsync(context, Map(kind, Number(mapTime), Number(plane))).ConfigureAwait(false);
                break;
            case ["tracks"]:
                await JsonAsync(context, _session.Tracks?.ToJson(_session.Scene.Labels?.Seed ?? 0) ?? throw new ArgumentException("there are no tracks.")).ConfigureAwait(false);
                break;
            default:
                await SayAsync(context, HttpStatusCode.NotFound, $"there is no data '{path}'.").ConfigureAwait(false);
                break;
        }
    }

    private byte[] Map(string kind, int time, int plane)
    {
        (NdArray<float> flows, NdArray<float> cellProb) = _session.Segmentation?.PlaneAt(time, plane)
            ?? throw new ArgumentException("the network did not see this plane.");
        return kind switch
        {
            "flows" => MapPictures.Flows(flows),
            "probability" => MapPictures.Probability(cellProb),
            _ => throw new ArgumentException($"a map must be flows or probability; got '{kind}'."),
        };
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : throw new FormatException($"a whole number was expected; got '{text}'.");

    private static int Index(string text, int count) =>
        Number(text) is int n && n < count ? n : throw new ArgumentException($"there are {count} channels; got '{text}'.");

    // the browser unpacks it by itself
    private static async Task BytesAsync(HttpContext context, byte[] bytes)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentEncoding = "gzip";
        var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await using (packed.ConfigureAwait(false))
            await packed.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task JsonAsync(HttpContext context, JsonNode json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted).ConfigureAwait(false);
    }

    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
