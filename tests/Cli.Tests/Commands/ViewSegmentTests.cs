using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Finding cells from the page of <c>view</c>: what comes of it is what <c>segment</c> finds.</summary>
public sealed class ViewSegmentTests : IDisposable
{
    private const string Defaults = """{"cell_prob":0,"flow":null,"min_size":15}""";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Segment_ShippedSample_HasTheLabelsOfTheVerb()
    {
        string image = Copy(Path.Combine(Golden.Root, "data", "samples", "nuclei2d.tif"), "cells.tif");
        CliProgram.Run("segment", image, "--device", "cpu", "-o", At("out"), "--save", "masks").Succeeds();
        using CliProgram program = Start(image);
        using ClientWebSocket socket = await Connect(program);

        JsonObject status = await Segment(socket, """{"model":"nuclei"}""");
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);

        NdArray<int> expected = LabelReader.Read(At("out/cells_cp_masks.tif")), labels = LabelReader.Read(At("cells_cp_masks.tif"));
        Assert.True(expected.Data.Max() > 20, "the sample's nuclei must be found");
        Assert.Equal(expected.Data.Max(), (int)status["output"]!["cells"]!);
        Assert.Equal(expected.Data, labels.Data);
        Assert.Equal(ImageReader.Inspect(At("out/cells_cp_masks.tif")).VoxelSizeUm, ImageReader.Inspect(At("cells_cp_masks.tif")).VoxelSizeUm);
        Assert.Equal(["cells.tif", "cells_cp_masks.tif", "out"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Segment_Volume_HasTheLabelsOfTheVerb_AndOtherThresholdsThoseOfTheVerbWithThem()
    {
        string image = Copy(Golden.Path("eval3d", "vol.tif"), "vol.tif");
        string[] options = ["--axes", "ZYX", "--do-3d", "--diameter", "14", "--save", "masks"];
        CliProgram.Segment([image, .. options, "-o", At("a")]).Succeeds();
        CliProgram.Segment([image, .. options, "--cellprob-threshold=-2", "--flow-threshold", "0", "--min-size", "40", "-o", At("b")]).Succeeds();
        using CliProgram program = Start(image, "--axes", "ZYX");
        using ClientWebSocket socket = await Connect(program);

        await Segment(socket, $$"""{"model":"{{CliProgram.Model}}","diameter":14,"is_volume":true}""");
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);
        NdArray<int> first = LabelReader.Read(At("vol_cp_masks.tif"));
        await ViewedProgram.Send(socket, """{"ask":"adjust","thresholds":{"cell_prob":-2,"flow":0,"min_size":40}}""");
        await Expect(socket, m => (string?)m["type"] == "segmentation" && (string?)m["phase"] == "idle" && (double?)m["output"]?["thresholds"]?["cell_prob"] == -2);
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);
        NdArray<int> second = LabelReader.Read(At("vol_cp_masks.tif"));

        NdArray<int> a = LabelReader.Read(At("a/vol_cp_masks.tif")), b = LabelReader.Read(At("b/vol_cp_masks.tif"));
        Assert.Equal(a.Shape, first.Shape);
        Assert.True(a.Data.Max() >= 7 && !a.Data.SequenceEqual(b.Data), "the thresholds must make a difference");
        Assert.Equal(a.Data, first.Data);
        Assert.Equal(Numbered(b.Data), Numbered(second.Data));           // cells found again keep their ids
    }

    [Fact]
    public async Task Segment_OnePlaneOfAStack_LeavesTheOtherPlanes()
    {
        string image = Copy(Golden.Path("eval3d", "vol.tif"), "vol.tif");
        CliProgram.Segment(image, "--axes", "ZYX", "--diameter", "14", "--save", "masks", "-o", At("out")).Succeeds();
        using CliProgram program = Start(image, "--axes", "ZYX");
        using ClientWebSocket socket = await Connect(program);

        await Segment(socket, $$"""{"model":"{{CliProgram.Model}}","diameter":14,"plane":8}""");
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);

