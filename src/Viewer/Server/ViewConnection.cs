using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Segmenting;

namespace Cellpose3D.Viewer.Server;

/// <summary>One page: reads what it sends, applies it, and sends what changed.</summary>
/// <remarks>A message that cannot be used is answered by one line and the page goes on; one that is too long closes the connection.</remarks>
internal sealed class ViewConnection : ISessionListener, IDisposable
{
    private const int LongestSide = 4096;

    private readonly ViewSession _session;
    private readonly WebSocket _socket;
    private readonly int _longestMessage;
    private readonly PictureStream? _pictures;
    private readonly CancellationTokenSource _ended;
    private SceneCommand? _taken;                                            // what is being read, and its number
    private long _serial, _done;
    // a page that does not read is dropped before this fills memory
    private readonly Channel<(byte[] Bytes, WebSocketMessageType Type)> _outgoing = Channel.CreateBounded<(byte[], WebSocketMessageType)>(4096);

    private ViewConnection(ViewSession session, WebSocket socket, ViewOptions options, CancellationToken closing)
    {
        (_session, _socket, _longestMessage) = (session, socket, options.LongestMessage);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(closing);
        if (session.Pictures is { } maker)
            _pictures = new PictureStream(session, maker, options.Rest, (picture, number) => SendAsync(picture, number), OnError);
    }

    /// <summary>Serves a page until it leaves or the server closes.</summary>
    public static async Task RunAsync(ViewSession session, WebSocket socket, ViewOptions options, CancellationToken closing)
    {
        var connection = new ViewConnection(session, socket, options, closing);
        try
        {
            session.Join(connection, (number, scene) => connection.Send(new JsonObject
            {
                ["type"] = "hello", ["client"] = number, ["title"] = options.Title, ["keys"] = options.Keys, ["largest_drop"] = options.LargestDrop, ["info"] = session.Describe(),
                ["scene"] = JsonNode.Parse(SceneJson.Write(scene)), ["colors"] = session.Colors.Version,
            }));
            Task writing = connection.WriteAsync(), drawing = connection._pictures?.RunAsync(connection._ended.Token) ?? Task.CompletedTask;
            await connection.ReadAsync().ConfigureAwait(false);
            await connection._ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(Quietly(writing), Quietly(drawing)).ConfigureAwait(false);
        }
        finally
        {
            session.Leave(connection);
            connection.Dispose();
        }
    }

    // `done`: the page's commands up to this one are in the scene, before what it is told; those after it are still on their way
    public void OnCommand(SceneCommand command, bool isOwn)
    {
        if (isOwn)
            _done = _serial;
        if (isOwn && ReferenceEquals(command, _taken))
            Send(new JsonObject { ["type"] = "done", ["done"] = _done });
        else
            Send(new JsonObject { ["type"] = "command", ["command"] = JsonNode.Parse(SceneJson.Write(command)), ["done"] = _done });
        _pictures?.Changed(command);
    }

    public void OnScene(SceneState scene)
    {
        _done = _serial;
        Send(new JsonObject { ["type"] = "scene", ["scene"] = JsonNode.Parse(SceneJson.Write(scene)), ["done"] = _done });
    }

    public void OnColors(CellColors colors)
    {
        Send(new JsonObject { ["type"] = "colors", ["version"] = colors.Version, ["low"] = colors.Low, ["high"] = colors.High });
        _pictures?.Changed(null);
    }

    public void OnEdited(JsonObject message)
    {
        Send(message);
        _pictures?.Edited();
    }

    public void OnTracks()
    {
        Send(new JsonObject { ["type"] = "tracks" });
        _pictures?.Changed(null);
    }

    public void OnChannels() => Send(new JsonObject { ["type"] = "reload" });

    public void OnCompared(JsonObject? compared) => Send(new JsonObject { ["type"] = "compared", ["compared"] = compared });

    public void OnRefused(JsonObject message) => Send(message);

    public void OnSegmentation(JsonObject message) => Send(message);

    public void OnError(string message) => Send(new JsonObject { ["type"] = "error", ["message"] = message });

    public void Dispose()
    {
        _pictures?.Dispose();
        _ended.Dispose();
    }

