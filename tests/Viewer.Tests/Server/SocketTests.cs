using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>What is said over the WebSocket.</summary>
public sealed class SocketTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_SaysWhatThereIs()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        SceneState scene = SceneJson.ReadScene(client.Hello["scene"]!.ToJsonString());

        Assert.Equal((12, 64, 60), (scene.Grid.Shape.Z, scene.Grid.Shape.Y, scene.Grid.Shape.X));
        Assert.Equal("balls.tif", (string?)client.Hello["title"]);
        Assert.Equal([12, 64, 60], client.Hello["info"]!["label_shape"]!.AsArray().Select(n => (int)n!));
        Assert.Null(client.Hello["info"]!["renderer"]);
        Assert.False((bool)client.Hello["info"]!["editing"]!["is_dirty"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1, 2]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"do":"explode"}""")]
    [InlineData("""{"do":"orbit","azimuth":"north"}""")]
    [InlineData("""{"do":"camera","camera":{"height_um":-1}}""")]
    [InlineData("""{"do":"time","time":7}""")]
    [InlineData("""{"do":"image","channel":5,"layer":{}}""")]
    [InlineData("""{"ask":"size","width":100000,"height":10}""")]
    [InlineData("""{"ask":"everything"}""")]
    [InlineData("""{"edit":"explode"}""")]
    [InlineData("""{"edit":"paint","id":-1,"points":[],"radius":3}""")]
    public async Task Send_WhatCannotBeUsed_IsAnsweredByOneLineAndThePageGoesOn(string message)
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync(message, Cancel);
        JsonObject error = await client.ExpectAsync("error", Cancel);
        await client.SendAsync("""{"do":"orbit","azimuth":10,"elevation":0}""", Cancel);
        await client.SendAsync("{", Cancel);
        await client.ExpectAsync("error", Cancel);

        Assert.DoesNotContain('\n', (string)error["message"]!);
        Assert.Equal(42, served.Session.Scene.Camera.Azimuth, 6);
    }

    [Fact]
    public async Task Send_TooLong_ClosesThisPageOnly()
    {
        await using ServedScene served = await ServedScene.StartAsync(options: new ViewOptions { LongestMessage = 5000 });
        using SocketClient loud = await SocketClient.ConnectAsync(served, Cancel), other = await SocketClient.ConnectAsync(served, Cancel);

        await loud.SendAsync(new string(' ', 6000), Cancel);
        JsonObject? last;
        do
            (last, _) = await loud.ReceiveAsync(Cancel);
        while (last is not null);

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, loud.Socket.CloseStatus);
        await other.SendAsync("{", Cancel);
        await other.ExpectAsync("error", Cancel);
    }

    [Fact]
    public async Task Send_ACommand_ReachesTheOthers_AndIsConfirmedToItsSender()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient first = await SocketClient.ConnectAsync(served, Cancel), second = await SocketClient.ConnectAsync(served, Cancel);

        await first.SendAsync("""{"do":"select","ids":[3],"change":"Replace","serial":7}""", Cancel);
        JsonObject heard = await second.ExpectAsync("command", Cancel);
        await first.SendAsync("{", Cancel);
        var own = new List<JsonObject>();
        while (own.Count == 0 || (string?)own[^1]["type"] != "error")
            own.Add((await first.ReceiveAsync(Cancel)).Json!);

        Assert.Equal("select", (string?)heard["command"]!["do"]);
        Assert.Equal(["done", "error"], own.Select(m => (string?)m["type"]).Where(t => t != "colors"));
        Assert.Equal(7, (long)own.Single(m => (string?)m["type"] == "done")["done"]!);
        Assert.Equal([3u], served.Session.Scene.Labels!.Selected);
        Assert.Equal([3], (await SocketClient.ConnectAsync(served, Cancel)).Hello["scene"]!["labels"]!["selected"]!.AsArray().Select(n => (int)n!));
    }

    [Fact]
    public async Task Edit_ByOnePage_IsSeenByAllAndUndone()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient first = await SocketClient.ConnectAsync(served, Cancel), second = await SocketClient.ConnectAsync(served, Cancel);

        await first.SendAsync("""{"edit":"paint","id":null,"points":[{"z":2,"y":40,"x":8}],"radius":2,"plane":"XY","time":0,"serial":5}""", Cancel);
        JsonObject mine = await first.ExpectAsync("edited", Cancel), theirs = await second.ExpectAsync("edited", Cancel);
        uint[] painted = await Tile(served, "labels/0/xy/2/0/0/0");
        await second.SendAsync("""{"ask":"undo"}""", Cancel);
        JsonObject undone = await first.ExpectAsync("edited", Cancel);

        Assert.Equal((5L, null), ((long?)mine["serial"], (long?)theirs["serial"]));
        Assert.Equal(70_001u, (uint)mine["new_ids"]![0]!);
        Assert.Equal((1, 2), ((int)mine["version"]!, (int)undone["version"]!));
        Assert.Equal(13, painted.Count(id => id == 70_001));               // the voxels within 2 of one
        Assert.True((bool)mine["state"]!["is_dirty"]!);
        Assert.False((bool)undone["state"]!["is_dirty"]!);
        Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
    }

    [Theory]
    [InlineData("""{"edit":"paint","points":[],"radius":3}""")]
    [InlineData("""{"edit":"paint","id":1,"points":[{"z":1e400,"y":0,"x":0}],"radius":3}""")]
    [InlineData("""{"edit":"paint","id":1,"points":[{"z":1,"y":1,"x":1}],"radius":3,"time":5}""")]
    [InlineData("""{"edit":"merge","ids":[1]}""")]
    public async Task Edit_OfNothing_IsRefusedAndTheNextIsMade(string message)
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync(message, Cancel);
        await client.SendAsync("""{"edit":"delete","ids":[1]}""", Cancel);

        await client.ExpectAsync("refused", Cancel);
        await client.ExpectAsync("edited", Cancel);
        Assert.DoesNotContain(1u, served.Session.Desk!.Frames[0].Voxels);
    }

    [Fact]
    public async Task Edit_ThatDoesNotFit_IsRefusedToItsSender()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync("""{"edit":"split_line","id":999,"from":{"z":6,"y":1,"x":1},"to":{"z":6,"y":9,"x":9}}""", Cancel);
        JsonObject refused = await client.ExpectAsync("refused", Cancel);

        Assert.Contains("999", (string)refused["message"]!);
        Assert.Equal(served.Labels.Voxels, served.Session.Desk!.Frames[0].Voxels);
    }

    [Fact]
    public async Task Edit_NotSaved_IsThereAfterARestart()
    {
        ServedScene served = await ServedScene.StartAsync();
        using (SocketClient client = await SocketClient.ConnectAsync(served, Cancel))
        {
            await client.SendAsync("""{"edit":"delete","ids":[3]}""", Cancel);
            await client.ExpectAsync("edited", Cancel);
        }
        await using ServedScene again = await served.RestartAsync();
        using SocketClient next = await SocketClient.ConnectAsync(again, Cancel);

        Assert.Equal(1, (int)next.Hello["info"]!["editing"]!["recovered"]!);
        Assert.DoesNotContain(3u, again.Session.Desk!.Frames[0].Voxels);
        await next.SendAsync("""{"ask":"save"}""", Cancel);
        JsonObject saved = await next.ExpectAsync("edited", Cancel);
        Assert.Equal(again.LabelFile, (string?)saved["saved"]);
        Assert.Equal((0, false), ((int)saved["state"]!["recovered"]!, (bool)saved["state"]!["is_dirty"]!));
        Assert.DoesNotContain(3, IO.LabelReader.Read(again.LabelFile).Data);
    }

    [Fact]
    public async Task Send_ByTwoAtOnce_BothCanTellTheOneOrder()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        using SocketClient first = await SocketClient.ConnectAsync(served, Cancel), second = await SocketClient.ConnectAsync(served, Cancel);

        // turns add up, a cursor is clamped, a layer replaces what another command changed, and some do not fit
        string[] Commands(int seed) => [.. Enumerable.Range(1, 120).Select(n => ((seed + n) % 6) switch
        {
            0 => $$"""{"do":"orbit","azimuth":{{n % 7}},"elevation":{{seed}},"serial":{{n}}}""",
            1 => $$"""{"do":"cursor","cursor":{"z":{{n}},"y":{{n % 60}},"x":{{seed}}},"serial":{{n}}}""",
            2 => $$"""{"do":"select","ids":[{{n % 5 + 1}}],"change":"Add","serial":{{n}}}""",
            3 => $$"""{"do":"select","ids":[{{n % 3 + seed}}],"change":"Remove","serial":{{n}}}""",
            4 => $$"""{"do":"clip","box":{"low":{"z":{{n % 3}},"y":0,"x":0},"high":{"z":99,"y":{{20 + n}},"x":{{30 + seed}} } },"planes":[],"serial":{{n}} }""",
            _ => $$"""{"do":"time","time":{{n % 2}},"serial":{{n}}}""",
        }), $$"""{"do":"look","decorations":{"text":"{{seed}}"},"serial":121}"""];
        SceneState[] believed = await Task.WhenAll(Believe(first, Commands(1)), Believe(second, Commands(2)));

        Assert.Equal([SceneJson.Write(served.Session.Scene), SceneJson.Write(served.Session.Scene)], believed.Select(SceneJson.Write));
    }

    // sends all at once, hears until both pages said their last, and makes of the scene what is heard
    private static async Task<SceneState> Believe(SocketClient client, string[] commands)
    {
        SceneState scene = SceneJson.ReadScene(client.Hello["scene"]!.ToJsonString());
        Task sending = Task.Run(async () =>
        {
            foreach (string command in commands)
                await client.SendAsync(command, Cancel);
        }, Cancel);
        for (int last = 0; last < 2;)
        {
            JsonObject message = (await client.ReceiveAsync(Cancel)).Json!;
            SceneCommand? command = (string?)message["type"] switch
            {
                "command" => SceneJson.ReadCommand(message["command"]!.ToJsonString()),
                "done" => Own(commands[(int)message["done"]! - 1]),
                _ => null,
            };
            if (message["scene"] is JsonObject whole)
                scene = SceneJson.ReadScene(whole.ToJsonString());
            if (command is not null)
                scene = SceneReducer.Apply(scene, command);
            last += command is SceneCommand.SetLook ? 1 : 0;
        }
        await sending;
        return scene;

        static SceneCommand Own(string json)
        {
            JsonObject command = JsonNode.Parse(json)!.AsObject();
            command.Remove("serial");
            return SceneJson.ReadCommand(command.ToJsonString());
        }
    }

    private static async Task<uint[]> Tile(ServedScene served, string path) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(await Data.BytesAsync(served, path, Cancel)).ToArray();
}
