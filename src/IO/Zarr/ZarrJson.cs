using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cellpose3D.IO.Zarr;

/// <summary>Reads the JSON of a store and says where a value is not what it must be.</summary>
internal static class ZarrJson
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The object in a file; null where there is no such file.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, or no object.</exception>
    public static JsonObject? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            string text = File.ReadAllText(path);
            return JsonNode.Parse(text.Replace(": NaN", ": \"NaN\"", StringComparison.Ordinal), documentOptions: Lenient) as JsonObject    // Python writes NaN bare
                ?? throw new InvalidDataException($"'{path}' must hold one JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not readable as JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public static string? Text(this JsonNode? node, string key) =>
        node is JsonObject o && o[key] is JsonValue v && v.TryGetValue(out string? text) ? text : null;

    public static int? Integer(this JsonNode? node) =>
        node is JsonValue v && Number(v) is { } n && n == Math.Floor(n) && Math.Abs(n) <= int.MaxValue ? (int)n : null;

    public static double? Number(this JsonNode? node) => node switch
    {
        JsonValue v when v.TryGetValue(out double d) => d,
        JsonValue v when v.TryGetValue(out long l) => l,                 // nodes made in memory keep their own type
        JsonValue v when v.TryGetValue(out int i) => i,
        JsonValue v when v.TryGetValue(out string? s) && double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) => d,
        _ => null,
    };

    /// <summary>An array of whole numbers of 0 or more.</summary>
    /// <exception cref="InvalidDataException">It is not there or holds something else.</exception>
    public static int[] Lengths(JsonNode? node, string what, string path, int least)
    {
        if (node is not JsonArray array)
            throw new InvalidDataException($"{what} of '{path}' must be a list of lengths; got {node?.ToJsonString() ?? "nothing"}.");
        return [.. array.Select(n => n.Integer() is { } length && length >= least ? length
            : throw new InvalidDataException($"{what} of '{path}' must be whole numbers from {least} to 2,147,483,647; got {array.ToJsonString()}."))];
    }

    public static double[]? Numbers(JsonNode? node) =>
        node is JsonArray array && array.All(n => n.Number() is not null) ? [.. array.Select(n => n.Number()!.Value)] : null;
}