    // the other end may have vanished: that ends a page, and is no error of the server
    private static async Task Quietly(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
        }
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[8192];
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                int length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length)
                        Array.Resize(ref buffer, Math.Min(2 * buffer.Length, _longestMessage + 1));
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), _ended.Token).ConfigureAwait(false);
                    length += part.Count;
                    if (length > _longestMessage)
                    {
                        await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"messages must be at most {_longestMessage} bytes.").ConfigureAwait(false);
                        return;
                    }
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
                    return;
                }
                if (part.MessageType == WebSocketMessageType.Text)
                    Take(buffer.AsSpan(0, length));
                else
                    OnError("messages must be text.");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // the page vanished, or the server closes
            if (_socket.State == WebSocketState.Open)
                await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the server was stopped.").ConfigureAwait(false);
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        try
        {
            (_taken, ClientRequest? request) = ClientRequestJson.Read(message, out _serial);
            if (_taken is not null)
                _session.Apply(_taken, this);
            else if (request is not null)
                Answer(request);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            Send(new JsonObject { ["type"] = "error", ["serial"] = _serial, ["message"] = e.Message.ReplaceLineEndings(" ") });
            _session.Show(this);                                             // what the page believes may differ from what is
        }
    }

    private void Answer(ClientRequest request)
    {
        switch (request)
        {
            case ClientRequest.Size size:
                if (size.Width is < 0 or > LongestSide || size.Height is < 0 or > LongestSide)
                    throw new ArgumentException($"a picture's sides must be 0 to {LongestSide} pixels; got {size.Width} x {size.Height}.");
                if (_pictures is not null)
                    _pictures.Size = (size.Width, size.Height);
                break;
            case ClientRequest.Shown:
                _pictures?.Shown();
                break;
            case ClientRequest.Edit edit:
                _session.Edit(edit.Command, this, _serial);
                break;
            case ClientRequest.Undo:
                _session.Edit(edits => edits.Undo() ?? EditResult.None, this, _serial);
                break;
            case ClientRequest.Redo:
                _session.Edit(edits => edits.Redo() ?? EditResult.None, this, _serial);
                break;
            case ClientRequest.Save:
                _session.Edit(edits =>
                {
                    edits.Save();
                    return EditResult.None;
                }, this, _serial, saves: true);
                break;
            case ClientRequest.Segment { Run: not null, Thresholds: not null } segment:
                Say(_session.Segmentation, desk => desk.Run(segment.Run, segment.Thresholds, segment.KeepsOthers, segment.Around));
                break;
            case ClientRequest.Adjust { Thresholds: not null } adjust:
                Say(_session.Segmentation, desk => desk.Adjust(adjust.Thresholds, adjust.KeepsOthers));
                break;
            case ClientRequest.Estimate { Run: not null } estimate:
                Say(_session.Segmentation, desk => desk.EstimateDiameter(estimate.Run));
                break;
            case ClientRequest.Stop:
                _session.Segmentation?.Stop();
                break;
            case ClientRequest.Pick pick:
                _ = PickAsync(pick);
                break;
            default:
                throw new ArgumentException("a request must say what to run, and with which thresholds.");
        }
    }

    // refused in one line, to this page alone
    private void Say(SegmentationDesk? desk, Func<SegmentationDesk, string?> ask)
    {
        if ((desk is null ? "there is no image to find cells in." : ask(desk)) is { } refusal)
            OnError(refusal);
    }

    private async Task PickAsync(ClientRequest.Pick pick)
    {
        if (_pictures is not { Size: { Width: > 0, Height: > 0 } size } || pick.X < 0 || pick.Y < 0 || pick.X >= size.Width || pick.Y >= size.Height)
        {
            Send(new JsonObject { ["type"] = "picked", ["number"] = pick.Number, ["id"] = null });
            return;
        }
        try
        {
            SceneState scene = _session.Scene;
            Frame frame = await _session.Frames.GetAsync(scene.Time).ConfigureAwait(false);
            PickedPoint? point = await _session.Pictures!.PickAsync(scene, frame, _session.LabelVersion, size.Width, size.Height, pick.X, pick.Y).ConfigureAwait(false);
            Send(new JsonObject { ["type"] = "picked", ["number"] = pick.Number, ["id"] = point?.Id, ["voxel"] = point is null ? null : Json(point.Voxel), ["um"] = point is null ? null : Json(point.PlaceUm) });
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or ObjectDisposedException or OperationCanceledException)
        {
            OnError(e.Message.ReplaceLineEndings(" "));
        }

        static JsonObject Json(PointUm p) => new() { ["z"] = p.Z, ["y"] = p.Y, ["x"] = p.X };
    }

    private void Send(JsonObject message)
    {
        if (!_outgoing.Writer.TryWrite((Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text)))
            _ended.Cancel();
    }

    // [length of the header, its JSON, the JPEG, the ids], so that a page takes a picture apart without copying
    private async Task SendAsync(Picture picture, long number)
    {
        byte[] header = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["number"] = number, ["width"] = picture.Width, ["height"] = picture.Height, ["jpeg"] = picture.Jpeg.Length, ["ids"] = picture.Ids?.Length ?? 0,
            ["milliseconds"] = Math.Round(picture.Milliseconds, 1),
        }.ToJsonString());
        byte[] message = new byte[4 + header.Length + picture.Jpeg.Length + (picture.Ids?.Length ?? 0)];
        BinaryPrimitives.WriteInt32LittleEndian(message, header.Length);
        header.CopyTo(message, 4);
        picture.Jpeg.CopyTo(message, 4 + header.Length);
        picture.Ids?.CopyTo(message, 4 + header.Length + picture.Jpeg.Length);
        await _outgoing.Writer.WriteAsync((message, WebSocketMessageType.Binary), _ended.Token).ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach ((byte[] bytes, WebSocketMessageType type) in _outgoing.Reader.ReadAllAsync(_ended.Token).ConfigureAwait(false))
                await _socket.SendAsync(bytes, type, endOfMessage: true, _ended.Token).ConfigureAwait(false);
        }
        finally
        {
            await _ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _socket.CloseOutputAsync(status, reason, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // it is gone already
        }
    }
}
