using System.Text.Json.Nodes;
using Cellpose3D.IO;
using Cellpose3D.Viewer.Tests.Server;

namespace Cellpose3D.Viewer.Tests.Segmenting;

/// <summary>Finding cells for pages, as they see it over the WebSocket.</summary>
public sealed class SegmentationDeskTests
{
    private const string Usual = """{"cell_prob":0,"flow":null,"min_size":15}""";
    private const string Run = $$"""{"ask":"segment","run":{"model":"discs"},"thresholds":{{Usual}},"keeps_others":false}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OnEmptyLabels_NumbersCellsFromOne_AsOneStepToUndo_AndSaves()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        Assert.Equal(["discs", "nothing"], client.Hello["info"]!["segmentation"]!["models"]!.AsArray().Select(m => (string?)m));
        Assert.NotNull(client.Hello["scene"]!["labels"]);

        JsonObject done = await RunAsync(client, Run);

        Assert.Equal(5, (int)done["output"]!["cells"]!);
        Assert.Equal(Discs(), served.Session.Desk!.Frames[0].Voxels);
        Assert.False(File.Exists(served.LabelFile));
        Assert.True(File.Exists(served.LabelFile + ".edits"));
        await client.SendAsync("""{"ask":"undo"}""", Cancel);
        JsonObject undone = await client.ExpectAsync("edited", Cancel);
        Assert.False((bool)undone["state"]!["can_undo"]!);
        Assert.All(served.Session.Desk!.Frames[0].Voxels, v => Assert.Equal(0u, v));
        await client.SendAsync("""{"ask":"redo"}""", Cancel);
        await client.ExpectAsync("edited", Cancel);
        await client.SendAsync("""{"ask":"save"}""", Cancel);
        await client.ExpectAsync("edited", Cancel);

        Assert.Equal(Discs(), LabelReader.Read(served.LabelFile).Data.Select(v => (uint)v));
        Assert.False(File.Exists(served.LabelFile + ".edits"));
    }

    [Fact]
    public async Task Adjust_ChangesTheSameStep_WithoutTheNetwork_AndCellsKeepTheirIds()
    {
        var segmenter = new PhantomSegmenter();
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await RunAsync(client, Run);

        await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":2,"flow":0,"min_size":15}}""");
        uint[] smaller = [.. served.Session.Desk!.Frames[0].Voxels];
        await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":2,"flow":0,"min_size":1000}}""");
        Assert.All(served.Session.Desk!.Frames[0].Voxels, v => Assert.Equal(0u, v));
        JsonObject last = await RunAsync(client, $$"""{"ask":"adjust","thresholds":{{Usual}}}""");

        Assert.Equal(1, segmenter.Runs);
        Assert.Equal(4, segmenter.Thresholds.Count);
        uint[] discs = Discs();
        Assert.All(smaller.Zip(discs), p => Assert.True(p.First == 0 || p.First == p.Second));
        Assert.InRange(smaller.Count(v => v != 0), 1, discs.Count(v => v != 0) - 1);
        // all were gone: what is found then are new cells, whose ids were never used
        Assert.Equal(discs.Select(v => v == 0 ? 0 : v + 5), served.Session.Desk!.Frames[0].Voxels);
        await client.SendAsync("""{"ask":"undo"}""", Cancel);
        JsonObject undone = await client.ExpectAsync("edited", Cancel);
        Assert.False((bool)undone["state"]!["can_undo"]!);
        Assert.All(served.Session.Desk!.Frames[0].Voxels, v => Assert.Equal(0u, v));
        Assert.NotEqual((long)last["output"]!["placed_state"]!, (long)undone["state"]!["state"]!);
    }

    [Fact]
    public async Task Adjust_AfterAnEdit_IsRefused_AndAppliedAgainIsAStepOfItsOwn()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await RunAsync(client, Run);
        await client.SendAsync("""{"edit":"delete","ids":[2]}""", Cancel);
        await client.ExpectAsync("edited", Cancel);
        uint[] edited = [.. served.Session.Desk!.Frames[0].Voxels];

        JsonObject refused = await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":1,"flow":0,"min_size":15}}""");
        Assert.True((bool)refused["is_error"]!);
        Assert.Contains("edited after this result", (string?)refused["message"]);
        Assert.Equal(edited, served.Session.Desk!.Frames[0].Voxels);
        await RunAsync(client, $$"""{"ask":"adjust","thresholds":{{Usual}},"keeps_others":false}""");
        uint[] again = [.. served.Session.Desk!.Frames[0].Voxels];
        await client.SendAsync("""{"ask":"undo"}""", Cancel);
        await client.ExpectAsync("edited", Cancel);

        Assert.Equal(Discs().Select(v => v == 2 ? 6u : v), again);           // an id is not used twice
        Assert.Equal(edited, served.Session.Desk!.Frames[0].Voxels);
    }

    [Fact]
    public async Task Run_KeepingOthers_FillsBackgroundAlone_AndAdjustingLeavesThemToo()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        // over the whole of the first disc, over a little of the second, and far from all
        foreach (string stroke in (string[])["""[{"z":0,"y":20,"x":22}],"radius":14""", """[{"z":0,"y":22,"x":74}],"radius":5""", """[{"z":0,"y":88,"x":110}],"radius":3"""])
        {
            await client.SendAsync($$"""{"edit":"paint","points":{{stroke}}}""", Cancel);
            await client.ExpectAsync("edited", Cancel);
        }
        uint[] drawn = [.. served.Session.Desk!.Frames[0].Voxels];

        JsonObject done = await RunAsync(client, Run.Replace("\"keeps_others\":false", "\"keeps_others\":true", StringComparison.Ordinal));
        uint[] found = [.. served.Session.Desk!.Frames[0].Voxels];
        await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":4,"flow":0,"min_size":15}}""");
        uint[] smaller = [.. served.Session.Desk!.Frames[0].Voxels];

        Assert.Contains("1 of them where others are", (string?)done["message"]);
        Assert.All(drawn.Zip(found), p => Assert.True(p.First == 0 || p.First == p.Second));
        Assert.All(drawn.Zip(smaller), p => Assert.True(p.First == 0 || p.First == p.Second));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], found.Where(v => v != 0).Distinct().Order().Select(v => (int)v));
        Assert.Equal(4u, found[22 * PhantomSegmenter.Width + 62]);
        Assert.Equal(2u, found[22 * PhantomSegmenter.Width + 71]);
        Assert.Equal(found.Where(v => v > 3).Distinct().Order(), smaller.Where(v => v > 3).Distinct().Order());
        Assert.True(smaller.Count(v => v != 0) < found.Count(v => v != 0));
    }

    [Fact]
    public async Task Run_AroundCells_FindsThemAnew_AndLeavesAllOthers()
    {
        var segmenter = new PhantomSegmenter();
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await RunAsync(client, Run);
        // the second disc is cut in two, the third one has a piece too many
        foreach (string edit in (string[])["""{"edit":"split_line","id":2,"from":{"z":0,"y":22,"x":40},"to":{"z":0,"y":22,"x":90}}""", """{"edit":"paint","id":3,"points":[{"z":0,"y":38,"x":100}],"radius":6}"""])
        {
            await client.SendAsync(edit, Cancel);
            await client.ExpectAsync("edited", Cancel);
        }
        uint[] wrong = [.. served.Session.Desk!.Frames[0].Voxels];

        JsonObject done = await RunAsync(client, Run.Replace("\"keeps_others\"", "\"around\":[2,6],\"keeps_others\"", StringComparison.Ordinal));
        uint[] found = [.. served.Session.Desk!.Frames[0].Voxels];
        await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":3,"flow":0,"min_size":15}}""");
        uint[] smaller = [.. served.Session.Desk!.Frames[0].Voxels];
        await client.SendAsync("""{"ask":"undo"}""", Cancel);
        await client.ExpectAsync("edited", Cancel);

        Assert.Equal(1, (int)done["output"]!["cells"]!);
        Assert.InRange((int)done["output"]!["box"]!["width"]!, 40, PhantomSegmenter.Width - 1);
        uint kept = found[22 * PhantomSegmenter.Width + 62];
        Assert.Contains(kept, (uint[])[2, 6]);
        uint[] discs = Discs();
        Assert.Equal(discs.Zip(wrong, (disc, w) => disc == 2 ? kept : w), found);
        Assert.Equal(wrong.Where((_, i) => discs[i] != 2), smaller.Where((_, i) => discs[i] != 2));
        Assert.InRange(smaller.Count(v => v == kept), 1, found.Count(v => v == kept) - 1);
        Assert.Equal(wrong, served.Session.Desk!.Frames[0].Voxels);
        Assert.Contains("not on this plane", (string?)(await RunAsync(client, Run.Replace("\"keeps_others\"", "\"around\":[99],\"keeps_others\"", StringComparison.Ordinal)))["message"]);
    }

    [Fact]
    public async Task Run_WhileOneRuns_IsRefused_AndAClosedPageLeavesItRunning()
    {
        var segmenter = new PhantomSegmenter { Waits = true };
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient other = await SocketClient.ConnectAsync(served, Cancel);
        using (SocketClient client = await SocketClient.ConnectAsync(served, Cancel))
        {
            await client.SendAsync(Run, Cancel);
            await UntilAsync(client, m => (string?)m["step"] == "network");
        }

        await other.SendAsync(Run, Cancel);
        Assert.Contains("going on already", (string?)(await other.ExpectAsync("error", Cancel))["message"]);
        segmenter.LetRun();
        JsonObject done = await UntilAsync(other, m => (string?)m["phase"] == "idle");

        Assert.Equal(5, (int)done["output"]!["cells"]!);
        Assert.Equal(1, segmenter.Runs);
    }

    [Fact]
    public async Task Stop_LeavesLabelsAndTheLastOutput()
    {
        var segmenter = new PhantomSegmenter { Waits = true };
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        segmenter.LetRun();
        JsonObject first = await RunAsync(client, Run);

        await client.SendAsync(Run.Replace("0,\"flow\"", "3,\"flow\"", StringComparison.Ordinal), Cancel);
        await UntilAsync(client, m => (string?)m["step"] == "network");
        await client.SendAsync("""{"ask":"stop"}""", Cancel);
        JsonObject stopped = await UntilAsync(client, m => (string?)m["phase"] == "idle");

        Assert.Equal("stopped.", (string?)stopped["message"]);
        Assert.Equal(first["output"]!.ToJsonString(), stopped["output"]!.ToJsonString());
        Assert.Equal(Discs(), served.Session.Desk!.Frames[0].Voxels);
        await RunAsync(client, """{"ask":"adjust","thresholds":{"cell_prob":2,"flow":0,"min_size":15}}""");
        Assert.Equal(2, segmenter.Runs);
    }

    [Fact]
    public async Task Adjust_ManyAtOnce_TheNewestCounts()
    {
        var segmenter = new PhantomSegmenter { MaskTime = TimeSpan.FromMilliseconds(200) };
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await RunAsync(client, Run);

        for (int n = 1; n <= 30; n++)
            await client.SendAsync($$"""{"ask":"adjust","thresholds":{"cell_prob":{{n / 10.0:f1}},"flow":0,"min_size":15} }""", Cancel);
        JsonObject done = await UntilAsync(client, m => (string?)m["phase"] == "idle" && (double)m["output"]!["thresholds"]!["cell_prob"]! == 3);

        Assert.True(segmenter.Thresholds.Count < 20, $"masks were made {segmenter.Thresholds.Count} times");
        Assert.False((bool)done["is_error"]!);
        uint[] expected = [.. Discs().Select((v, i) => v != 0 && PhantomSegmenter.Middles.Any(m => 0.05 + PhantomSegmenter.Radius - Math.Sqrt(Square(i / PhantomSegmenter.Width - m.Y) + Square(i % PhantomSegmenter.Width - m.X)) > 3) ? v : 0)];
        Assert.Equal(expected, served.Session.Desk!.Frames[0].Voxels);

        static double Square(double v) => v * v;
    }

    [Fact]
    public async Task Close_InARun_StopsItAndLetsGoOfTheModels()
    {
        var segmenter = new PhantomSegmenter { Waits = true };
        ServedScene served = await ServedScene.StartUnlabelledAsync(segmenter);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await client.SendAsync(Run, Cancel);
        await UntilAsync(client, m => (string?)m["step"] == "network");

        await served.DisposeAsync();

        Assert.True(segmenter.IsDisposed);
    }

    [Theory]
    [InlineData("""{"ask":"segment"}""", "what to run")]
    [InlineData("""{"ask":"segment","run":{},"thresholds":{},"keeps_others":false}""", "a model must be named")]
    [InlineData("""{"ask":"segment","run":{"model":"discs","plane":-1},"thresholds":{},"keeps_others":false}""", "0 or more")]
    [InlineData("""{"ask":"adjust","thresholds":{}}""", "run the network first")]
    [InlineData("""{"ask":"estimate"}""", "what to run")]
    public async Task Ask_WhatCannotBeDone_IsOneLine(string message, string expected)
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync(message, Cancel);

        Assert.Contains(expected, (string?)(await client.ExpectAsync("error", Cancel))["message"]);
    }

    [Fact]
    public async Task Estimate_SaysTheDiameter_AndWhatFailsIsSaid()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        JsonObject estimated = await RunAsync(client, """{"ask":"estimate","run":{"model":"discs"}}""");
        JsonObject failed = await RunAsync(client, Run.Replace("discs", "nothing", StringComparison.Ordinal));

        Assert.Equal(20, (double)estimated["estimate"]!);
        Assert.True((bool)failed["is_error"]!);
        Assert.Contains("no model 'nothing'", (string?)failed["message"]);
    }

    [Fact]
    public async Task Run_WhereLabelsAreOnlyLookedAt_IsRefused()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter(), isEdited: false);
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);

        await client.SendAsync(Run, Cancel);

        Assert.Contains("only be looked at", (string?)(await client.ExpectAsync("error", Cancel))["message"]);
        Assert.NotNull((string?)client.Hello["info"]!["segmentation"]!["refusal"]);
    }

    [Fact]
    public async Task Maps_AreThoseOfTheNetwork()
    {
        await using ServedScene served = await ServedScene.StartUnlabelledAsync(new PhantomSegmenter());
        using SocketClient client = await SocketClient.ConnectAsync(served, Cancel);
        await RunAsync(client, Run);

        byte[] probability = await Data.BytesAsync(served, "map/probability/1/0/0", Cancel), flows = await Data.BytesAsync(served, "map/flows/1/0/0", Cancel);

        Assert.Equal((PhantomSegmenter.Width, PhantomSegmenter.Height), (BitConverter.ToInt32(probability, 0), BitConverter.ToInt32(probability, 4)));
        Assert.Equal((byte)(255 / (1 + Math.Exp(2))), probability[8]);
        Assert.Equal((byte)255, probability[11]);
        Assert.Equal((byte)(255 / (1 + Math.Exp(-10.05f))), probability[8 + 4 * (20 * PhantomSegmenter.Width + 22)]);
        // left and right of a middle flows go opposite ways, so that their colours differ; outside they are black
        int left = 8 + 4 * (20 * PhantomSegmenter.Width + 16), right = 8 + 4 * (20 * PhantomSegmenter.Width + 28);
        Assert.NotEqual(flows[left..(left + 3)], flows[right..(right + 3)]);
        Assert.Equal([0, 0, 0, 255], flows[8..12]);
    }

    private static uint[] Discs() => [.. Enumerable.Range(0, PhantomSegmenter.Height * PhantomSegmenter.Width).Select(i => (uint)PhantomSegmenter.DiscAt(i / PhantomSegmenter.Width, i % PhantomSegmenter.Width))];

    private static async Task<JsonObject> RunAsync(SocketClient client, string message)
    {
        await client.SendAsync(message, Cancel);
        await UntilAsync(client, m => (string?)m["phase"] != "idle");
        return await UntilAsync(client, m => (string?)m["phase"] == "idle");
    }

    private static async Task<JsonObject> UntilAsync(SocketClient client, Func<JsonObject, bool> isMeant)
    {
        while (true)
        {
            JsonObject message = await client.ExpectAsync("segmentation", Cancel);
            if (isMeant(message))
                return message;
        }
    }
}
