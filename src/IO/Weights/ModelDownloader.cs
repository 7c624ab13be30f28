using System.Net;
using System.Net.Http.Headers;

namespace Cellpose3D.IO.Weights;

/// <summary>Fetches model files by HTTPS: resumed after a break, checked, and put in place only when whole.</summary>
/// <remarks>
/// The authors of Cellpose publish no checksums, so a file is trusted on first use: its SHA-256 is recorded beside it
/// (<c>NAME.sha256</c>, as <c>sha256sum -c</c> reads it) and every later download must have the same.
/// </remarks>
public sealed class ModelDownloader : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The address that file names are appended to.</summary>
    public Uri BaseUrl { get; init; } = new("https://www.cellpose.org/models/");

    /// <summary>How often a broken connection is taken up again within one call.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long the server may be silent.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Fetches one file into a folder; returns at once when it is there with its recorded hash.</summary>
    /// <param name="fileName">Name under <see cref="BaseUrl"/> and in the folder.</param>
    /// <param name="folder">Created when missing.</param>
    /// <param name="validate">Throws when the downloaded file is not what it should be (a login page, say); called before anything is recorded.</param>
    /// <param name="progress">Receives what is done.</param>
    /// <param name="cancellationToken">Stops the download; <c>NAME.part</c> stays, to be resumed.</param>
    /// <returns>SHA-256 of the file, lower-case hexadecimal.</returns>
    /// <exception cref="IOException">No network, no such file, or the connection broke; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">Another file than the one recorded before.</exception>
    public async Task<string> FetchAsync(
        string fileName, string folder, Action<string> validate,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (BaseUrl.Scheme != Uri.UriSchemeHttps && !BaseUrl.IsLoopback)
            throw new ArgumentException($"{nameof(BaseUrl)} must be https; got {BaseUrl}.");
        Directory.CreateDirectory(folder);
        string target = Path.Combine(folder, fileName), part = target + ".part", record = target + ".sha256";
        string? recorded = File.Exists(record) ? File.ReadAllText(record).Split(' ', 2)[0].Trim() : null;
        if (File.Exists(target) && CellposeModelFile.HashFile(target) is var present && (recorded is null || recorded == present))
        {
            if (recorded is null)                                        // copied here by hand
                Accept(target, validate, record, present, fileName);
            return present;
        }

        await DownloadAsync(fileName, part, progress, cancellationToken).ConfigureAwait(false);
        string hash = CellposeModelFile.HashFile(part);
        if (recorded is not null && hash != recorded)
        {
            Forget(part);
            throw new InvalidDataException(
                $"'{fileName}' from {BaseUrl} has SHA-256 {hash}, but {recorded} was recorded when it was first downloaded. "
                + $"If the authors have replaced the file, delete '{record}' and try again.");
        }
        Accept(part, validate, record, hash, fileName);
        File.Move(part, target, overwrite: true);
        Forget(part);
        return hash;
    }

    private static void Accept(string path, Action<string> validate, string record, string hash, string fileName)
    {
        try
        {
            validate(path);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException && path.EndsWith(".part", StringComparison.Ordinal))
        {
            Forget(path);
            throw new InvalidDataException($"what was downloaded is not '{fileName}': {e.Message}", e);
        }
        File.WriteAllText(record, $"{hash}  {fileName}\n");
    }

    private async Task DownloadAsync(string fileName, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var address = new Uri(BaseUrl, fileName);
        for (int attempt = 1; ; attempt++)
        {
            string problem;
            try
            {
                if (await TransferAsync(address, fileName, part, progress, cancellationToken).ConfigureAwait(false))
                    return;
                problem = "the connection ended early";
            }
            catch (HttpRequestException e) when (e.StatusCode is { } status)
            {
                throw new IOException($"the server answered {(int)status} for {address}. {Remedy(part)}", e);
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException)
            {
                problem = e.InnerException?.Message ?? e.Message;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = $"the server was silent for {Patience.TotalSeconds:0} s";
            }
            if (attempt >= Attempts)
            {
                long done = File.Exists(part) ? new FileInfo(part).Length : 0;
                throw new IOException(done > 0
                    ? $"the download of {address} stopped after {done} bytes: {problem}. Run the command again to go on from there. {Remedy(part)}"
                    : $"{address} cannot be reached: {problem}. Check the network connection. {Remedy(part)}");
            }
        }
    }

    private static string Remedy(string part) =>
        $"On a machine without network, copy the file by hand to '{part[..^".part".Length]}'.";

    /// <summary>One connection; true when the file is whole.</summary>
    private async Task<bool> TransferAsync(
        Uri address, string fileName, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Patience);
        using HttpRequestMessage request = Request(address, part);
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && File.Exists(part))
        {
            Forget(part);
            return false;
        }
        response.EnsureSuccessStatusCode();

        long offset = request.Headers.Range is null ? 0 : new FileInfo(part).Length;
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != offset)
            offset = 0;                                                  // the server starts over: it has another file, or no ranges
        if (offset == 0 && response.StatusCode == HttpStatusCode.PartialContent)
            throw new HttpRequestException("the server answered with a part that was not asked for");
        long? total = response.Content.Headers.ContentRange?.Length ?? response.Content.Headers.ContentLength;

        using var file = new FileStream(part, offset == 0 ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.Read);
        RecordVersion(part, response);
        using Stream content = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 16];
        progress?.Report(new DownloadProgress(fileName, offset, total));
        while (true)
        {
            silence.CancelAfter(Patience);
            int count = await content.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0)
                return total is null || file.Length == total;
            file.Write(buffer, 0, count);
            progress?.Report(new DownloadProgress(fileName, file.Length, total));
        }
    }

    /// <summary>Asks for the rest of the file, but only of the very version that was begun.</summary>
    private static HttpRequestMessage Request(Uri address, string part)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        string version = part + ".etag";
        if (File.Exists(part) && new FileInfo(part).Length is > 0 and var length && File.Exists(version)
            && RangeConditionHeaderValue.TryParse(File.ReadAllText(version), out RangeConditionHeaderValue? condition))
        {
            request.Headers.Range = new RangeHeaderValue(length, null);
            request.Headers.IfRange = condition;
        }
        return request;
    }

    private static void RecordVersion(string part, HttpResponseMessage response)
    {
        if (response.Headers.ETag is { IsWeak: false } tag)
            File.WriteAllText(part + ".etag", tag.ToString());
        else if (response.Content.Headers.LastModified is { } date)
            File.WriteAllText(part + ".etag", date.ToString("r", System.Globalization.CultureInfo.InvariantCulture));
        else
            File.Delete(part + ".etag");
    }

    private static void Forget(string part)
    {
        File.Delete(part);
        File.Delete(part + ".etag");
    }
}
