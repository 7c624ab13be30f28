using System.Text.Json;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.Tracking.Tests.Metrics;

/// <summary>The 66 pairs of graphs scored by traccuracy.</summary>
internal sealed record GraphCase(string Name, string MatchingType, TrackGraph Reference, TrackGraph Result, NodeMatching Matching, JsonElement Expected)
{
    public static IReadOnlyList<GraphCase> All { get; } = Read();

    public JsonElement? Part(string name) =>
        Expected.TryGetProperty(name, out JsonElement part) && !part.TryGetProperty("error", out _) ? part : null;

    public override string ToString() => Name;

    private static List<GraphCase> Read()
    {
        using Stream stream = Golden.OpenTracking("traccuracy_graph_cases.json");
        JsonElement root = JsonDocument.Parse(stream).RootElement;
        return [.. root.GetProperty("cases").EnumerateArray().Select(Parse)];
    }

    private static GraphCase Parse(JsonElement json)
    {
        (TrackGraph reference, Dictionary<int, int> referenceIndex) = Graph(json.GetProperty("gt"));
        (TrackGraph result, Dictionary<int, int> resultIndex) = Graph(json.GetProperty("pred"));
        (int, int)[] pairs = [.. json.GetProperty("mapping").EnumerateArray().Select(p => (referenceIndex[p[0].GetInt32()], resultIndex[p[1].GetInt32()]))];
        return new GraphCase(
            json.GetProperty("name").GetString()!, json.GetProperty("matching_type").GetString()!, reference, result,
            new NodeMatching(reference.NodeCount, result.NodeCount, pairs), json.GetProperty("expected"));
    }

    private static (TrackGraph Graph, Dictionary<int, int> Index) Graph(JsonElement json)
    {
        var index = new Dictionary<int, int>();
        var frames = new List<int>();
        foreach (JsonElement node in json.GetProperty("nodes").EnumerateArray())
        {
            index[node.GetProperty("id").GetInt32()] = frames.Count;
            frames.Add(node.GetProperty("t").GetInt32());
        }
        IEnumerable<GraphEdge> edges = json.GetProperty("edges").EnumerateArray().Select(e => new GraphEdge(index[e[0].GetInt32()], index[e[1].GetInt32()], false));
        return (new TrackGraph([.. frames], edges).WithDivisionSemantics(), index);
    }
}
