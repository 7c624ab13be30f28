using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Tests.Commands;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary>The results of two runs, one of which was shared out.</summary>
internal static class RunTree
{
    // when, by whom and how fast: everything else of a report is the same
    private static readonly string[] OfTheMoment = ["started", "engine", "arguments", "threads", "seconds", "read_seconds", "write_seconds", "timings", "output"];

    /// <summary>Checks that two folders hold the same files of the same bytes, reports and the shared run's own folder aside.</summary>
    public static void AssertSame(string expected, string actual)
    {
        Assert.Equal(Contents(expected), Contents(actual));
        Assert.NotEmpty(Contents(expected));
    }

    /// <summary>Checks that two reports say the same, apart from times and from who did the work.</summary>
    public static void AssertSameReport(string expected, string actual)
    {
        JsonNode one = Report(expected), other = Report(actual);
        Strip(one);
        Strip(other);
        Assert.Equal(
            one.ToJsonString().Replace(Path.GetDirectoryName(expected)!, "OUT", StringComparison.Ordinal),
            other.ToJsonString().Replace(Path.GetDirectoryName(actual)!, "OUT", StringComparison.Ordinal));
    }

    /// <summary>Reads a report.</summary>
    public static JsonNode Report(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    /// <summary>Items that tasks say they computed, over all steps.</summary>
    public static int Computed(JsonNode status) => status["steps"]!.AsArray().Sum(s => (int)s!["computed"]!);

    /// <summary>What <c>status</c> says of a run.</summary>
    public static JsonNode Status(string folder, IReadOnlyDictionary<string, string>? environment = null) =>
        CliProgram.Run(environment ?? new Dictionary<string, string>(), "status", folder, "--json").Succeeds().Json;

    /// <summary>The processes that do tasks of runs below a folder.</summary>
    public static List<int> Workers(string folder)
    {
        var found = new List<int>();
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                string line = File.ReadAllText(Path.Combine(process, "cmdline"));
                if (line.Contains("segment-task", StringComparison.Ordinal) && line.Contains(folder, StringComparison.Ordinal))
                    found.Add(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // no process, or one that ended just now
            }
        }
        return found;
    }

    private static string[] Contents(string folder) =>
    [
        .. TestImages.FilesIn(folder).Where(f => !f.EndsWith("run.json", StringComparison.Ordinal) && !f.Contains("_work/", StringComparison.Ordinal))
            .Select(f => $"{f} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, f))))}"),
    ];

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
                Strip(item);
        }
        if (node is not JsonObject json)
            return;
        foreach (string name in OfTheMoment)
            json.Remove(name);
        foreach ((_, JsonNode? value) in json)
            Strip(value);
    }
}
