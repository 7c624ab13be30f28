using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Edits as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EditCommand))]
[JsonSerializable(typeof(EditResult))]
public sealed partial class EditJson : JsonSerializerContext
{
    /// <summary>A command as one line.</summary>
    /// <param name="command">The command.</param>
    public static string Write(EditCommand command) => JsonSerializer.Serialize(command, Default.EditCommand);

    /// <summary>What an edit changed, as one line.</summary>
    /// <param name="result">The result.</param>
    public static string Write(EditResult result) => JsonSerializer.Serialize(result, Default.EditResult);

    /// <summary>Reads a command.</summary>
    /// <param name="json">As written by <see cref="Write(EditCommand)"/>.</param>
    /// <exception cref="InvalidDataException">No such command.</exception>
    public static EditCommand ReadCommand(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.EditCommand) ?? throw new InvalidDataException($"an edit must be a JSON object; got '{json}'.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"no edit that is known: {e.Message}", e);
        }
    }
}
