using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.IO;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What came of one volume file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Info">What the file said of itself.</param>
/// <param name="Times">One result for each time point.</param>
/// <param name="Written">Paths of the results.</param>
/// <param name="Seconds">Seconds from opening the file to the last result.</param>
/// <param name="AnisotropyAssumed">Whether neither the file nor an option said how far planes are apart, and it matters.</param>
internal sealed record VolumeOutcome(
    string Path, ImageInfo Info, IReadOnlyList<VolumeResult> Times, IReadOnlyList<string> Written, double Seconds, bool AnisotropyAssumed) : IOutcome
{
    /// <inheritdoc/>
    public int Cells => Times.Sum(t => t.Cells.Count);

    /// <inheritdoc/>
    public string Summary
    {
        get
        {
            int removed = Times.Sum(t => t.Filtered.Found - t.Filtered.Kept);
            VolumePlan plan = Times[0].Plan;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Cells} cells{(removed == 0 ? "" : $" ({removed} filtered)")}, diameter {plan.Diameter:f1}, anisotropy {plan.Scale.Anisotropy:g4}, {Seconds:f1} s");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (AnisotropyAssumed)
                yield return "the file does not say how far planes are apart: as far as pixels was assumed. Give --anisotropy (plane distance over pixel width) if that is wrong.";
            long nonFinite = Times.Sum(t => t.NonFiniteVoxels);
            if (nonFinite > 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{nonFinite} voxels are NaN or infinite; they count as the darkest value.");
        }
    }

    /// <inheritdoc/>
    public JsonObject ToJson() => new()
    {
        ["path"] = Path,
        ["axes"] = Info.Axes,
        ["shape"] = new JsonArray([.. Info.Shape.Select(l => (JsonNode)l)]),
        ["axes_source"] = Info.AxesSource,
        ["voxel_size_um"] = new JsonArray([Info.VoxelSizeUm.Z, Info.VoxelSizeUm.Y, Info.VoxelSizeUm.X]),
        ["cells"] = Cells,
        ["seconds"] = Math.Round(Seconds, 3),
        ["warnings"] = new JsonArray([.. Warnings.Select(w => (JsonNode)w)]),
        ["written"] = new JsonArray([.. Written.Select(w => (JsonNode)w)]),
        ["volumes"] = new JsonArray([.. Times.Select(Describe)]),
    };

    private static JsonObject Describe(VolumeResult result)
    {
        FilterCounts f = result.Filtered;
        return new JsonObject
        {
            ["cells"] = result.Cells.Count,
            ["plan"] = PlanFacts.ToJson(result.Plan),
            ["filtered"] = new JsonObject
            {
                ["found"] = f.Found, ["too_large"] = f.TooLarge, ["flow_error"] = f.FlowError, ["lost_in_resize"] = f.LostInResize, ["too_small"] = f.TooSmall, ["enclosed"] = f.Enclosed,
            },
            ["seconds"] = new JsonObject
            {
                ["normalize"] = Math.Round(result.Timings.Normalize, 3), ["network"] = Math.Round(result.Timings.Network, 3), ["dynamics"] = Math.Round(result.Timings.Dynamics, 3),
            },
        };
    }
}
