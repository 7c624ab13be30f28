using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Reporting;

/// <summary><c>run.json</c>: everything needed to say how results were made, and to make them again.</summary>
internal sealed class RunReport
{
    /// <summary>How values are named and printed.</summary>
    internal static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,           // names and paths as they are, not as \uXXXX
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IncludeFields = true,
    };

    private readonly JsonArray _images = [];

    public RunReport(string verb, ModelInfo model, string device, SegmentationSettings settings)
    {
        Json = Header(verb);
        AddModel(Json, model, device);
        Json["settings"] = JsonSerializer.SerializeToNode(settings with { Save = settings.Save.Order(StringComparer.Ordinal).ToHashSet() }, Style);
        Json["images"] = _images;
    }

    /// <summary>Program, version, verb and time: how every report begins.</summary>
    public static JsonObject Header(string verb) => new()
    {
        ["program"] = "cellpose3d",
        ["version"] = ProgramVersion.Text,
        ["verb"] = verb,
        ["started"] = DateTimeOffset.Now.ToString("O"),
        ["runtime"] = $".NET {Environment.Version}",
    };

    /// <summary>Adds what a network ran on.</summary>
    public static void AddModel(JsonObject json, ModelInfo model, string device)
    {
        json["runtime"] = $".NET {Environment.Version}, TorchSharp {LibTorch.EnsureLoaded().Version}";
        json["device"] = device;
        json["model"] = JsonSerializer.SerializeToNode(model, Style);
    }

    /// <summary>The report so far.</summary>
    public JsonObject Json { get; }

    /// <summary>Cells of all images.</summary>
    public int TotalCells { get; private set; }

    /// <summary>Images that were segmented.</summary>
    public int Segmented { get; private set; }

    /// <summary>Adds an image that was segmented.</summary>
    public void Add(IOutcome outcome) => Add(outcome.ToJson(), outcome.Cells);

    /// <summary>Adds an image that was segmented, by this process or another.</summary>
    /// <param name="entry">What there is to say of it.</param>
    /// <param name="cells">Number of cells.</param>
    public void Add(JsonObject entry, int cells)
    {
        TotalCells += cells;
        Segmented++;
        _images.Add(entry);
    }

    /// <summary>Adds an image that failed.</summary>
    public void AddFailure(string path, string error) => _images.Add(new JsonObject { ["path"] = path, ["error"] = error });

    /// <summary>Notes that the run ended early, and why: images that are not listed were not finished.</summary>
    public void MarkStopped(string reason) => Json["stopped"] = reason;

    /// <summary>Writes the report, atomically.</summary>
    public void Write(string path) => Write(path, Json);

    /// <summary>Writes a report, atomically.</summary>
    public static void Write(string path, JsonObject json) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Style) + "\n")));
}
