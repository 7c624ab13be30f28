using System.Net.WebSockets;
using System.Text;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The program serving its page, and a page's socket to it.</summary>
internal static class ViewedProgram
{
    /// <summary>An environment in which no browser is opened.</summary>
    public static Dictionary<string, string> NoDisplay { get; } = new() { ["DISPLAY"] = "", ["WAYLAND_DISPLAY"] = "" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts <c>view</c> and waits until it serves.</summary>
    public static CliProgram Start(params string[] args)
    {
        CliProgram program = CliProgram.Start(NoDisplay, ["view", .. args]);
        program.WaitForLine("Ctrl+C ends it.");
        program.WaitWhile(() => !program.Output.Contains("token=", StringComparison.Ordinal));
        return program;
    }

    /// <summary>Opens the socket that its page has.</summary>
    public static async Task<ClientWebSocket> Connect(CliProgram program)
    {
        var socket = new ClientWebSocket();
        string url = program.Output.Trim();
        await socket.ConnectAsync(new Uri(url.Replace("http:", "ws:", StringComparison.Ordinal).Replace("/?", "/socket?", StringComparison.Ordinal)), Cancel);
        return socket;
    }

    /// <summary>Sends one message, as text.</summary>
    public static Task Send(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Cancel);
}
