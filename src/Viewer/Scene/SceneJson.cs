using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cellpose3D.Viewer.Scene;

/// <summary>Scenes and commands as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SceneState))]
[JsonSerializable(typeof(SceneCommand))]
[JsonSerializable(typeof(IReadOnlyList<SceneCommand>))]
public sealed partial class SceneJson : JsonSerializerContext
{
    /// <summary>A command as one line.</summary>
    /// <param name="command">The command.</param>
    public static string Write(SceneCommand command) => JsonSerializer.Serialize(command, Default.SceneCommand);

    /// <summary>A scene as one line.</summary>
    /// <param name="scene">The scene.</param>
    public static string Write(SceneState scene) => JsonSerializer.Serialize(scene, Default.SceneState);

    /// <summary>Reads a command.</summary>
    /// <param name="json">As written by <see cref="Write(SceneCommand)"/>.</param>
    /// <exception cref="InvalidDataException">No such command.</exception>
    public static SceneCommand ReadCommand(string json) => Read(json, () => JsonSerializer.Deserialize(json, Default.SceneCommand));

    /// <summary>Reads a scene.</summary>
    /// <param name="json">As written by <see cref="Write(SceneState)"/>.</param>
    /// <exception cref="InvalidDataException">No scene.</exception>
    public static SceneState ReadScene(string json) => Read(json, () => JsonSerializer.Deserialize(json, Default.SceneState));

    private static T Read<T>(string json, Func<T?> read)
        where T : class
    {
        try
        {
            return read() ?? throw new InvalidDataException($"a scene or command must be a JSON object; got '{json}'.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"no scene or command that is known: {e.Message}", e);
        }
    }
}
