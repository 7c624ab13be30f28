using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO.Zarr;

/// <summary>The metadata of an OME-Zarr image, versions 0.1 to 0.5: axes, resolutions, micrometres.</summary>
internal sealed record OmeMultiscales
{
    public required string Version { get; init; }

    public required OmeAxis[] Axes { get; init; }

    public required OmeLevel[] Levels { get; init; }

    /// <summary>Whether the metadata call the image labels.</summary>
    public bool IsLabels { get; init; }

    public string[] ChannelNames { get; init; } = [];

    public string Letters => string.Concat(Axes.Select(a => a.Letter));

    /// <summary>The number of the resolution in a folder; null where it is none.</summary>
    public int? LevelOf(string name) => Array.FindIndex(Levels, l => l.Path == name) is int level and >= 0 ? level : null;

    /// <summary>The attributes of a group: <c>.zattrs</c>, or those in <c>zarr.json</c>; null where the folder holds no group.</summary>
    public static JsonObject? Attributes(string folder)
    {
        if (ZarrJson.Read(Path.Combine(folder, "zarr.json")) is { } third)
            return third.Text("node_type") == "group" ? third["attributes"] as JsonObject ?? [] : null;
        if (ZarrJson.Read(Path.Combine(folder, ".zattrs")) is { } second)
            return second;
        return File.Exists(Path.Combine(folder, ".zgroup")) ? [] : null;
    }

    /// <summary>Reads the first image of a group; null where its attributes name none.</summary>
    /// <exception cref="InvalidDataException">The metadata contradict themselves.</exception>
    public static OmeMultiscales? Read(string folder)
    {
        JsonObject? attributes = Attributes(folder);
        JsonObject? ome = attributes?["ome"] as JsonObject ?? attributes;
        if (ome?["multiscales"] is not JsonArray { Count: > 0 } list || list[0] is not JsonObject image)
            return null;
        string place = $"the multiscales of '{folder}'";
        if (image["datasets"] is not JsonArray { Count: > 0 } datasets)
            throw new InvalidDataException($"{place} name no datasets.");
        OmeAxis[] axes = image["axes"] switch
        {
            JsonArray named => [.. named.Select(axis => Axis(axis, place))],
            _ => [.. "TCZYX".Select(letter => new OmeAxis(letter, null))],                // 0.1 and 0.2 have these five
        };
        if (axes.Select(a => a.Letter).Distinct().Count() != axes.Length || !axes.Any(a => a.Letter == 'Y') || !axes.Any(a => a.Letter == 'X'))
            throw new InvalidDataException($"{place} must name y, x and each axis once; got {image["axes"]?.ToJsonString()}.");
        double[]? whole = Scale(image["coordinateTransformations"], axes.Length, place);
        return new OmeMultiscales
        {
            Version = ome.Text("version") ?? image.Text("version") ?? "without version",
            Axes = axes,
            Levels = [.. datasets.Select(d => Level(d, whole, axes.Length, place))],
            IsLabels = ome["image-label"] is JsonObject,
            ChannelNames = Channels(ome["omero"]?["channels"]),
        };
    }

    /// <summary>Voxel size and frame interval of one resolution.</summary>
    /// <remarks>A scale without a unit is taken for micrometres, which is what microscopes' writers mean; steps of exactly 1 say nothing.</remarks>
    public (VoxelSize Size, double? FrameIntervalS, bool IsUnitGuessed) Spacing(OmeLevel level)
    {
        bool isGuessed = false;
        bool isUnitless = Axes.All(a => a.Letter is 'T' or 'C' || a.Unit is null);
        bool saysNothing = level.Scale is null || (isUnitless && Levels[0].Scale is { } finest && Axes.Select((a, i) => a.Letter is 'T' or 'C' || finest[i] == 1).All(one => one));
        return (new VoxelSize(Length('Z'), Length('Y'), Length('X')), Interval(), isGuessed);

        double? Length(char letter)
        {
            int i = Array.FindIndex(Axes, a => a.Letter == letter);
            if (i < 0 || saysNothing)
                return null;
            isGuessed |= Axes[i].Unit is null;
            return LengthUnits.Times(level.Scale![i], Axes[i].Unit is { } unit ? LengthUnits.Micrometres(unit) : 1);
        }

        double? Interval()
        {
            int i = Array.FindIndex(Axes, a => a.Letter == 'T');
            return i < 0 || level.Scale is null ? null : LengthUnits.Times(level.Scale[i], LengthUnits.Seconds(Axes[i].Unit));
        }
    }

    private static OmeAxis Axis(JsonNode? node, string place)
    {
        string? name = node is JsonValue text && text.TryGetValue(out string? s) ? s : node.Text("name");     // 0.3 has plain names
        return name?.ToUpperInvariant() is { Length: 1 } letter && AxisOrder.Canonical.Contains(letter[0])
            ? new OmeAxis(letter[0], node.Text("unit"))
            : throw new NotSupportedException($"{place} name an axis '{name}'; t, c, z, y and x are read.");
    }

    private static OmeLevel Level(JsonNode? dataset, double[]? whole, int rank, string place)
    {
        string path = dataset.Text("path") ?? throw new InvalidDataException($"{place} have a dataset without path.");
        double[]? scale = Scale(dataset?["coordinateTransformations"], rank, place);
        if (scale is not null && whole is not null)
            scale = [.. scale.Zip(whole, (a, b) => a * b)];
        return new OmeLevel(path, scale ?? whole);
    }

    private static double[]? Scale(JsonNode? transformations, int rank, string place)
    {
        foreach (JsonNode? step in transformations as JsonArray ?? [])
        {
            if (step.Text("type") != "scale")
                continue;
            double[]? scale = ZarrJson.Numbers(step!["scale"]);
            if (scale is null || scale.Length != rank)
                throw new InvalidDataException($"{place} must scale {rank} axes; got {step["scale"]?.ToJsonString() ?? "nothing"}.");
            return scale;
        }
        return null;
    }

    private static string[] Channels(JsonNode? channels)
    {
        string[] names = [.. (channels as JsonArray ?? []).Select(c => c.Text("label") ?? "")];
        return names.All(n => n.Length == 0) ? [] : names;
    }
}
