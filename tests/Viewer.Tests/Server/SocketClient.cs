using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Talks to the server as the page does.</summary>
internal sealed class SocketClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private SocketClient(ClientWebSocket socket, JsonObject hello) => (Socket, Hello) = (socket, hello);

    public ClientWebSocket Socket { get; }

    /// <summary>The first message.</summary>
    public JsonObject Hello { get; }

    /// <summary>Connects with the token.</summary>
    public static async Task<SocketClient> ConnectAsync(ServedScene scene, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{scene.Server.Port}/socket?token={scene.Token}"), cancellationToken);
        var client = new SocketClient(socket, []);
        (JsonObject? hello, _) = await client.ReceiveAsync(cancellationToken);
        Assert.Equal("hello", (string?)hello?["type"]);
        return new SocketClient(socket, hello!);
    }

    public Task SendAsync(string message, CancellationToken cancellationToken) =>
        Socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>The next message: JSON, or a picture.</summary>
    public async Task<(JsonObject? Json, ReceivedPicture? Picture)> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var message = new MemoryStream();
        byte[] buffer = new byte[65536];
        WebSocketReceiveResult part;
        do
        {
            part = await Socket.ReceiveAsync(buffer, patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        byte[] bytes = message.ToArray();
        if (part.MessageType == WebSocketMessageType.Text)
            return (JsonNode.Parse(bytes)!.AsObject(), null);
        if (part.MessageType == WebSocketMessageType.Close)
            return (null, null);
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        JsonObject header = JsonNode.Parse(bytes.AsSpan(4, length))!.AsObject();
        int jpeg = (int)header["jpeg"]!;
        return (null, new ReceivedPicture(header, bytes.AsSpan(4 + length, jpeg).ToArray(), bytes[(4 + length + jpeg)..]));
    }

    /// <summary>The next JSON message of a type; others are passed over.</summary>
    public async Task<JsonObject> ExpectAsync(string type, CancellationToken cancellationToken)
    {
        while (true)
        {
            (JsonObject? json, ReceivedPicture? picture) = await ReceiveAsync(cancellationToken);
            Assert.True(json is not null || picture is not null, $"the server closed the connection before it said '{type}': {Socket.CloseStatusDescription}");
            if ((string?)json?["type"] == type)
                return json!;
        }
    }

    /// <summary>The next picture; it is acknowledged.</summary>
    public async Task<ReceivedPicture> PictureAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            (JsonObject? json, ReceivedPicture? picture) = await ReceiveAsync(cancellationToken);
            Assert.True(json is not null || picture is not null, "the server closed the connection before it sent a picture");
            Assert.NotEqual("error", (string?)json?["type"]);
            if (picture is null)
                continue;
            await SendAsync($$"""{"ask":"shown","number":{{picture.Header["number"]}}}""", cancellationToken);
            return picture;
        }
    }

    public void Dispose() => Socket.Dispose();
}
