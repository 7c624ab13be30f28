using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Segmenting;

namespace Cellpose3D.Viewer.Server;

/// <summary>What a page asks for, besides the scene commands it sends.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(Size), "size")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(Pick), "pick")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(Redo), "redo")]
[JsonDerivedType(typeof(Save), "save")]
[JsonDerivedType(typeof(Segment), "segment")]
[JsonDerivedType(typeof(Adjust), "adjust")]
[JsonDerivedType(typeof(Estimate), "estimate")]
[JsonDerivedType(typeof(Stop), "stop")]
internal abstract record ClientRequest
{
    private ClientRequest()
    {
    }

    /// <summary>3D pictures of a size are wanted from now on; 0 for none.</summary>
    public sealed record Size(int Width, int Height) : ClientRequest;

    /// <summary>A picture is on the screen: the next may come.</summary>
    public sealed record Shown(long Number) : ClientRequest;

    /// <summary>What is under a pixel of the full picture?</summary>
    public sealed record Pick(long Number, int X, int Y) : ClientRequest;

    /// <summary>Take the last edit back.</summary>
    public sealed record Undo : ClientRequest;

    /// <summary>Make the edit taken back last again.</summary>
    public sealed record Redo : ClientRequest;

    /// <summary>Write the labels to their file.</summary>
    public sealed record Save : ClientRequest;

    /// <summary>Find cells; with <c>around</c>, find these cells anew.</summary>
    public sealed record Segment(SegmentationRequest Run, MaskThresholds Thresholds, bool KeepsOthers, uint[]? Around = null) : ClientRequest;

    /// <summary>Other thresholds for the cells found last; with <c>keeps_others</c> they are put anew.</summary>
    public sealed record Adjust(MaskThresholds Thresholds, bool? KeepsOthers = null) : ClientRequest;

    /// <summary>How large are the cells?</summary>
    public sealed record Estimate(SegmentationRequest Run) : ClientRequest;

    /// <summary>Stop finding cells.</summary>
    public sealed record Stop : ClientRequest;

    /// <summary>Edit the labels; sent as the command itself.</summary>
    public sealed record Edit(EditCommand Command) : ClientRequest;
}

/// <summary>Requests as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ClientRequest))]
internal sealed partial class ClientRequestJson : JsonSerializerContext
{
    /// <summary>Reads a message of a page: a scene command, which has <c>do</c>, an edit, which has <c>edit</c>, or a request, which has <c>ask</c>.</summary>
    /// <param name="message">One JSON object.</param>
    /// <param name="serial">The page's number of the message, <c>serial</c>, by which it knows the answer; 0 where it has none.</param>
    /// <exception cref="InvalidDataException">It is none of these.</exception>
    public static (SceneCommand? Command, ClientRequest? Request) Read(ReadOnlySpan<byte> message, out long serial)
    {
        serial = 0;
        try
        {
            if (JsonNode.Parse(message) is not JsonObject json)
                throw new InvalidDataException("a message must be a JSON object.");
            if (json["serial"] is JsonValue number && number.TryGetValue(out long value))
                serial = value;
            json.Remove("serial");
            if (json.ContainsKey("do"))
                return (json.Deserialize(SceneJson.Default.SceneCommand), null);
            if (json.ContainsKey("ask"))
                return (null, json.Deserialize(Default.ClientRequest));
            if (json.ContainsKey("edit"))
                return (null, json.Deserialize(EditJson.Default.EditCommand) is { } edit ? new ClientRequest.Edit(edit) : null);
            throw new InvalidDataException("a message must have 'do' (a scene command), 'edit' (of labels) or 'ask' (a request).");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"a message cannot be read: {e.Message}", e);
        }
    }
}
