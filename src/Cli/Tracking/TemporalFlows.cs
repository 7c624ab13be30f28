using Cellpose3D.Cli.Reporting;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What <c>--flow</c> names.</summary>
internal static class TemporalFlows
{
    /// <summary>Makes a temporal flow for one movie.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="options">How the movie is tracked, its size of a voxel among them.</param>
    /// <returns>The flow; the caller disposes it where it holds a network.</returns>
    /// <exception cref="CommandException">It is not there.</exception>
    public static ITemporalFlow Create(TrackSettings settings, TrackerOptions options) => settings.Flow switch
    {
        "none" => new TrainingFreeFlow(options.Flow() with { Motion = false }),
        "free" => new TrainingFreeFlow(options.Flow()),
        _ => throw new CommandException(ExitCode.Model, $"there is no model for --flow {settings.Flow}; use --flow free, which needs none."),
    };
}
