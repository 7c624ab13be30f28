using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Training;

/// <summary>What a training starts from, is scored by, and hands its checkpoints to.</summary>
public sealed record TrainingRun
{
    /// <summary>Weights to start from (fine-tuning); null draws them from the seed.</summary>
    public StateDict? Init { get; init; }

    /// <summary>A checkpoint of an interrupted run with the same options and images, which then ends as if never interrupted (bit by bit on the CPU).</summary>
    public StateDict? Resume { get; init; }

    /// <summary>Images the loss is also measured on; null is none.</summary>
    public TrainingSet? Validation { get; init; }

    /// <summary>Scores weights on the validation images, for example by average precision; higher is better. Null is none: the validation loss then decides which weights are best.</summary>
    public Func<StateDict, CancellationToken, double>? Score { get; init; }

    /// <summary>Takes the checkpoint to resume from, after each epoch, within epochs if the options say so, and when cancelled; must replace the former one in one step (write, then rename).</summary>
    public Action<StateDict>? SaveLast { get; init; }

    /// <summary>Takes the weights whenever they score better than all before; without validation and score, once at the end.</summary>
    public Action<StateDict>? SaveBest { get; init; }
}
