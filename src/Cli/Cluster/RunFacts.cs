using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Cli.Cluster;

/// <summary>What has a part in a run's results, by name: what makes two runs the same, and says how they differ.</summary>
internal static class RunFacts
{
    // who does the work, and where, changes no result
    private static readonly string[] NoPart =
    [
        "images", "output", "device", "engine", "arguments", "options.threads", "options.normalize.threads", "options.keep_maps",
        "volume.resume", "volume.plan_only", "volume.options.segmentation", "volume.options.workers", "volume.options.max_memory_bytes", "volume.options.block_size",
    ];

    /// <summary>The facts of a segmentation: options, and the weights of its models.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    public static SortedDictionary<string, string> Of(SegmentationSettings settings)
    {
        SortedDictionary<string, string> facts = Flat(JsonSerializer.SerializeToNode(settings with { Save = settings.Save.Order(StringComparer.Ordinal).ToHashSet() }, RunReport.Style)!);
        foreach (string name in facts.Keys.Where(k => NoPart.Any(n => k == n || k.StartsWith(n + ".", StringComparison.Ordinal))).ToArray())
            facts.Remove(name);
        ModelEntry[] models = [ModelLoading.Find(settings.Model), .. settings.Volume?.OrthoModel is { } ortho ? [ModelLoading.Find(ortho)] : Array.Empty<ModelEntry>()];
        string? size = settings.SizeModel ?? models[0].SizePath;
        facts["weights"] = HashOf([.. models.SelectMany(m => m.WeightPaths), .. size is null ? Array.Empty<string>() : [size]]);
        return facts;
    }

    /// <summary>A JSON value as names and texts.</summary>
    public static SortedDictionary<string, string> Flat(JsonNode json)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add("", json);
        return facts;

        void Add(string name, JsonNode? value)
        {
            if (value is JsonObject named)
            {
                foreach ((string key, JsonNode? inner) in named)
                    Add(name.Length == 0 ? key : $"{name}.{key}", inner);
            }
            else
                facts[name] = value is null ? "none" : value.ToJsonString(RunReport.Style).ReplaceLineEndings(" ");
        }
    }

    /// <summary>What files are known by: name, length and time of change of each.</summary>
    public static string OfFiles(IEnumerable<string> paths)
    {
        var text = new StringBuilder();
        int count = 0;
        foreach (string path in paths.Select(InputImages.FileOf).Distinct())
        {
            (long length, long ticks) = Stamp(path);
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFullPath(path)} {length} {ticks}\n");
            count++;
        }
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return string.Create(CultureInfo.InvariantCulture, $"{count} file{(count == 1 ? "" : "s")} known as {hash[..8]}");
    }

    /// <summary>Length, and time of change, of a file; of a folder the time only.</summary>
    public static (long Length, long Ticks) Stamp(string path) => (File.Exists(path) ? new FileInfo(path).Length : 0, File.GetLastWriteTimeUtc(path).Ticks);

    /// <summary>How two runs differ, in words; empty where they do not.</summary>
    /// <param name="before">The run that was.</param>
    /// <param name="now">The run that is asked for.</param>
    public static string Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) => string.Join("; ",
        before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Was: before.GetValueOrDefault(name, "none"), Is: now.GetValueOrDefault(name, "none")))
            .Where(f => f.Was != f.Is).Select(f => $"{f.Name[(f.Name.LastIndexOf('.') + 1)..].Replace('_', ' ')} was {f.Was}, is {f.Is}"));

    private static string HashOf(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
