using System.Text.Json;
using System.Text.Json.Serialization;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>The file <c>store.json</c> of a <see cref="ChunkFolderStore{T}"/>: what its chunks hold.</summary>
internal sealed record ChunkFolderHeader(string Format, string Type, int[] Shape, int[] Chunk, int Components)
{
    public const string FileName = "store.json";
    public const string Current = "cellpose3d chunks 1";

    private static readonly JsonSerializerOptions Style = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [JsonIgnore]
    public VolumeShape Volume => new(Shape[0], Shape[1], Shape[2]);

    [JsonIgnore]
    public VolumeShape Piece => new(Chunk[0], Chunk[1], Chunk[2]);

    public static ChunkFolderHeader Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{folder}' holds no {FileName}: it is no store of chunks, or it was never begun.", path);
        ChunkFolderHeader? header;
        try
        {
            header = JsonSerializer.Deserialize<ChunkFolderHeader>(File.ReadAllBytes(path), Style);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not readable as JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        if (header is not { Format: Current, Shape: { Length: 3 } shape, Chunk: { Length: 3 } chunk, Components: > 0 } || shape.Any(l => l < 0) || chunk.Any(l => l < 1))
            throw new InvalidDataException($"'{path}' is not of format '{Current}'; remove the folder and begin again.");
        return header;
    }

    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, Style));

    public bool Matches(ChunkFolderHeader other) =>
        Type == other.Type && Components == other.Components && Shape.SequenceEqual(other.Shape) && Chunk.SequenceEqual(other.Chunk);

    public override string ToString() => $"{Components} x {Type} [{string.Join(", ", Shape)}] in chunks [{string.Join(", ", Chunk)}]";
}
