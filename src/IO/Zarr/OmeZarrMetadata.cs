using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr.Codecs;

namespace Cellpose3D.IO.Zarr;

/// <summary>Writes the JSON of groups and arrays, Zarr version 2 and 3.</summary>
internal static class OmeZarrMetadata
{
    private const int GzipLevel = 5;
    private static readonly JsonSerializerOptions Style = new() { WriteIndented = true };

    /// <summary>The header of an array that is written here: little-endian, C order, chunks named by / between numbers.</summary>
    public static ZarrHeader Header(OmeZarrVersion version, int[] shape, int[] chunk, PixelType type, VolumeCompression compression) => new ZarrHeader
    {
        Version = version == OmeZarrVersion.V05 ? 3 : 2,
        Shape = shape,
        Chunk = chunk,
        Type = type,
        IsBigEndian = false,
        Fill = new byte[type.Bytes()],
        Order = [.. Enumerable.Range(0, shape.Length)],
        Decoders = compression switch
        {
            VolumeCompression.None => [],
            VolumeCompression.Gzip => [new DeflateFamilyCodec(isGzip: true)],
            _ => [new ZstdCodec()],
        },
        Separator = '/',
        Prefix = version == OmeZarrVersion.V05 ? "c" : "",
    }.Checked("the new store");

    /// <summary>Writes the metadata of an array.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="header">What they say.</param>
    /// <param name="letters">Names of the axes; null for none.</param>
    /// <param name="isBoolean">Whether bytes are truth values.</param>
    public static void WriteArray(string folder, ZarrHeader header, string? letters, bool isBoolean = false)
    {
        string? codec = header.Decoders is [var only] ? only.Name : null;
        if (header.Version == 2)
        {
            Write(Path.Combine(folder, ".zarray"), new JsonObject
            {
                ["zarr_format"] = 2,
                ["shape"] = Numbers(header.Shape),
                ["chunks"] = Numbers(header.Chunk),
                ["dtype"] = isBoolean ? "|b1" : Descr(header.Type),
                ["compressor"] = codec is null ? null : new JsonObject { ["id"] = codec, ["level"] = codec == "gzip" ? GzipLevel : ZstdCodec.DefaultLevel },
                ["fill_value"] = isBoolean ? false : 0,
                ["order"] = "C",
                ["filters"] = null,
                ["dimension_separator"] = "/",
            });
            return;
        }
        var codecs = new JsonArray(new JsonObject
        {
            ["name"] = "bytes",
            ["configuration"] = header.Type.Bytes() == 1 ? new JsonObject() : new JsonObject { ["endian"] = "little" },
        });
        if (codec is not null)
        {
            codecs.Add(new JsonObject
            {
                ["name"] = codec,
                ["configuration"] = codec == "gzip" ? new JsonObject { ["level"] = GzipLevel } : new JsonObject { ["level"] = ZstdCodec.DefaultLevel, ["checksum"] = false },
            });
        }
        var array = new JsonObject
        {
            ["zarr_format"] = 3,
            ["node_type"] = "array",
            ["shape"] = Numbers(header.Shape),
            ["data_type"] = isBoolean ? "bool" : header.Type.Name(),
            ["chunk_grid"] = new JsonObject { ["name"] = "regular", ["configuration"] = new JsonObject { ["chunk_shape"] = Numbers(header.Chunk) } },
            ["chunk_key_encoding"] = new JsonObject { ["name"] = "default", ["configuration"] = new JsonObject { ["separator"] = "/" } },
            ["fill_value"] = isBoolean ? false : 0,
            ["codecs"] = codecs,
            ["attributes"] = new JsonObject(),
        };
        if (letters is not null)
            array["dimension_names"] = new JsonArray([.. letters.Select(l => (JsonNode)char.ToLowerInvariant(l).ToString())]);
        Write(Path.Combine(folder, "zarr.json"), array);
    }

    public static void WriteGroup(string folder, OmeZarrVersion version, JsonObject attributes)
    {
        if (version == OmeZarrVersion.V05)
        {
            Write(Path.Combine(folder, "zarr.json"), new JsonObject { ["zarr_format"] = 3, ["node_type"] = "group", ["attributes"] = attributes.DeepClone() });
            return;
        }
        Write(Path.Combine(folder, ".zgroup"), new JsonObject { ["zarr_format"] = 2 });
        Write(Path.Combine(folder, ".zattrs"), attributes);
    }

