using System.Text.Json.Nodes;
using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Zarr.Codecs;

namespace Cellpose3D.IO.Zarr;

/// <summary>The metadata of an array of Zarr version 2: <c>.zarray</c>.</summary>
internal static class ZarrHeader2
{
    public static ZarrHeader Parse(JsonObject json, string path, JsonObject? attributes)
    {
        if (json["zarr_format"].Integer() != 2)
            throw new InvalidDataException($"zarr_format of '{path}' must be 2; got {json["zarr_format"]?.ToJsonString() ?? "nothing"}.");
        string descr = json.Text("dtype") ?? throw new NotSupportedException($"'{path}' holds values of type {json["dtype"]?.ToJsonString() ?? "unknown"}; plain integers, floats and booleans are read.");
        int[] shape = ZarrJson.Lengths(json["shape"], "shape", path, 0);
        PixelType type = NpyFile.ElementType(new NpyHeader(descr, false, shape), path);
        var decoders = new List<ZarrCodec>();
        if (json["compressor"] is JsonObject compressor)
            decoders.Add(Codec(compressor, path));
        foreach (JsonNode? filter in (json["filters"] as JsonArray ?? []).Reverse())
            decoders.Add(Codec(filter as JsonObject ?? [], path));
        string separator = json.Text("dimension_separator") ?? ".";
        bool isFortran = json.Text("order") == "F";
        return new ZarrHeader
        {
            Version = 2,
            Shape = shape,
            Chunk = ZarrJson.Lengths(json["chunks"], "chunks", path, 1),
            Type = type,
            IsBigEndian = descr[0] == '>',
            Fill = ZarrHeader.FillBytes(json["fill_value"], type, path),
            Order = [.. isFortran ? Enumerable.Range(0, shape.Length).Reverse() : Enumerable.Range(0, shape.Length)],
            Decoders = [.. decoders],
            Separator = separator is "." or "/" ? separator[0] : throw new InvalidDataException($"dimension_separator of '{path}' must be . or /; got '{separator}'."),
            Names = attributes?["_ARRAY_DIMENSIONS"] is JsonArray names ? [.. names.Select(n => n?.ToString() ?? "")] : null,
        }.Checked(path);
    }

    private static ZarrCodec Codec(JsonObject json, string path) => json.Text("id") switch
    {
        "gzip" => new DeflateFamilyCodec(isGzip: true),
        "zlib" => new DeflateFamilyCodec(isGzip: false),
        "zstd" => new ZstdCodec(),
        "lz4" => new Lz4Codec(),
        "blosc" => new BloscCodec(),
        "crc32c" => new Crc32cCodec(),
        "shuffle" => new ShuffleCodec(Math.Max(1, json["elementsize"].Integer() ?? 4)),
        var other => throw new NotSupportedException($"'{path}' is packed by '{other}'; blosc, gzip, zlib, zstd, lz4, shuffle and crc32c are read."),
    };
}
