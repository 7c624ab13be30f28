using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>view</c>: what is served is tested with the viewer, here the process around it.</summary>
public sealed class ViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_UntilCtrlC_ServesAndEndsWell()
    {
        string labels = Labels();
        using CliProgram program = ViewedProgram.Start("--labels-only", labels, "--json", "--remote");

        JsonObject said = JsonNode.Parse(program.Output)!.AsObject();
        string url = (string)said["url"]!;
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });    // the page's cookie would open what the token alone shall
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(url), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(new Uri(url[..url.IndexOf('?', StringComparison.Ordinal)]), Cancel)).StatusCode);
        Assert.StartsWith($"ssh -L {said["port"]}:127.0.0.1:{said["port"]} ", (string)said["tunnel"]!);
        program.Interrupt();
        CliResult result = program.WaitForEnd();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("closed.", result.Error);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(url), Cancel));
        Assert.Equal([Path.GetFileName(labels)], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Run_BehindAProxy_ServesBelowItsPathAndByItsName()
    {
        using CliProgram program = ViewedProgram.Start("--labels-only", Labels(), "--base-path", "/node/n1/80", "--allow-host", "hub.example");
        string url = program.Output.Trim();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Host = "hub.example";
        request.Headers.Add("Origin", "https://hub.example");

        Assert.Contains("/node/n1/80/?token=", url);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Kill_InMidEdit_LosesNoEditThatWasAnswered()
    {
        string labels = Labels();
        using (CliProgram program = ViewedProgram.Start("--labels-only", labels))
        {
            using ClientWebSocket socket = await ViewedProgram.Connect(program);
            for (int n = 0; n < 5; n++)
            {
                await ViewedProgram.Send(socket, $$"""{"edit":"paint","id":{{100 + n}},"points":[{"z":1,"y":{{2 + 4 * n}},"x":3}],"radius":1}""");
                await Expect(socket, "edited");
            }
            await ViewedProgram.Send(socket, """{"edit":"paint","id":200,"points":[{"z":2,"y":8,"x":20}],"radius":3}""");
            program.Kill();
        }
        Assert.DoesNotContain(100, LabelReader.Read(labels).Data);          // the file itself changes by saving only

        using CliProgram again = ViewedProgram.Start("--labels-only", labels);
        again.WaitForLine("had not been saved and were recovered");
        using ClientWebSocket next = await ViewedProgram.Connect(again);
        await ViewedProgram.Send(next, """{"ask":"save"}""");
        await Expect(next, "edited");
        again.Interrupt();
        Assert.Equal(0, again.WaitForEnd().ExitCode);

        int[] saved = LabelReader.Read(labels).Data;
        Assert.Equal([100, 101, 102, 103, 104], Enumerable.Range(0, 5).Select(n => saved[(24 + 2 + 4 * n) * 32 + 3]));
        Assert.Equal([Path.GetFileName(labels)], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(4, "does not exist", "none.tif")]
    [InlineData(2, "--port must be", "L", "--labels-only", "--port", "70000")]
    [InlineData(2, "base path must begin", "L", "--labels-only", "--base-path", "node")]
    [InlineData(2, "--time must be 1 to 1", "L", "--labels-only", "--time", "2")]
    [InlineData(4, "tracks are read from", "L", "L", "--labels-only")]
    [InlineData(2, "colour map", "L", "--lut", "magma,gray")]
    public void Run_Wrong_IsOneLine(int expected, string message, params string[] args)
    {
        string labels = Labels();

        CliResult result = CliProgram.Run(ViewedProgram.NoDisplay, ["view", .. args.Select(a => a == "L" ? labels : a)]);

        Assert.Equal(expected, result.ExitCode);
        Assert.Contains(message, result.Error);
        Assert.Single(result.Error.Trim().Split('\n'), l => l.StartsWith("cellpose3d:", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task Expect(ClientWebSocket socket, string type)
    {
        byte[] buffer = new byte[1 << 20];
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
            if ((string?)JsonNode.Parse(buffer.AsSpan(0, length))!["type"] == type)
                return;
        }
    }

    private string Labels()
    {
        string path = Path.Combine(_folder.Path, "labels.tif");
        int[] ids = [.. Enumerable.Range(0, 3 * 24 * 32).Select(i => i % 32 > 24 ? 7 : 0)];
        TiffWriter.WriteLabels(path, new NdArray<int>(ids, 3, 24, 32), "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 1, 1) });
        return path;
    }
}
