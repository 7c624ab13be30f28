using System.Text.Json.Nodes;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What came of one file.</summary>
internal interface IOutcome
{
    /// <summary>Number of cells.</summary>
    public int Cells { get; }

    /// <summary>One line for the progress display.</summary>
    public string Summary { get; }

    /// <summary>What the user should know of.</summary>
    public IEnumerable<string> Warnings { get; }

    /// <summary>The entry of <c>run.json</c>.</summary>
    public JsonObject ToJson();
}
