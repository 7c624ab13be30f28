using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What a run over a volume file would do.</summary>
/// <param name="Plan">Of its first time point.</param>
/// <param name="Times">Number of time points, each of which is done in that way.</param>
/// <param name="Time">About how long all would take.</param>
/// <param name="Notes">What the user should know before.</param>
internal sealed record VolumeForecast(VolumePlan Plan, int Times, TimeSpan Time, IReadOnlyList<string> Notes);
