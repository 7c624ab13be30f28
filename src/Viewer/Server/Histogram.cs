using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>How often intensities of one channel and time point occur.</summary>
/// <param name="Lowest">Intensity at the left end of the first bin.</param>
/// <param name="Highest">Intensity at the right end of the last.</param>
/// <param name="Bins">Voxels in each of 256 bins of equal width.</param>
/// <param name="Percentiles">Intensities below which the shares of <see cref="Shares"/> lie.</param>
internal sealed record Histogram(double Lowest, double Highest, long[] Bins, double[] Percentiles)
{
    /// <summary>The shares that percentiles are given for.</summary>
    public static readonly double[] Shares = [0.001, 0.01, 0.05, 0.5, 0.95, 0.99, 0.998, 0.9999];

    public static Histogram Of(IntensityVolume volume)
    {
        long[] bins = new long[256];
        foreach (ushort v in volume.Voxels)
            bins[v >> 8]++;
        return new Histogram(volume.Lowest, volume.Highest, bins, [.. Shares.Select(s => volume.Percentiles(s, 1).Low)]);
    }

    public JsonObject ToJson() => new()
    {
        ["lowest"] = Lowest, ["highest"] = Highest, ["bins"] = new JsonArray([.. Bins.Select(b => (JsonNode)b)]),
        ["shares"] = new JsonArray([.. Shares.Select(s => (JsonNode)s)]), ["percentiles"] = new JsonArray([.. Percentiles.Select(p => (JsonNode)p)]),
    };
}
