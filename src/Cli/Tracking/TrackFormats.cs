using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tracking;

/// <summary>The formats that tracks are written in.</summary>
internal static class TrackFormats
{
    /// <summary>What <c>--format</c> takes.</summary>
    public static readonly IReadOnlyList<string> Names = ["tif", "zarr", "ctc", "csv", "napari", "geff", "trackmate"];

    /// <summary>What is written unless <c>--format</c> says otherwise.</summary>
    public const string Default = "tif,csv";

    /// <summary>Reads the value of <c>--format</c>.</summary>
    /// <exception cref="CommandException">An unknown format, or none.</exception>
    public static IReadOnlySet<string> Parse(string text) => NameList.Parse("--format", text, Names);
}