    /// <summary>The attributes of an image or label group.</summary>
    /// <param name="version">Which OME-Zarr.</param>
    /// <param name="name">Of the image.</param>
    /// <param name="letters">Axes, slowest first.</param>
    /// <param name="factors">For each level, how many voxels of the finest one of its voxels spans along Z, Y and X.</param>
    /// <param name="options">Micrometres, seconds and names.</param>
    /// <param name="type">Element type.</param>
    /// <param name="isLabels">Whether the group is called labels; else levels are means.</param>
    /// <param name="isInsideImage">Whether labels lie inside the store of their image.</param>
    public static JsonObject Attributes(
        OmeZarrVersion version, string name, string letters, IReadOnlyList<(int Z, int Y, int X)> factors, VolumeWriteOptions options, PixelType type, bool isLabels, bool isInsideImage)
    {
        VoxelSize size = options.VoxelSizeUm;
        string number = version == OmeZarrVersion.V05 ? "0.5" : "0.4";
        var datasets = new JsonArray();
        for (int level = 0; level < factors.Count; level++)
        {
            (int fz, int fy, int fx) = factors[level];
            double[] scale = [.. letters.Select(l => l switch { 'T' => options.FrameIntervalS ?? 1, 'C' => 1, 'Z' => (size.Z ?? 1) * fz, 'Y' => (size.Y ?? 1) * fy, _ => (size.X ?? 1) * fx })];
            var steps = new JsonArray(new JsonObject { ["type"] = "scale", ["scale"] = Numbers(scale) });
            if (!isLabels && level > 0)
            {
                // a mean stands at the middle of the voxels it was made of
                double[] shift = [.. letters.Select(l => l switch { 'Z' => (size.Z ?? 1) * (fz - 1) / 2, 'Y' => (size.Y ?? 1) * (fy - 1) / 2, 'X' => (size.X ?? 1) * (fx - 1) / 2, _ => 0.0 })];
                steps.Add(new JsonObject { ["type"] = "translation", ["translation"] = Numbers(shift) });
            }
            datasets.Add(new JsonObject { ["path"] = level.ToString(System.Globalization.CultureInfo.InvariantCulture), ["coordinateTransformations"] = steps });
        }
        var image = new JsonObject
        {
            ["name"] = name,
            ["axes"] = new JsonArray([.. letters.Select(l => (JsonNode)Axis(l, options))]),
            ["datasets"] = datasets,
            ["type"] = isLabels ? "nearest" : "mean",
        };
        var ome = new JsonObject { ["multiscales"] = new JsonArray(image) };
        (version == OmeZarrVersion.V05 ? ome : image)["version"] = number;
        if (isLabels)
        {
            var label = new JsonObject();
            if (version == OmeZarrVersion.V04)
                label["version"] = number;
            if (isInsideImage)
                label["source"] = new JsonObject { ["image"] = "../../" };
            if (options.LabelDescriptions.Count > 0)
                Describe(label, options.LabelDescriptions);
            ome["image-label"] = label;
        }
        if (options.ChannelNames.Count > 0)
            ome["omero"] = Omero(options.ChannelNames, type);
        return version == OmeZarrVersion.V05 ? new JsonObject { ["ome"] = ome } : ome;
    }

    private static void Describe(JsonObject label, IReadOnlyList<LabelDescription> descriptions)
    {
        label["colors"] = new JsonArray([.. descriptions.Select(d => (JsonNode)new JsonObject
        {
            ["label-value"] = d.Label,
            ["rgba"] = new JsonArray((int)d.Color.R, (int)d.Color.G, (int)d.Color.B, (int)byte.MaxValue),
        })]);
        var properties = new JsonArray();
        foreach (LabelDescription description in descriptions)
        {
            var values = new JsonObject { ["label-value"] = description.Label };
            foreach ((string name, int value) in description.Properties)
                values[name] = value;
            properties.Add((JsonNode)values);
        }
        label["properties"] = properties;
    }

    /// <summary>NumPy's word for a little-endian type.</summary>
    private static string Descr(PixelType type)
    {
        char kind = type switch
        {
            PixelType.Float16 or PixelType.Float32 or PixelType.Float64 => 'f',
            PixelType.Int8 or PixelType.Int16 or PixelType.Int32 or PixelType.Int64 => 'i',
            _ => 'u',
        };
        return $"{(type.Bytes() == 1 ? '|' : '<')}{kind}{type.Bytes()}";
    }

    private static JsonObject Axis(char letter, VolumeWriteOptions options)
    {
        var axis = new JsonObject { ["name"] = char.ToLowerInvariant(letter).ToString(), ["type"] = letter switch { 'T' => "time", 'C' => "channel", _ => "space" } };
        bool isKnown = letter switch { 'T' => options.FrameIntervalS is not null, 'Z' => options.VoxelSizeUm.Z is not null, 'Y' => options.VoxelSizeUm.Y is not null, 'X' => options.VoxelSizeUm.X is not null, _ => false };
        if (isKnown)
            axis["unit"] = letter == 'T' ? "second" : "micrometer";
        return axis;
    }

    private static JsonObject Omero(IReadOnlyList<string> names, PixelType type)
    {
        double most = type switch { PixelType.UInt8 => byte.MaxValue, PixelType.UInt16 => ushort.MaxValue, PixelType.UInt32 => uint.MaxValue, _ => 1 };
        return new JsonObject
        {
            ["channels"] = new JsonArray([.. names.Select(n => (JsonNode)new JsonObject
            {
                ["label"] = n,
                ["color"] = "FFFFFF",
                ["active"] = true,
                ["window"] = new JsonObject { ["min"] = 0, ["max"] = most, ["start"] = 0, ["end"] = most },
            })]),
        };
    }

    private static JsonArray Numbers<T>(IEnumerable<T> values) => new([.. values.Select(v => (JsonNode?)JsonValue.Create(v))]);

    private static void Write(string path, JsonObject json) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Style) + "\n")));
}
