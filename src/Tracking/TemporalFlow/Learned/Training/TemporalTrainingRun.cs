using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>What a training goes on from, and whom it tells.</summary>
public sealed record TemporalTrainingRun
{
    /// <summary>A checkpoint of an interrupted run with the same options (steps apart) and movies; null begins anew.</summary>
    public StateDict? Resume { get; init; }

    /// <summary>Takes the checkpoint to resume from, after each row and when cancelled; must replace the former one in one step (write, then rename).</summary>
    public Action<StateDict>? SaveLast { get; init; }

    /// <summary>Told of every row of the curve.</summary>
    public Action<TemporalRecord>? Recorded { get; init; }
}
