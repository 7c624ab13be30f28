using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What came of one image file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Info">What the file said of itself.</param>
/// <param name="Planes">One result for each plane of a stack, one in all for an image.</param>
/// <param name="Written">Paths of the results.</param>
/// <param name="ReadSeconds">Seconds spent reading.</param>
/// <param name="WriteSeconds">Seconds spent writing.</param>
internal sealed record ImageOutcome(
    string Path, ImageInfo Info, IReadOnlyList<Segmentation2D> Planes, IReadOnlyList<string> Written, double ReadSeconds, double WriteSeconds) : IOutcome
{
    /// <summary>Cells over all planes.</summary>
    public int Cells => Planes.Sum(p => p.Cells.Count);

    /// <summary>One line for the progress display.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Cells} cells{Removed}, diameter {Planes.Average(p => p.Diameter):f1}, {Seconds:f1} s");

    /// <summary>What the user should know of.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            long nonFinite = Planes.Sum(p => p.NonFinitePixels);
            if (nonFinite > 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{nonFinite} pixels are NaN or infinite; they count as the darkest value.");
        }
    }

    /// <inheritdoc/>
    public JsonObject ToJson() => new()
    {
        ["path"] = Path,
        ["axes"] = Info.Axes,
        ["shape"] = new JsonArray([.. Info.Shape.Select(l => (JsonNode)l)]),
        ["axes_source"] = Info.AxesSource,
        ["cells"] = Cells,
        ["read_seconds"] = Math.Round(ReadSeconds, 3),
        ["write_seconds"] = Math.Round(WriteSeconds, 3),
        ["warnings"] = new JsonArray([.. Warnings.Select(w => (JsonNode)w)]),
        ["written"] = new JsonArray([.. Written.Select(w => (JsonNode)w)]),
        ["planes"] = new JsonArray([.. Planes.Select(Describe)]),
    };

    private double Seconds => ReadSeconds + WriteSeconds + Planes.Sum(p => p.Timings.Normalize + p.Timings.Network + p.Timings.Dynamics);

    private static JsonObject Describe(Segmentation2D plane) => new()
    {
        ["cells"] = plane.Cells.Count,
        ["diameter"] = Math.Round(plane.Diameter, 3),
        ["niter"] = plane.Niter,
        ["filtered"] = JsonSerializer.SerializeToNode(plane.Filtered, RunReport.Style),
        ["seconds"] = JsonSerializer.SerializeToNode(plane.Timings, RunReport.Style),
    };

    private string Removed
    {
        get
        {
            int removed = Planes.Sum(p => p.Filtered.Found - p.Filtered.Kept);
            return removed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({removed} filtered)");
        }
    }
}
