using System.Text.Json.Nodes;
using Cellpose3D.IO.Zarr.Codecs;

namespace Cellpose3D.IO.Zarr;

/// <summary>What the metadata of one array say, whichever version wrote them.</summary>
internal sealed record ZarrHeader
{
    /// <summary>2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>Lengths of the axes, slowest first.</summary>
    public required int[] Shape { get; init; }

    /// <summary>Lengths of the pieces that are decoded at once: of the inner chunks where they lie in shards.</summary>
    public required int[] Chunk { get; init; }

    public required PixelType Type { get; init; }

    public required bool IsBigEndian { get; init; }

    /// <summary>One sample, native byte order: what chunks without a file hold.</summary>
    public required byte[] Fill { get; init; }

    /// <summary>For each axis of a stored chunk, slowest first, the axis of the array it is.</summary>
    public required int[] Order { get; init; }

    /// <summary>From stored bytes to plain ones: the last one written comes first.</summary>
    public required ZarrCodec[] Decoders { get; init; }

    /// <summary>Between the numbers of a chunk's name.</summary>
    public required char Separator { get; init; }

    /// <summary>Before those numbers, or empty.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>How chunks lie together in files; null where each has its own.</summary>
    public ZarrShards? Shards { get; init; }

    /// <summary>Names of the axes where the metadata of the array give them; null elsewhere.</summary>
    public string[]? Names { get; init; }

    public string Compression => Decoders.Where(d => d is not Crc32cCodec).Select(d => d.Name).DefaultIfEmpty("none").Aggregate((a, b) => $"{b} + {a}");

    /// <summary>Reads the header of the array in a folder; null where the folder holds none.</summary>
    /// <exception cref="InvalidDataException">The metadata are damaged.</exception>
    /// <exception cref="NotSupportedException">A type, filter or codec that is not read.</exception>
    public static ZarrHeader? Read(string folder)
    {
        string third = Path.Combine(folder, "zarr.json"), second = Path.Combine(folder, ".zarray");
        if (ZarrJson.Read(third) is { } v3)
            return v3.Text("node_type") == "array" ? ZarrHeader3.Parse(v3, third) : null;
        return ZarrJson.Read(second) is { } v2 ? ZarrHeader2.Parse(v2, second, ZarrJson.Read(Path.Combine(folder, ".zattrs"))) : null;
    }

    /// <summary>Checks what both versions must fulfil.</summary>
    public ZarrHeader Checked(string path)
    {
        if (Shape.Length == 0 || Chunk.Length != Shape.Length)
            throw new InvalidDataException($"shape and chunks of '{path}' must have as many axes; got [{string.Join(", ", Shape)}] and [{string.Join(", ", Chunk)}].");
        UInt128 bytes = (UInt128)Type.Bytes();
        foreach (int length in Chunk)
            bytes *= (uint)length;
        if (bytes > 1 << 30)
            throw new NotSupportedException($"chunks [{string.Join(", ", Chunk)}] of '{path}' hold {bytes} bytes each; up to {1 << 30} are read.");
        return this;
    }

    /// <summary>One sample of a fill value.</summary>
    public static byte[] FillBytes(JsonNode? value, PixelType type, string path)
    {
        if (value is null)
            return new byte[type.Bytes()];
        double number;
        if (value is JsonValue v && v.TryGetValue(out bool flag))
        {
            number = flag ? 1 : 0;
        }
        else if (value is JsonValue text && text.TryGetValue(out string? s) && s is "NaN" or "Infinity" or "-Infinity")
        {
            number = s == "NaN" ? double.NaN : s == "Infinity" ? double.PositiveInfinity : double.NegativeInfinity;
        }
        else if (value is JsonValue hex && hex.TryGetValue(out string? bits) && bits.StartsWith("0x", StringComparison.Ordinal) && bits.Length == 2 + (2 * type.Bytes()))
        {
            byte[] pattern = Convert.FromHexString(bits.AsSpan(2));
            if (BitConverter.IsLittleEndian)
                Array.Reverse(pattern);
            return pattern;
        }
        else
        {
            number = value.Number() ?? throw new InvalidDataException($"the fill value of '{path}' must be a number; got {value.ToJsonString()}.");
        }
        return type switch
        {
            PixelType.UInt8 => [byte.CreateSaturating(number)],
            PixelType.Int8 => [(byte)sbyte.CreateSaturating(number)],
            PixelType.UInt16 => BitConverter.GetBytes(ushort.CreateSaturating(number)),
            PixelType.Int16 => BitConverter.GetBytes(short.CreateSaturating(number)),
            PixelType.UInt32 => BitConverter.GetBytes(uint.CreateSaturating(number)),
            PixelType.Int32 => BitConverter.GetBytes(int.CreateSaturating(number)),
            PixelType.UInt64 => BitConverter.GetBytes(ulong.CreateSaturating(number)),
            PixelType.Int64 => BitConverter.GetBytes(long.CreateSaturating(number)),
            PixelType.Float16 => BitConverter.GetBytes((Half)number),
            PixelType.Float32 => BitConverter.GetBytes((float)number),
            _ => BitConverter.GetBytes(number),
        };
    }
}
