using System.Text.Json.Nodes;
using Cellpose3D.IO.Zarr.Codecs;

namespace Cellpose3D.IO.Zarr;

/// <summary>The metadata of an array of Zarr version 3: <c>zarr.json</c>.</summary>
internal static class ZarrHeader3
{
    public static ZarrHeader Parse(JsonObject json, string path)
    {
        if (json["zarr_format"].Integer() != 3)
            throw new InvalidDataException($"zarr_format of '{path}' must be 3; got {json["zarr_format"]?.ToJsonString() ?? "nothing"}.");
        int[] shape = ZarrJson.Lengths(json["shape"], "shape", path, 0);
        PixelType type = ElementType(json, path);
        if (json["chunk_grid"].Text("name") is var grid && grid != "regular")
            throw new NotSupportedException($"'{path}' is cut into chunks by '{grid}'; the regular grid is read.");
        int[] chunk = ZarrJson.Lengths(json["chunk_grid"]?["configuration"]?["chunk_shape"], "chunk_shape", path, 1);
        JsonArray codecs = json["codecs"] as JsonArray ?? throw new InvalidDataException($"'{path}' names no codecs.");
        if (json["storage_transformers"] is JsonArray { Count: > 0 })
            throw new NotSupportedException($"'{path}' has storage transformers, which are not read.");

        ZarrShards? shards = null;
        if (codecs is [JsonObject only] && only.Text("name") == "sharding_indexed")
        {
            (shards, chunk, codecs) = Shards(only["configuration"] as JsonObject ?? [], chunk, path);
        }
        Pipeline pipeline = Pipeline.Parse(codecs, shape.Length, type, path);
        string encoding = json["chunk_key_encoding"].Text("name") ?? "default";
        string separator = json["chunk_key_encoding"]?["configuration"].Text("separator") ?? (encoding == "v2" ? "." : "/");
        if (encoding is not ("default" or "v2") || separator is not ("." or "/"))
            throw new NotSupportedException($"'{path}' names chunks by '{encoding}' with '{separator}'; 'default' and 'v2' with . or / are read.");
        return new ZarrHeader
        {
            Version = 3,
            Shape = shape,
            Chunk = chunk,
            Type = type,
            IsBigEndian = pipeline.IsBigEndian,
            Fill = ZarrHeader.FillBytes(json["fill_value"], type, path),
            Order = pipeline.Order,
            Decoders = pipeline.Decoders,
            Separator = separator[0],
            Prefix = encoding == "default" ? "c" : "",
            Shards = shards,
            Names = json["dimension_names"] is JsonArray names ? [.. names.Select(n => n?.ToString() ?? "")] : null,
        }.Checked(path);
    }

    private static (ZarrShards Shards, int[] Chunk, JsonArray Codecs) Shards(JsonObject configuration, int[] shard, string path)
    {
        int[] inner = ZarrJson.Lengths(configuration["chunk_shape"], "chunk_shape of the shards", path, 1);
        if (inner.Length != shard.Length || inner.Where((length, i) => shard[i] % length != 0).Any())
            throw new InvalidDataException($"chunks [{string.Join(", ", inner)}] of '{path}' must divide its shards [{string.Join(", ", shard)}].");
        long chunks = 1;
        for (int i = 0; i < inner.Length; i++)
            chunks *= shard[i] / inner[i];
        if (chunks > 1 << 24)
            throw new NotSupportedException($"shards of '{path}' hold {chunks} chunks; up to {1 << 24} are read.");
        Pipeline index = Pipeline.Parse(configuration["index_codecs"] as JsonArray ?? [], inner.Length + 1, PixelType.UInt64, path);
        if (index.Decoders.Any(d => d is not Crc32cCodec))
            throw new NotSupportedException($"the index of the shards of '{path}' is packed by {index.Decoders[0].Name}; plain and crc32c are read.");
        string location = configuration.Text("index_location") ?? "end";
        if (location is not ("start" or "end"))
            throw new InvalidDataException($"index_location of '{path}' must be start or end; got '{location}'.");
        return (new ZarrShards(shard, index.Decoders, (int)(chunks * 16) + (index.Decoders.Length * 4), location == "end", index.IsBigEndian),
            inner, configuration["codecs"] as JsonArray ?? throw new InvalidDataException($"the shards of '{path}' name no codecs."));
    }

    private static PixelType ElementType(JsonObject json, string path) => json.Text("data_type") switch
    {
        "bool" or "uint8" => PixelType.UInt8,
        "int8" => PixelType.Int8,
        "uint16" => PixelType.UInt16,
        "int16" => PixelType.Int16,
        "uint32" => PixelType.UInt32,
        "int32" => PixelType.Int32,
        "uint64" => PixelType.UInt64,
        "int64" => PixelType.Int64,
        "float16" => PixelType.Float16,
        "float32" => PixelType.Float32,
        "float64" => PixelType.Float64,
        _ => throw new NotSupportedException($"'{path}' holds values of type {json["data_type"]?.ToJsonString() ?? "unknown"}; plain integers, floats and booleans are read."),
    };

    /// <summary>Array to array (transpose), array to bytes (one), bytes to bytes.</summary>
    private sealed record Pipeline(int[] Order, bool IsBigEndian, ZarrCodec[] Decoders)
    {
        public static Pipeline Parse(JsonArray codecs, int rank, PixelType type, string path)
        {
            int[] order = [.. Enumerable.Range(0, rank)];
            bool? isBigEndian = null;
            var decoders = new List<ZarrCodec>();
            foreach (JsonNode? node in codecs)
            {
                JsonNode? configuration = node?["configuration"];
                switch (node.Text("name"))
                {
                    case "transpose":
                        int[] turn = ZarrJson.Lengths(configuration?["order"], "order of transpose", path, 0);
                        if (!turn.Order().SequenceEqual(order.Order()))
                            throw new InvalidDataException($"order of transpose in '{path}' must name axes 0 to {rank - 1} once; got [{string.Join(", ", turn)}].");
                        order = [.. turn.Select(axis => order[axis])];
                        break;
                    case "bytes" or "endian":
                        isBigEndian = configuration.Text("endian") == "big";
                        break;
                    case "gzip": decoders.Add(new DeflateFamilyCodec(isGzip: true)); break;
                    case "zlib" or "numcodecs.zlib": decoders.Add(new DeflateFamilyCodec(isGzip: false)); break;
                    case "zstd" or "numcodecs.zstd": decoders.Add(new ZstdCodec()); break;
                    case "blosc" or "numcodecs.blosc": decoders.Add(new BloscCodec()); break;
                    case "lz4" or "numcodecs.lz4": decoders.Add(new Lz4Codec()); break;
                    case "crc32c": decoders.Add(new Crc32cCodec()); break;
                    case "numcodecs.shuffle": decoders.Add(new ShuffleCodec(Math.Max(1, configuration?["elementsize"].Integer() ?? type.Bytes()))); break;
                    case var other: throw new NotSupportedException($"'{path}' is packed by '{other}'; bytes, transpose, blosc, gzip, zlib, zstd, lz4, crc32c and sharding_indexed are read.");
                }
            }
            if (isBigEndian is null)
                throw new InvalidDataException($"'{path}' must name the codec 'bytes'; got {codecs.ToJsonString()}.");
            decoders.Reverse();
            return new Pipeline(order, isBigEndian.Value, [.. decoders]);
        }
    }
}
