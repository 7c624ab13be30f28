using System.Text.Json.Nodes;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Geff;

/// <summary>Writes one graph.</summary>
internal sealed class GeffWriter
{
    private readonly string _folder;
    private readonly OmeZarrVersion _version;
    private readonly JsonObject _nodeMetadata = [], _edgeMetadata = [];

    private GeffWriter(string folder, OmeZarrVersion version) => (_folder, _version) = (folder, version);

    public static void Write(string path, TrackedMovie movie, GeffWriteOptions options)
    {
        using var folder = new AtomicFolder(path, ZarrVolumes.IsZarr);
        new GeffWriter(folder.Temporary, options.ZarrFormat == 3 ? OmeZarrVersion.V05 : OmeZarrVersion.V04).Write(movie, options);
        folder.Commit();
    }

    private void Write(TrackedMovie movie, GeffWriteOptions options)
    {
        DetectionTable cells = movie.Solution.Detections;
        TrackSet tracks = movie.Tracks(options.SplitAtGaps);
        bool isVolume = movie.IsVolume;
        foreach (string group in (string[])["", "nodes", "nodes/props", "edges", "edges/props"])
            Group(group, []);
        int[] ids = [.. Enumerable.Range(0, cells.Count)];
        ZarrColumns.Write(At("nodes/ids"), _version, Array.ConvertAll(ids, id => (ulong)id));
        string[] axes = isVolume ? ["t", "z", "y", "x"] : ["t", "y", "x"];
        var axisMetadata = new JsonArray();
        foreach (string axis in axes)
        {
            bool isTime = axis == "t";
            double[] values = Array.ConvertAll(ids, id => Coordinate(cells[id], axis));
            if (isTime)
                Node("t", Array.ConvertAll(ids, id => (long)cells.FrameOf(id)), "int64", "frame", "Frame, counted from 0");
            else
                Node(axis, values, "float64", "micrometer", "Centre of the mask");
            axisMetadata.Add((JsonNode)Axis(axis, values, movie.FrameSeconds));
        }
        Node("seg_id", Array.ConvertAll(ids, id => (long)cells[id].Label), "int64", null, "Label of the mask in its frame");
        Node("track_id", Array.ConvertAll(ids, id => (long)tracks.TrackOf(id).Id), "int64", null, "Track: a cell between two divisions");
        Node("lineage_id", Array.ConvertAll(ids, id => (long)tracks.TrackOf(id).LineageId), "int64", null, "The track a family begins with");
        Node("radius", Array.ConvertAll(ids, id => cells[id].DiameterUm / 2.0), "float64", "micrometer", "Of the disc or ball of the same size");
        double voxel = isVolume ? movie.Spacing.Volume : movie.Spacing.Y * movie.Spacing.X;
        Node(isVolume ? "volume" : "area", Array.ConvertAll(ids, id => cells[id].Size * voxel), "float64", isVolume ? "micrometer^3" : "micrometer^2", "Of the mask");
        Sparse("nodes", _nodeMetadata, "intensity", Array.ConvertAll(ids, id => cells[id].Intensity), null, "Mean intensity");
        WriteEdges(movie.Solution, cells);
        Group("", new JsonObject { ["geff"] = Metadata(movie, options, axisMetadata, isVolume) });
    }

    private void WriteEdges(TrackingSolution solution, DetectionTable cells)
    {
        Link[] links = [.. solution.Links.OrderBy(l => l.Source).ThenBy(l => l.Target)];
        ulong[] pairs = new ulong[2 * links.Length];
        for (int n = 0; n < links.Length; n++)
            (pairs[2 * n], pairs[2 * n + 1]) = ((ulong)links[n].Source, (ulong)links[n].Target);
        ZarrColumns.Write(At("edges/ids"), _version, pairs, columns: 2);
        Property("edges", _edgeMetadata, "dt", Array.ConvertAll(links, l => (long)(cells.FrameOf(l.Target) - cells.FrameOf(l.Source))), "int64", "frame", "Frames between the ends");
        Sparse("edges", _edgeMetadata, "probability", Array.ConvertAll(links, l => l.Probability), null, "Of the link, 0 to 1");
        Sparse("edges", _edgeMetadata, "margin", Array.ConvertAll(links, l => l.Margin), "nat", "What the solution would cost more without the link; small is doubtful");
    }

