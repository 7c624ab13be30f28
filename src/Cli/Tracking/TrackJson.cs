using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What a tracking run was asked and found, as JSON and in words.</summary>
internal static class TrackJson
{
    /// <summary>The options, those of the segmentation only where frames are segmented.</summary>
    public static JsonObject Settings(TrackSettings settings)
    {
        var json = new JsonObject
        {
            ["images"] = new JsonArray([.. settings.Images.Select(i => (JsonNode)i)]),
            ["labels"] = settings.Labels,
            ["labels_images"] = settings.LabelsImages,
            ["formats"] = new JsonArray([.. settings.Formats.Order(StringComparer.Ordinal).Select(f => (JsonNode)f)]),
            ["save"] = new JsonArray([.. settings.Save.Order(StringComparer.Ordinal).Select(f => (JsonNode)f)]),
            ["flow"] = settings.Flow,
            ["max_gap"] = settings.Tracker.MaxGap,
            ["max_distance_um"] = settings.Tracker.MaxDistanceUm,
            ["divisions"] = settings.Tracker.Linking.AllowDivisions,
            ["drift"] = settings.Tracker.Drift,
            ["fill_gaps"] = settings.FillGaps,
            ["pins"] = settings.Pins,
            ["neighbours"] = settings.Tracker.Neighbours,
            ["linking"] = JsonSerializer.SerializeToNode(settings.Tracker.Linking, RunReport.Style),
        };
        if (settings.Labels is null)
        {
            SegmentationSettings s = settings.Segmentation;
            json["segmentation"] = JsonSerializer.SerializeToNode(s with { Save = new HashSet<string>() }, RunReport.Style);
        }
        return json;
    }

    /// <summary>Numbers of the run.</summary>
    public static JsonObject Summary(TrackResult result)
    {
        IReadOnlyList<Track> tracks = result.Frames.Tracks.Tracks;
        return new JsonObject
        {
            ["frames"] = result.Frames.FrameCount,
            ["cells"] = result.Solved.Detections.Count,
            ["links"] = result.Solved.LinkCount,
            ["tracks"] = tracks.Count,
            ["lineages"] = tracks.Select(t => t.LineageId).Distinct().Count(),
            ["divisions"] = Divisions(tracks),
            ["gaps"] = result.Gaps,
            ["interpolated_masks"] = result.Frames.Interpolated.Count,
            ["doubtful_links"] = result.Doubtful.Length,
            ["pinned_links"] = result.Solved.Pins.Count,
        };
    }

    /// <summary>The same as one line.</summary>
    public static string Line(TrackResult result)
    {
        IReadOnlyList<Track> tracks = result.Frames.Tracks.Tracks;
        string filled = result.Frames.Interpolated.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({result.Frames.Interpolated.Count} masks interpolated)");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Solved.Detections.Count} cells in {result.Frames.FrameCount} frames: {tracks.Count} tracks, {Divisions(tracks)} divisions, {result.Gaps} gaps{filled}, {result.Doubtful.Length} doubtful links");
    }

    private static int Divisions(IReadOnlyList<Track> tracks) => tracks.Where(t => t.ParentId > 0).Select(t => t.ParentId).Distinct().Count();
}
