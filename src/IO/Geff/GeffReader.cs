using System.Text.Json.Nodes;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Geff;

/// <summary>Reads one graph.</summary>
internal sealed class GeffReader
{
    /// <summary>Where this program's own facts lie in <c>extra</c>.</summary>
    public const string Ours = "cellpose3d";

    private readonly string _path;
    private readonly JsonObject _geff;
    private readonly long[] _ids;

    private GeffReader(string path, JsonObject geff)
    {
        (_path, _geff) = (path, geff);
        _ids = ZarrColumns.Integers(Path.Combine(path, "nodes", "ids"));
    }

    public static TrackedMovie Read(string path)
    {
        if (OmeMultiscales.Attributes(path)?["geff"] is not JsonObject geff)
            throw new InvalidDataException($"'{path}' is no GEFF: its attributes have no 'geff'.");
        if (geff["directed"] is JsonValue directed && directed.TryGetValue(out bool isDirected) && !isDirected)
            throw new NotSupportedException($"links of '{path}' have no direction; tracks need one.");
        return new GeffReader(path, geff).Read();
    }

    private TrackedMovie Read()
    {
        JsonObject ours = (_geff["extra"] as JsonObject)?[Ours] as JsonObject ?? [];
        double[] spacingNumbers = ZarrJson.Numbers(ours["spacing_um"]) is { Length: 3 } given ? given : [1, 1, 1];
        var spacing = new SpacingUm(spacingNumbers[0], spacingNumbers[1], spacingNumbers[2]);
        try
        {
            spacing.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"'{_path}': spacing must be three lengths above 0; got [{string.Join(", ", spacingNumbers)}].", e);
        }
        (string time, string[] space, double? frameSeconds) = Axes();
        bool isVolume = space.Length == 3;
        long[] frames = ZarrColumns.Integers(Values("nodes", time));
        RequireRows(frames.Length, _ids.Length, time);
        double[][] places = Array.ConvertAll(space, Numbers);
        double[]? radii = _geff.Text("sphere") is { } sphere ? Optional("nodes", sphere) : null;
        double[]? sizes = Optional("nodes", isVolume ? "volume" : "area");
        double[]? intensities = Optional("nodes", "intensity");
        long[]? labels = SegmentName() is { } name && HasProperty(name) ? Required(name) : null;
        long[]? tracks = (_geff["track_node_props"] as JsonObject).Text("tracklet") is { } tracklet && HasProperty(tracklet) ? Required(tracklet) : null;
        double voxel = isVolume ? spacing.Volume : spacing.Y * spacing.X;
        var cells = new GraphCell[_ids.Length];
        int shift = tracks is not null && Array.Exists(tracks, t => t == 0) ? 1 : 0;         // some programs count tracks from 0
        for (int n = 0; n < cells.Length; n++)
        {
            cells[n] = new GraphCell(_ids[n], new Detection
            {
                Frame = Whole(frames[n], "a frame"),
                Label = labels is null ? 0 : Whole(labels[n], "a label"),
                Centroid = new PointUm(isVolume ? places[0][n] : 0, places[^2][n], places[^1][n]),
                DiameterUm = radii is null || double.IsNaN(radii[n]) ? 0 : (float)(2 * radii[n]),
                Size = sizes is null || !(sizes[n] >= 0) ? 0 : (long)Math.Round(Math.Min(sizes[n] / voxel, int.MaxValue)),
                Intensity = intensities is null ? float.NaN : (float)intensities[n],
            }, tracks is null ? 0 : Whole(tracks[n] + shift, "a track number"));
        }
        TrackingSolution solution = SolutionFromGraph.Build(cells, Links(), $"'{_path}'", ours["frame_count"].Integer() ?? 0, Pins(ours["pins"] as JsonArray ?? []));
        int?[] shape = [.. (ours["shape"] as JsonArray ?? []).Select(l => l.Integer())];
        return new TrackedMovie
        {
            Solution = solution,
            Spacing = spacing,
            FrameSeconds = LengthUnits.Times(ours["frame_interval_s"].Number() ?? 0, 1) ?? frameSeconds,
            Shape = shape.Length is 2 or 3 && shape.All(l => l > 0) ? [.. shape.Select(l => l!.Value)] : [],
            ImageName = ours.Text("image") ?? "",
        };
    }

    /// <summary>Names of the properties that hold time and place; the interval where the time axis gives it.</summary>
    private (string Time, string[] Space, double? FrameSeconds) Axes()
    {
        JsonObject[] axes = [.. (_geff["axes"] as JsonArray ?? []).OfType<JsonObject>()];
        if (axes.Length == 0)
        {
            return HasProperty("t") && HasProperty("y") && HasProperty("x") ? ("t", HasProperty("z") ? ["z", "y", "x"] : ["y", "x"], null)
                : throw new InvalidDataException($"'{_path}' must name its axes, or have node properties t, y and x.");
        }
        JsonObject? time = Array.Find(axes, a => a.Text("type") == "time") ?? Array.Find(axes, a => a.Text("name") == "t");
        string[] space = [.. axes.Where(a => a != time && a.Text("type") is "space" or null && a != time).Select(a => a.Text("name") ?? "")];
        if (time?.Text("name") is not { } timeName || space.Length is not (2 or 3))
            throw new InvalidDataException($"'{_path}' must have one axis of time and two or three of space; got {_geff["axes"]!.ToJsonString()}.");
        double? seconds = time["scale"].Number() is { } scale ? LengthUnits.Times(scale, LengthUnits.Seconds(time.Text("scaled_unit"))) : null;
        return (timeName, space, seconds);
    }

    /// <summary>A coordinate in micrometres where the axis knows its unit, else as it is.</summary>
    private double[] Numbers(string axisName)
    {
        double[] values = ZarrColumns.Numbers(Values("nodes", axisName));
        RequireRows(values.Length, _ids.Length, axisName);
        RequireNoneMissing(axisName);
        JsonObject? axis = (_geff["axes"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(a => a.Text("name") == axisName);
        double factor = 1, offset = 0;
        if (LengthUnits.Micrometres(axis?.Text("unit")) is { } unit)
            factor = unit;
        else if (LengthUnits.Micrometres(axis?.Text("scaled_unit")) is { } scaled)
            (factor, offset) = ((axis!["scale"].Number() ?? 1) * scaled, (axis["offset"].Number() ?? 0) * scaled);
        return factor == 1 && offset == 0 ? values : Array.ConvertAll(values, v => v * factor + offset);
    }

    private GraphLink[] Links()
    {
        long[] pairs = ZarrColumns.Integers(Path.Combine(_path, "edges", "ids"), columns: 2);
        int count = pairs.Length / 2;
        double[]? probabilities = Optional("edges", "probability", count), margins = Optional("edges", "margin", count);
        var links = new GraphLink[count];
        for (int n = 0; n < count; n++)
            links[n] = new GraphLink(pairs[2 * n], pairs[2 * n + 1], (float)(probabilities?[n] ?? double.NaN), (float)(margins?[n] ?? double.NaN));
        return links;
    }

    private GraphPin[] Pins(JsonArray pins) => [.. pins.Select(pin =>
        pin?["source"].Integer() is { } source && pin["target"].Integer() is { } target && pin["accept"] is JsonValue accept && accept.TryGetValue(out bool accepts)
            ? new GraphPin(source, target, accepts)
            : throw new InvalidDataException($"'{_path}': a pin must name two cells and whether their link is accepted; got {pin?.ToJsonString() ?? "nothing"}."))];

    /// <summary>The property that holds a mask's label in its frame.</summary>
    private string? SegmentName()
    {
        foreach (JsonObject related in (_geff["related_objects"] as JsonArray ?? []).OfType<JsonObject>().Where(o => o.Text("type") == "labels"))
        {
            if ((related.Text("node_prop") ?? related.Text("label_prop")) is { } name && name != (_geff["track_node_props"] as JsonObject).Text("tracklet"))
                return name;
        }
        return "seg_id";
    }

    private bool HasProperty(string name) => Directory.Exists(Values("nodes", name));

    private string Values(string owner, string property) => Path.Combine(_path, owner, "props", property, "values");

    private long[] Required(string property)
    {
        long[] values = ZarrColumns.Integers(Values("nodes", property));
        RequireRows(values.Length, _ids.Length, property);
        RequireNoneMissing(property);
        return values;
    }

    private double[]? Optional(string owner, string property, int? rows = null)
    {
        string folder = Values(owner, property);
        if (!Directory.Exists(folder))
            return null;
        double[] values = ZarrColumns.Numbers(folder);
        RequireRows(values.Length, rows ?? _ids.Length, property);
        string missing = Path.Combine(_path, owner, "props", property, "missing");
        if (Directory.Exists(missing))
        {
            double[] flags = ZarrColumns.Numbers(missing);
            RequireRows(flags.Length, values.Length, property);
            for (int n = 0; n < flags.Length; n++)
                values[n] = flags[n] != 0 ? double.NaN : values[n];
        }
        return values;
    }

    private void RequireNoneMissing(string property)
    {
        string missing = Path.Combine(_path, "nodes", "props", property, "missing");
        if (Directory.Exists(missing) && Array.Exists(ZarrColumns.Numbers(missing), f => f != 0))
            throw new InvalidDataException($"'{_path}': every node must have '{property}'; some lack it.");
    }

    private void RequireRows(int got, int rows, string property)
    {
        if (got != rows)
            throw new InvalidDataException($"'{_path}': '{property}' must have {rows} values; it has {got}.");
    }

    private int Whole(long value, string what) =>
        value is >= 0 and <= int.MaxValue ? (int)value : throw new InvalidDataException($"'{_path}': {what} must be 0 to {int.MaxValue}; got {value}.");
}