    private JsonObject Metadata(TrackedMovie movie, GeffWriteOptions options, JsonArray axes, bool isVolume)
    {
        var ours = new JsonObject
        {
            ["frame_count"] = movie.FrameCount,
            ["spacing_um"] = new JsonArray(movie.Spacing.Z, movie.Spacing.Y, movie.Spacing.X),
            ["shape"] = new JsonArray([.. movie.Shape.Select(l => (JsonNode)l)]),
            ["pins"] = new JsonArray([.. movie.Solution.Pins.Select(p => (JsonNode)new JsonObject { ["source"] = p.Source, ["target"] = p.Target, ["accept"] = p.Accept })]),
        };
        if (movie.FrameSeconds is { } seconds)
            ours["frame_interval_s"] = seconds;
        if (movie.ImageName.Length > 0)
            ours["image"] = movie.ImageName;
        var hints = new JsonObject { ["display_horizontal"] = "x", ["display_vertical"] = "y", ["display_time"] = "t" };
        if (isVolume)
            hints["display_depth"] = "z";
        var related = new JsonArray();
        foreach (GeffRelatedObject item in options.RelatedObjects)
        {
            var json = new JsonObject { ["type"] = item.Type, ["path"] = item.Path };
            if (item.NodeProperty is not null)
                json["node_prop"] = item.NodeProperty;
            related.Add((JsonNode)json);
        }
        return new JsonObject
        {
            ["geff_version"] = GeffFile.SpecificationVersion,
            ["directed"] = true,
            ["axes"] = axes,
            ["node_props_metadata"] = _nodeMetadata,
            ["edge_props_metadata"] = _edgeMetadata,
            ["sphere"] = "radius",
            ["track_node_props"] = new JsonObject { ["tracklet"] = "track_id", ["lineage"] = "lineage_id" },
            ["related_objects"] = related,
            ["display_hints"] = hints,
            ["extra"] = new JsonObject { [GeffReader.Ours] = ours },
        };
    }

    private static JsonObject Axis(string name, double[] values, double? frameSeconds)
    {
        bool isTime = name == "t";
        return new JsonObject
        {
            ["name"] = name,
            ["type"] = isTime ? "time" : "space",
            ["unit"] = isTime ? "frame" : "micrometer",
            ["min"] = values.DefaultIfEmpty().Min(),
            ["max"] = values.DefaultIfEmpty().Max(),
            ["scale"] = isTime ? frameSeconds ?? 1 : 1,
            ["scaled_unit"] = !isTime ? "micrometer" : frameSeconds is null ? "frame" : "second",
        };
    }

    private static double Coordinate(in Detection cell, string axis) =>
        axis switch { "t" => cell.Frame, "z" => cell.Centroid.Z, "y" => cell.Centroid.Y, _ => cell.Centroid.X };

    private void Node<T>(string name, T[] values, string dtype, string? unit, string description)
        where T : unmanaged => Property("nodes", _nodeMetadata, name, values, dtype, unit, description);

    /// <summary>A property that some have not; left out where nobody has it.</summary>
    private void Sparse(string owner, JsonObject metadata, string name, float[] values, string? unit, string description)
    {
        bool[] missing = Array.ConvertAll(values, v => !float.IsFinite(v));
        if (missing.All(m => m))
            return;
        Property(owner, metadata, name, Array.ConvertAll(values, v => float.IsFinite(v) ? v : 0), "float32", unit, description);
        if (missing.Any(m => m))
            ZarrColumns.Write(At($"{owner}/props/{name}/missing"), _version, missing);
    }

    private void Property<T>(string owner, JsonObject metadata, string name, T[] values, string dtype, string? unit, string description)
        where T : unmanaged
    {
        Group($"{owner}/props/{name}", []);
        ZarrColumns.Write(At($"{owner}/props/{name}/values"), _version, values);
        var json = new JsonObject { ["identifier"] = name, ["dtype"] = dtype, ["varlength"] = false, ["description"] = description };
        if (unit is not null)
            json["unit"] = unit;
        metadata[name] = json;
    }

    private void Group(string inside, JsonObject attributes)
    {
        Directory.CreateDirectory(At(inside));
        OmeZarrMetadata.WriteGroup(At(inside), _version, attributes);
    }

    private string At(string inside) => Path.Combine(_folder, inside);
}
