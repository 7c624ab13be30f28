using Cellpose3D.Cli.Reporting;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What <c>--flow</c> names.</summary>
internal static class TemporalFlows
{
    /// <summary>Makes a temporal flow for one movie.</summary>
    /// <param name="name">none, free or learned.</param>
    /// <param name="options">How the movie is tracked.</param>
    /// <exception cref="CommandException">It is not there.</exception>
    public static ITemporalFlow Create(string name, TrackerOptions options) => name switch
    {
        "none" => new TrainingFreeFlow(options.Flow() with { Motion = false }),
        "free" => new TrainingFreeFlow(options.Flow()),
        _ => throw new CommandException(ExitCode.Model, $"there is no model for --flow {name}; use --flow free, which needs none."),
    };
}
