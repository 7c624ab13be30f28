using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Reporting;

/// <summary>What is said about an image file, topic by topic, as text and as JSON.</summary>
internal static class ImageFacts
{
    private const int MostListed = 20;

    /// <summary>Axes, lengths, type, voxel size, layout.</summary>
    public static IEnumerable<(string Topic, JsonNode? Value, string Text)> Of(ImageInfo info)
    {
        yield return ("format", info.Format, info.Format);
        yield return ("axes", info.Axes, $"{info.Axes} ({info.AxesSource})");
        yield return ("shape", new JsonArray([.. info.Shape.Select(l => (JsonNode)l)]), Sizes(info));
        string type = info.PixelType.ToString().ToLowerInvariant();
        yield return ("pixel type", type, type);
        VoxelSize v = info.VoxelSizeUm;
        yield return ("voxel size um", new JsonArray([v.Z, v.Y, v.X]), Voxel(v));
        yield return ("anisotropy", v.Anisotropy, Number(v.Anisotropy));
        if (info.FrameIntervalS is { } seconds)
            yield return ("frame interval s", seconds, Number(seconds));
        if (info.ChannelNames.Count > 0)
            yield return ("channels", new JsonArray([.. info.ChannelNames.Select(n => (JsonNode)n)]), string.Join(", ", info.ChannelNames));
        string layout = string.Create(CultureInfo.InvariantCulture, $"{info.Compression}, {info.Pages} page{(info.Pages == 1 ? "" : "s")}{(info.IsTiled ? ", tiled" : "")}{(info.IsBigTiff ? ", BigTIFF" : "")}");
        yield return ("layout", layout, layout);
    }

    /// <summary>The same, and chunks, resolutions and arrays.</summary>
    public static IEnumerable<(string Topic, JsonNode? Value, string Text)> Of(VolumeReader volume)
    {
        VolumeDescription d = volume.Description;
        foreach ((string topic, JsonNode? value, string text) in Of(d.Image))
        {
            if (topic != "layout")
                yield return (topic, value, text);
        }
        yield return ("compression", d.Image.Compression, d.Image.Compression);
        if (d.Dataset.Length > 0)
            yield return ("dataset", d.Dataset, d.Dataset);
        yield return ("labels", d.IsLabels, d.IsLabels ? "yes" : "no");
        yield return ("chunks", Lengths(d.Chunk), d.Chunk.ToString());
        if (volume.CountChunks() is { } count)
        {
            string stored = string.Create(CultureInfo.InvariantCulture, $"{count.Stored} of {count.All}{(count.Stored < count.All ? "; the others hold the fill value" : "")}");
            yield return ("chunks stored", new JsonArray(count.Stored, count.All), stored);
        }
        if (d.Levels.Count > 0)
        {
            yield return ("levels", new JsonArray([.. d.Levels.Select(l => (JsonNode)new JsonObject
            {
                ["path"] = l.Path, ["shape"] = Lengths(l.Shape), ["voxel_size_um"] = new JsonArray([l.VoxelSizeUm.Z, l.VoxelSizeUm.Y, l.VoxelSizeUm.X]),
            })]), string.Join("; ", d.Levels.Select(l => $"{l.Path}: {l.Shape}")));
        }
        if (d.Datasets.Count > 0)
        {
            yield return ("datasets", new JsonArray([.. d.Datasets.Select(s => (JsonNode)new JsonObject
            {
                ["path"] = s.Path, ["shape"] = new JsonArray([.. s.Shape.Select(l => (JsonNode)l)]), ["type"] = s.Type,
            })]), string.Join("; ", d.Datasets.Take(MostListed).Select(s => $"{s.Path} {(s.Shape.Count == 0 ? "" : $"[{string.Join(", ", s.Shape)}] ")}{s.Type}")));
        }
    }

    /// <summary>Axes with their lengths.</summary>
    public static string Sizes(ImageInfo info) =>
        string.Join(" x ", info.Axes.Zip(info.Shape, (a, l) => string.Create(CultureInfo.InvariantCulture, $"{a} {l}")));

    /// <summary>Voxel size in words.</summary>
    public static string Voxel(VoxelSize v) => $"z {Number(v.Z)}, y {Number(v.Y)}, x {Number(v.X)}";

    private static JsonArray Lengths(VolumeShape shape) => new(shape.Z, shape.Y, shape.X);

    private static string Number(double? value) => value is { } v ? v.ToString("g6", CultureInfo.InvariantCulture) : "unknown";
}
