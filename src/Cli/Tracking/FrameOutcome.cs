using System.Text.Json.Nodes;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What came of segmenting one frame.</summary>
/// <param name="Cells">Number of cells.</param>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="NonFinite">Number of NaN or infinite input values.</param>
/// <param name="Seconds">Seconds it took.</param>
internal sealed record FrameOutcome(int Cells, FilterCounts Filtered, long NonFinite, double Seconds)
{
    /// <summary>Whether an earlier run did it.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The entry of <c>run.json</c>.</summary>
    /// <param name="frame">Counted from 0.</param>
    public JsonObject ToJson(int frame) => new()
    {
        ["frame"] = frame,
        ["cells"] = Cells,
        ["filtered"] = Filtered.Found - Filtered.Kept,
        ["non_finite"] = NonFinite,
        ["seconds"] = Math.Round(Seconds, 3),
        ["resumed"] = IsResumed,
    };
}
