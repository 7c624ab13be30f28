using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class ModelDownloaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cellpose3d-models-");
    private readonly LoopbackServer _server = new();
    private readonly byte[] _content = new byte[300_000];

    public ModelDownloaderTests()
    {
        new Random(1).NextBytes(_content);
        _server.Files["net"] = _content;
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task FetchAsync_WholeFile_IsStoredWithItsHash()
    {
        var seen = new List<DownloadProgress>();

        string hash = await Fetch(progress: new Recorder(seen));

        Assert.Equal(_content, File.ReadAllBytes(At("net")));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(_content)), hash);
        Assert.Equal($"{hash}  net\n", File.ReadAllText(At("net.sha256")));
        Assert.Equal(["net", "net.sha256"], Directory.GetFiles(_folder.FullName).Select(p => Path.GetFileName(p)).Order());
        Assert.Equal(new DownloadProgress("net", _content.Length, _content.Length), seen[^1]);
        Assert.Equal(seen.Select(p => p.BytesDone).Order(), seen.Select(p => p.BytesDone));
    }

    [Fact]
    public async Task FetchAsync_AlreadyThere_AsksNobody()
    {
        await Fetch();
        await Fetch();

        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task FetchAsync_CopiedByHand_IsCheckedAndRecorded()
    {
        File.WriteAllBytes(At("net"), _content);

        string hash = await Fetch();

        Assert.Empty(_server.Requests);
        Assert.StartsWith(hash, File.ReadAllText(At("net.sha256")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_ServerDropsMidWay_GoesOnWhereItStopped()
    {
        _server.DropAfter = 120_000;

        await Fetch();

        Assert.Equal(_content, File.ReadAllBytes(At("net")));
        Assert.Equal("net", _server.Requests[0]);
        Assert.All(_server.Requests.Skip(1), r => Assert.StartsWith("net bytes=", r));
    }

    [Fact]
    public async Task FetchAsync_BrokenThenCalledAgain_ResumesFromThePart()
    {
        _server.DropAfter = 120_000;
        var e = await Assert.ThrowsAsync<IOException>(() => Fetch(attempts: 1));
        long part = new FileInfo(At("net.part")).Length;
        _server.DropAfter = null;

        await Fetch(attempts: 1);

        Assert.Contains("Run the command again", e.Message);
        Assert.InRange(part, 1, 120_000);
        Assert.Equal(["net", $"net bytes={part}-"], _server.Requests);
        Assert.Equal(_content, File.ReadAllBytes(At("net")));
        Assert.False(File.Exists(At("net.part")));
    }

    [Fact]
    public async Task FetchAsync_FileChangedSinceTheBreak_StartsOver()
    {
        _server.DropAfter = 120_000;
        await Assert.ThrowsAsync<IOException>(() => Fetch(attempts: 1));
        _server.DropAfter = null;
        _server.ETag = "\"v2\"";
        _server.Files["net"] = [.. _content.Reverse()];

        await Fetch(attempts: 1);

        Assert.Equal(_content.Reverse(), File.ReadAllBytes(At("net")));
    }

    [Fact]
    public async Task FetchAsync_ServerWithoutVersions_StartsOverRatherThanMix()
    {
        _server.ETag = null;
        _server.DropAfter = 120_000;
        await Assert.ThrowsAsync<IOException>(() => Fetch(attempts: 1));
        _server.DropAfter = null;

        await Fetch(attempts: 1);

        Assert.Equal(["net", "net"], _server.Requests);
        Assert.Equal(_content, File.ReadAllBytes(At("net")));
    }

    [Fact]
    public async Task FetchAsync_OtherContentThanRecorded_RefusesAndKeepsNothing()
    {
        await Fetch();
        File.Delete(At("net"));
        _server.Files["net"] = [.. _content.Reverse()];

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => Fetch());

        Assert.Contains("was recorded when it was first downloaded", e.Message);
        Assert.Equal(["net.sha256"], Directory.GetFiles(_folder.FullName).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public async Task FetchAsync_DamagedOnDisk_IsFetchedAgain()
    {
        await Fetch();
        File.WriteAllText(At("net"), "damaged");

        await Fetch();

        Assert.Equal(_content, File.ReadAllBytes(At("net")));
    }

    [Fact]
    public async Task FetchAsync_NotWhatItShouldBe_IsNotTrusted()
    {
        using var downloader = new ModelDownloader { BaseUrl = _server.Url };

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => downloader.FetchAsync(
            "net", _folder.FullName, path => CellposeModelFile.Load(path), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("what was downloaded is not 'net'", e.Message);
        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task FetchAsync_NoSuchFile_SaysSo()
    {
        var e = await Assert.ThrowsAsync<IOException>(() => Fetch("nothing"));

        Assert.Contains("answered 404", e.Message);
        Assert.Contains($"copy the file by hand to '{At("nothing")}'", e.Message);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task FetchAsync_NoNetwork_SaysWhatToDo()
    {
        _server.Dispose();

        var e = await Assert.ThrowsAsync<IOException>(() => Fetch());

        Assert.Contains("cannot be reached", e.Message);
        Assert.Contains($"copy the file by hand to '{At("net")}'", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task FetchAsync_PlainHttpElsewhere_Refuses()
    {
        using var downloader = new ModelDownloader { BaseUrl = new Uri("http://models.example/") };

        await Assert.ThrowsAsync<ArgumentException>(() => downloader.FetchAsync(
            "net", _folder.FullName, _ => { }, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FetchAsync_Cancelled_KeepsThePartForNextTime()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Recorder([], p => { if (p.BytesDone > 0) stop.Cancel(); });
        using var downloader = new ModelDownloader { BaseUrl = _server.Url };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloader.FetchAsync("net", _folder.FullName, _ => { }, progress, stop.Token));

        Assert.False(File.Exists(At("net")));
        Assert.True(new FileInfo(At("net.part")).Length > 0);
    }

    private async Task<string> Fetch(string name = "net", int attempts = 5, IProgress<DownloadProgress>? progress = null)
    {
        using var downloader = new ModelDownloader { BaseUrl = _server.Url, Attempts = attempts };
        return await downloader.FetchAsync(name, _folder.FullName, _ => { }, progress, TestContext.Current.CancellationToken);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private sealed class Recorder(List<DownloadProgress> seen, Action<DownloadProgress>? then = null) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            seen.Add(value);
            then?.Invoke(value);
        }
    }
}
