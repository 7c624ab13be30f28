using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;

namespace Cellpose3D.Cli.Cluster;

/// <summary>What came of one file of a run over many, be it that it failed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its length then.</param>
/// <param name="Ticks">When it had been changed last.</param>
/// <param name="Cells">Number of cells.</param>
/// <param name="Code">Ok, or why it failed.</param>
/// <param name="Device">The device it was segmented on, in words.</param>
/// <param name="Entry">The entry of <c>run.json</c>.</param>
internal sealed record ImageRecord(string Path, long Length, long Ticks, int Cells, ExitCode Code, string Device, JsonObject Entry)
{
    /// <summary>The folder of the records of failed files, which they have besides.</summary>
    public const string Failed = "failed";

    /// <summary>Makes the record of a file.</summary>
    public static ImageRecord Of(string path, int cells, ExitCode code, string device, JsonObject entry)
    {
        (long length, long ticks) = RunFacts.Stamp(InputImages.FileOf(path));
        return new ImageRecord(path, length, ticks, cells, code, device, entry);
    }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error => (string?)Entry["error"];

    /// <summary>What the user should know of.</summary>
    public IEnumerable<string> Warnings => (Entry["warnings"]?.AsArray() ?? []).Select(w => $"{System.IO.Path.GetFileName(Path)}: {w}");

    /// <summary>Paths of the results.</summary>
    public IEnumerable<string> Written => (Entry["written"]?.AsArray() ?? []).Select(w => (string)w!);

    /// <summary>Whether the file was segmented, is what it was then, and its results are where they were put.</summary>
    /// <remarks>A file that failed is tried again: it may have been repaired, or lay on a disk that did not answer.</remarks>
    public bool IsStillTrue() =>
        Code == ExitCode.Ok && RunFacts.Stamp(InputImages.FileOf(Path)) == (Length, Ticks) && Written.All(w => System.IO.Path.Exists(w));
}
