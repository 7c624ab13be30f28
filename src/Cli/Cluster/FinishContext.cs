using System.Text.Json.Nodes;

namespace Cellpose3D.Cli.Cluster;

/// <summary>What the end of a run is told.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Manifest">What there was to do.</param>
/// <param name="Tasks">What tasks have said last.</param>
internal sealed record FinishContext(RunFolder Folder, RunManifest Manifest, IReadOnlyList<TaskReport> Tasks)
{
    /// <summary>The devices that the network ran on, in words.</summary>
    public string Device => string.Join(", ", Tasks.Where(t => t.Device is not null && Manifest.Steps.First(s => s.Name == t.Step).IsNetwork).Select(t => t.Device!).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Seconds since the run was submitted last.</summary>
    public double Seconds => (DateTimeOffset.Now - Manifest.Started).TotalSeconds;

    /// <summary>The entry of <c>run.json</c> on how the work was shared out.</summary>
    public JsonObject EngineFacts() => new()
    {
        ["name"] = Manifest.Engine.Engine,
        ["workers"] = Manifest.Engine.Workers,
        ["tasks"] = Tasks.Count,
        ["hosts"] = new JsonArray([.. Tasks.Select(t => t.Host).Distinct().Order(StringComparer.Ordinal).Select(h => (JsonNode)h)]),
        ["processor_seconds"] = Math.Round(Tasks.Sum(t => t.ProcessorSeconds), 1),
    };
}