        NdArray<int> planes = LabelReader.Read(At("out/vol_cp_masks.tif")), labels = LabelReader.Read(At("vol_cp_masks.tif"));
        Assert.Equal(Numbered(planes.Plane(8).ToArray()), labels.Plane(8).ToArray());
        Assert.Equal(labels.Data.Count(v => v != 0), labels.Plane(8).ToArray().Count(v => v != 0));
    }

    [Fact]
    public async Task Segment_AllTimePoints_IsOneStep()
    {
        string image = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(TestImages.Discs(80, 80, 1), TestImages.Empty(80, 80, 2), TestImages.Discs(80, 80, 3)), "TYX");
        CliProgram.Segment(image, "--diameter", "18", "--save", "masks", "-o", At("out")).Succeeds();
        using CliProgram program = Start(image);
        using ClientWebSocket socket = await Connect(program);

        await Segment(socket, $$"""{"model":"{{CliProgram.Model}}","diameter":18,"all_times":true}""");
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);
        NdArray<int> expected = LabelReader.Read(At("out/movie_cp_masks.tif")), labels = LabelReader.Read(At("movie_cp_masks.tif"));
        await ViewedProgram.Send(socket, """{"ask":"undo"}""");
        JsonObject undone = await Expect(socket, m => (string?)m["type"] == "edited");

        Assert.Equal(expected.Shape, labels.Shape);
        Assert.Equal(expected.Data.Select(v => v != 0), labels.Data.Select(v => v != 0));
        Assert.Equal(expected.Plane(0).ToArray(), labels.Plane(0).ToArray());
        Assert.Equal(expected.Plane(0).ToArray().Max() + 1, labels.Plane(2).ToArray().Where(v => v > 0).Min());       // no id is used twice
        Assert.False((bool)undone["state"]!["can_undo"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Segment_ChosenCells_AreFoundAnew_AndOthersStay(bool isVolume)
    {
        string image = Copy(Golden.Path("eval3d", "vol.tif"), "vol.tif");
        string run = $$"""{"model":"{{CliProgram.Model}}","diameter":14,"plane":8,"is_volume":{{(isVolume ? "true" : "false")}} }""";
        using CliProgram program = Start(image, "--axes", "ZYX");
        using ClientWebSocket socket = await Connect(program);
        await Segment(socket, run);
        int[] before = await Saved(socket);
        int chosen = before.Skip(8 * 44 * 48).Take(44 * 48).Where(v => v > 0).GroupBy(v => v).MaxBy(g => g.Count())!.Key;
        // all but a voxel of it is rubbed out
        int middle = Enumerable.Range(0, before.Length).Where(i => before[i] == chosen).ElementAt(before.Count(v => v == chosen) / 2);
        await ViewedProgram.Send(socket, $$"""{"edit":"delete","ids":[{{chosen}}]}""");
        await ViewedProgram.Send(socket, $$"""{"edit":"paint","id":{{chosen}},"points":[{"z":{{middle / (44 * 48)}},"y":{{middle / 48 % 44}},"x":{{middle % 48}} }],"radius":0.5}""");
        Assert.Equal(1, (await Saved(socket)).Count(v => v == chosen));

        await ViewedProgram.Send(socket, $$"""{"ask":"segment","run":{{run}},"thresholds":{{Defaults}},"keeps_others":true,"around":[{{chosen}}]}""");
        await Expect(socket, m => (string?)m["type"] == "segmentation" && (string?)m["phase"] == "idle" && m["output"]?["box"] is not null);
        int[] after = await Saved(socket);

        Assert.Equal(before.Select(v => v == chosen ? 0 : v).Where((_, i) => after[i] != chosen), after.Where(v => v != chosen));
        int both = before.Zip(after).Count(p => p.First == chosen && p.Second == chosen), either = before.Zip(after).Count(p => p.First == chosen || p.Second == chosen);
        Assert.True(both > 0.8 * either, $"{both} voxels of {either} are those of the whole run");       // tiles lie elsewhere in the part
    }

    [Fact]
    public async Task NewLabels_WhereOthersOfAnotherSizeLie_AreNotMade()
    {
        string image = TestImages.WriteTiff(At("discs.tif"), TestImages.Discs(40, 40, 1), "YX");
        IO.Tiff.TiffWriter.WriteLabels(At("discs_cp_masks.tif"), new NdArray<int>(8, 8), "YX");
        byte[] before = File.ReadAllBytes(At("discs_cp_masks.tif"));
        using CliProgram program = Start(image);
        program.WaitForLine("Labels can be made once");
        using ClientWebSocket socket = await Connect(program);

        await ViewedProgram.Send(socket, """{"edit":"paint","points":[{"z":0,"y":9,"x":7}],"radius":2}""");
        JsonObject refused = await Expect(socket, m => (string?)m["type"] == "error");

        Assert.Contains("only be looked at", (string?)refused["message"]);
        Assert.Equal(before, File.ReadAllBytes(At("discs_cp_masks.tif")));
    }

    [Fact]
    public async Task Segment_WhatCannotBeDone_IsOneLine()
    {
        string image = TestImages.WriteTiff(At("discs.tif"), TestImages.Discs(80, 80, 1), "YX");
        using CliProgram program = Start(image);
        using ClientWebSocket socket = await Connect(program);

        JsonObject missing = await Segment(socket, """{"model":"nosuch"}""", done: m => (bool)m["is_error"]!);
        JsonObject channel = await Segment(socket, """{"model":"nuclei","chan":3}""", done: m => (bool)m["is_error"]!);
        await ViewedProgram.Send(socket, $$"""{"ask":"estimate","run":{"model":"{{CliProgram.Model}}"} }""");
        JsonObject estimate = await Expect(socket, m => (string?)m["phase"] == "idle" && (bool)m["is_error"]!);
        await ViewedProgram.Send(socket, $$"""{"ask":"adjust","thresholds":{{Defaults}}}""");
        JsonObject nothing = await Expect(socket, m => (string?)m["type"] == "error");

        Assert.Contains("no model or file 'nosuch'", (string?)missing["message"]);
        Assert.Contains("chan must be 0 or a channel from 1 to 1; got 3", (string?)channel["message"]);
        Assert.Contains("has no size model", (string?)estimate["message"]);
        Assert.Contains("run the network first", (string?)nothing["message"]);
        Assert.All((string?[])[(string?)missing["message"], (string?)channel["message"], (string?)estimate["message"]], line => Assert.DoesNotContain('\n', line!));
    }

    [Fact]
    public async Task Segment_LabelsThatAreOnlyLookedAt_AreRefused()
    {
        string image = TestImages.WriteTiff(At("discs.tif"), TestImages.Discs(80, 80, 1), "YX");
        using CliProgram program = Start(image, "--read-only");
        using ClientWebSocket socket = await Connect(program);

        await ViewedProgram.Send(socket, $$"""{"ask":"segment","run":{"model":"nuclei"},"thresholds":{{Defaults}},"keeps_others":false}""");
        JsonObject refused = await Expect(socket, m => (string?)m["type"] == "error");

        Assert.Contains("can only be looked at", (string?)refused["message"]);
        Assert.Equal(["discs.tif"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Interrupt_InARun_EndsWell()
    {
        string image = TestImages.WriteTiff(At("discs.tif"), TestImages.Discs(400, 400, 1), "YX");
        using CliProgram program = Start(image);
        using ClientWebSocket socket = await Connect(program);

        // cells of two pixels are enlarged to the network's size: far more tiles than a test would wait for
        await ViewedProgram.Send(socket, $$"""{"ask":"segment","run":{"model":"nuclei","diameter":2},"thresholds":{{Defaults}},"keeps_others":false}""");
        await Expect(socket, m => (string?)m["phase"] == "network" && (string?)m["step"] == "network");
        program.Interrupt();
        CliResult result = program.WaitForEnd();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("closed.", result.Error);
        Assert.Empty(result.ErrorLines);
    }

    [Fact]
    public async Task NewLabels_DrawnByHand_AreRecoveredAfterAKill_AndSavedBesideTheImage()
    {
        string image = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(TestImages.Discs(40, 48, 1), TestImages.Discs(40, 48, 2)), "TYX");
        using (CliProgram program = Start(image))
        {
            using ClientWebSocket socket = await Connect(program);
            await ViewedProgram.Send(socket, """{"edit":"paint","time":1,"points":[{"z":0,"y":9,"x":7}],"radius":2}""");
            await Expect(socket, m => (string?)m["type"] == "edited");
            program.Kill();
        }
        Assert.Equal(["movie.tif", "movie_cp_masks.tif.edits"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        using (CliProgram again = Start(image))
        {
            again.WaitForLine("had not been saved and were recovered");
            using ClientWebSocket next = await Connect(again);
            await ViewedProgram.Send(next, """{"ask":"save"}""");
            await Expect(next, m => (string?)m["type"] == "edited");
            again.Interrupt();
            Assert.Equal(0, again.WaitForEnd().ExitCode);
        }
        NdArray<int> labels = LabelReader.Read(At("movie_cp_masks.tif"));
        Assert.Equal([2, 40, 48], labels.Shape);
        Assert.Equal((0, 1), (labels.Data[9 * 48 + 7], labels.Data[(40 + 9) * 48 + 7]));

        using CliProgram third = Start(image);
        third.WaitForLine("which lie beside the image");
    }

    private async Task<int[]> Saved(ClientWebSocket socket)
    {
        await ViewedProgram.Send(socket, """{"ask":"save"}""");
        await Expect(socket, m => (string?)m["type"] == "edited" && m["saved"] is not null);
        return LabelReader.Read(At("vol_cp_masks.tif")).Data;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Copy(string from, string name)
    {
        File.Copy(from, At(name));
        return At(name);
    }

    // cells by their first voxel, whatever their ids
    private static int[] Numbered(int[] labels)
    {
        var numbers = new Dictionary<int, int> { [0] = 0 };
        return [.. labels.Select(id => numbers.TryGetValue(id, out int n) ? n : numbers[id] = numbers.Count)];
    }

    private static CliProgram Start(string image, params string[] args) => ViewedProgram.Start([image, "--device", "cpu", .. args]);

    private static async Task<ClientWebSocket> Connect(CliProgram program)
    {
        ClientWebSocket socket = await ViewedProgram.Connect(program);
        await Expect(socket, m => (string?)m["type"] == "hello");
        return socket;
    }

    private static async Task<JsonObject> Segment(ClientWebSocket socket, string run, Func<JsonObject, bool>? done = null)
    {
        await ViewedProgram.Send(socket, string.Create(CultureInfo.InvariantCulture, $$"""{"ask":"segment","run":{{run}},"thresholds":{{Defaults}},"keeps_others":false}"""));
        return await Expect(socket, m => (string?)m["type"] == "segmentation" && (string?)m["phase"] == "idle" && (done ?? (s => s["output"] is not null))(m));
    }

    private static async Task<JsonObject> Expect(ClientWebSocket socket, Func<JsonObject, bool> isMeant)
    {
        byte[] buffer = new byte[1 << 22];
        string last = "";
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), Cancel);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.True(part.MessageType != WebSocketMessageType.Close, $"the program closed the connection after {last}");
            if (part.MessageType != WebSocketMessageType.Text)
                continue;
            JsonObject message = JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
            last = message.ToJsonString();
            if (isMeant(message))
                return message;
            // a failure that was not asked for: better said than waited for
            Assert.False(message["is_error"] is { } error && (bool)error && (string?)message["phase"] == "idle", last);
        }
    }
}
