using System.IO.Compression;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Fetches data of a served scene.</summary>
internal static class Data
{
    public static async Task<byte[]> BytesAsync(ServedScene served, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await served.Client.GetAsync($"/data/{path}?token={served.Token}", cancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        await using var gzip = new GZipStream(await response.Content.ReadAsStreamAsync(cancellationToken), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await gzip.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
