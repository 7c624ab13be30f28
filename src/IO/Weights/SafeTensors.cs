using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Cellpose3D.Core2D.Network;

namespace Cellpose3D.IO.Weights;

/// <summary>Reads and writes safetensors: a JSON header of names, types, shapes and offsets, then the numbers.</summary>
/// <remarks>Format: the README of the safetensors project. Numbers are little-endian, C order, without gaps.</remarks>
public static class SafeTensors
{
    /// <summary>The longest header the format allows, in bytes.</summary>
    public const int LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>Whether a file may be safetensors, from its first 9 bytes or more.</summary>
    /// <param name="first">The file's first bytes.</param>
    /// <param name="length">The file's length.</param>
    internal static bool Matches(ReadOnlySpan<byte> first, long length) =>
        first.Length > 8 && first[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(first) is >= 2 and <= LongestHeader and var n && n <= (ulong)length - 8;

    /// <summary>Reads every tensor.</summary>
    /// <param name="stream">Seekable, at the first byte; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <returns>Tensors in the header's order, and the metadata's strings; owned.</returns>
    /// <exception cref="InvalidDataException">Not safetensors, or its header and its length disagree.</exception>
    /// <exception cref="NotSupportedException">An element type this program has no use for, or a tensor above 2 GB.</exception>
    public static StateDict Read(Stream stream, string name)
    {
        byte[] start = new byte[9];
        int got = stream.ReadAtLeast(start, 9, throwOnEndOfStream: false);
        if (!Matches(start.AsSpan(0, got), stream.Length))
            throw new InvalidDataException($"'{name}' is not safetensors: its first 8 bytes must be the length of a JSON header that follows.");
        byte[] header = new byte[BinaryPrimitives.ReadInt64LittleEndian(start)];
        stream.Position = 8;
        stream.ReadExactly(header);
        long data = stream.Length - stream.Position;

        var metadata = new Dictionary<string, string>();
        var entries = new List<Entry>();
        try
        {
            using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    foreach (JsonProperty pair in property.Value.EnumerateObject())
                        metadata[pair.Name] = pair.Value.GetString() ?? "";
                }
                else
                {
                    entries.Add(Entry.Parse(property, name));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{name}': the safetensors header is damaged: {e.Message}", e);
        }
        CheckLayout(entries, data, name);

        long first = stream.Position;
        var tensors = new List<WeightTensor>(entries.Count);
        foreach (Entry entry in entries)
        {
            byte[] bytes = new byte[entry.End - entry.Begin];
            stream.Position = first + entry.Begin;
            stream.ReadExactly(bytes);
            tensors.Add(new WeightTensor(entry.Name, entry.Type, entry.Shape, bytes));
        }
        return new StateDict(tensors, metadata);
    }

    /// <summary>Writes every tensor as it is.</summary>
    /// <param name="stream">Receives the file; borrowed.</param>
    /// <param name="dict">Tensors and metadata; borrowed.</param>
    /// <exception cref="ArgumentException">Two tensors of one name, or one whose bytes do not fit its shape.</exception>
    public static void Write(Stream stream, StateDict dict)
    {
        // Wide types first, so that every number lies on a multiple of its size.
        WeightTensor[] stored = [.. dict.Tensors.OrderByDescending(t => WeightTensor.SizeOf(t.Type))];
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        long end = 0;
        foreach (WeightTensor tensor in stored)
        {
            if (tensor.Name == MetadataKey || !begins.TryAdd(tensor.Name, end))
                throw new ArgumentException($"a tensor's name must be its own; got '{tensor.Name}' twice or reserved.", nameof(dict));
            if (tensor.Shape.Aggregate(1L, (n, axis) => n * axis) * WeightTensor.SizeOf(tensor.Type) != tensor.Bytes.Length)
                throw new ArgumentException($"tensor '{tensor.Name}' of [{string.Join(", ", tensor.Shape)}] {tensor.Type} has {tensor.Bytes.Length} bytes.", nameof(dict));
            end += tensor.Bytes.Length;
        }

        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (dict.Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (KeyValuePair<string, string> pair in dict.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                    json.WriteString(pair.Key, pair.Value);
                json.WriteEndObject();
            }
            foreach (WeightTensor tensor in dict.Tensors)
                Entry.Write(json, tensor, begins[tensor.Name]);
            json.WriteEndObject();
        }
        int padding = (int)(-header.Length & 7);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        stream.Write(length);
        stream.Write(header.GetBuffer(), 0, (int)header.Length);
        stream.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        foreach (WeightTensor tensor in stored)
            stream.Write(tensor.Bytes);
    }

    private static void CheckLayout(List<Entry> entries, long data, string name)
    {
        if (entries.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"'{name}' has two tensors named '{twice.Key}'.");
        long at = 0;
        foreach (Entry entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != at)
                throw new InvalidDataException($"'{name}': tensor '{entry.Name}' must start at byte {at} of the data; got {entry.Begin}.");
            at = entry.End;
        }
        if (at != data)
            throw new InvalidDataException($"'{name}' must have {at} bytes of data, as its header says; got {data}.");
    }

    private sealed record Entry(string Name, WeightType Type, int[] Shape, long Begin, long End)
    {
        private static readonly (string Code, WeightType Type)[] Codes =
        [
            ("F32", WeightType.Float32), ("F16", WeightType.Float16), ("BF16", WeightType.BFloat16), ("F64", WeightType.Float64),
            ("I64", WeightType.Int64), ("I32", WeightType.Int32), ("U8", WeightType.UInt8), ("BOOL", WeightType.Bool),
        ];

        public static Entry Parse(JsonProperty property, string file)
        {
            string name = Pickle.PickleReader.Printable(property.Name);
            string code = property.Value.GetProperty("dtype").GetString() ?? "";
            int at = Array.FindIndex(Codes, c => c.Code == code);
            if (at < 0)
                throw new NotSupportedException($"'{file}': tensor '{name}' holds {Pickle.PickleReader.Printable(code)} values; {string.Join(", ", Codes.Select(c => c.Code))} are read.");
            WeightType type = Codes[at].Type;
            int[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(a => a.GetInt32())];
            JsonElement offsets = property.Value.GetProperty("data_offsets");
            long begin = 0, end = -1;
            if (offsets.GetArrayLength() == 2)
                (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
            Int128 bytes = WeightTensor.SizeOf(type);
            foreach (int axis in shape)
                bytes = axis < 0 ? -1 : Int128.Min(bytes * axis, long.MaxValue);
            if (shape.Length > 32 || begin < 0 || end < begin || bytes != end - begin)
                throw new InvalidDataException($"'{file}': tensor '{name}' of [{string.Join(", ", shape.Take(32))}] {code} does not fit its data_offsets {Pickle.PickleReader.Printable(offsets.GetRawText())}.");
            if (bytes > Array.MaxLength)
                throw new NotSupportedException($"'{file}': tensor '{name}' has {bytes} bytes; at most {Array.MaxLength} are read.");
            return new Entry(property.Name, type, shape, begin, end);
        }

        public static void Write(Utf8JsonWriter json, WeightTensor tensor, long begin)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", Codes[Array.FindIndex(Codes, c => c.Type == tensor.Type)].Code);
            json.WriteStartArray("shape");
            foreach (int axis in tensor.Shape)
                json.WriteNumberValue(axis);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(begin);
            json.WriteNumberValue(begin + tensor.Bytes.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
