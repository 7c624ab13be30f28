using System.Net;
using System.Net.Sockets;

namespace Cellpose3D.IO.Tests.Weights;

/// <summary>A web server on 127.0.0.1 that serves files, and can be told to misbehave.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public LoopbackServer()
    {
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            Url = new Uri($"http://127.0.0.1:{port}/models/");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Url.ToString());
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // another process took the port in between
            }
        }
        _ = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Closes each connection after this many bytes of content; null for never.</summary>
    public int? DropAfter { get; set; }

    public string? ETag { get; set; } = "\"v1\"";

    /// <summary>Method, file and Range header of each request.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            try
            {
                Answer(context);
            }
            catch (HttpListenerException)
            {
                // the client went away
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string name = context.Request.Url!.Segments[^1];
        string? range = context.Request.Headers["Range"];
        Requests.Add($"{name} {range}".Trim());
        HttpListenerResponse response = context.Response;
        if (!Files.TryGetValue(name, out byte[]? content))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }
        int from = 0;
        if (ETag is not null)
            response.Headers["ETag"] = ETag;
        if (range is not null && context.Request.Headers["If-Range"] == ETag)
        {
            from = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            if (from >= content.Length)
            {
                response.StatusCode = 416;
                response.Close();
                return;
            }
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        response.ContentLength64 = content.Length - from;
        int send = Math.Min(content.Length - from, DropAfter ?? int.MaxValue);
        response.OutputStream.Write(content, from, send);
        if (send < content.Length - from)
        {
            response.OutputStream.Flush();
            response.Abort();
        }
        else
        {
            response.Close();
        }
    }
}
