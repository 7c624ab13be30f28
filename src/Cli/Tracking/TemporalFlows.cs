using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D.Native;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.TemporalFlow;
using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What <c>--flow</c> names.</summary>
internal static class TemporalFlows
{
    /// <summary>Makes a temporal flow for one movie.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="options">How the movie is tracked, its size of a voxel among them.</param>
    /// <returns>The flow; the caller disposes it where it holds a network.</returns>
    /// <exception cref="CommandException">The learned flow's model is not there, or damaged.</exception>
    public static ITemporalFlow Create(TrackSettings settings, TrackerOptions options) => settings.Flow switch
    {
        "none" => new TrainingFreeFlow(options.Flow() with { Motion = false }),
        "free" => new TrainingFreeFlow(options.Flow()),
        _ => new LearnedTemporalFlow(ModelLoading.LoadTemporal(TemporalModelFile.Shipped, ComputeDevice.Select("cpu")), options.Flow(), ownsModel: true),
    };
}
