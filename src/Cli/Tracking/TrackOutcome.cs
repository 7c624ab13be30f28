using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What came of tracking a movie, once its results are written.</summary>
/// <param name="Report">The content of <c>run.json</c>, not written yet.</param>
/// <param name="Cells">Number of cells.</param>
/// <param name="Lines">The result in words.</param>
/// <param name="Warnings">What the user should know of.</param>
/// <param name="Written">Paths of the results.</param>
/// <param name="Refused">Why some formats are not among them.</param>
/// <param name="Code">Ok; SomeFailed where one of several formats cannot hold the movie, BadInput where none can.</param>
internal sealed record TrackOutcome(
    JsonObject Report, int Cells, IReadOnlyList<string> Lines, IReadOnlyList<string> Warnings, IReadOnlyList<string> Written, IReadOnlyList<string> Refused, ExitCode Code);
