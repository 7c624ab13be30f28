namespace Cellpose3D.Core2D.Training;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The present epoch, counted from 0.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of the epoch so far; NaN before its first step.</param>
/// <param name="LearningRate">Of the epoch.</param>
/// <param name="Elapsed">Time since this run began; an earlier run's is not in it.</param>
/// <param name="Remaining">Time left at the pace of this run.</param>
/// <param name="Completed">The epoch's record, in the one report that ends it; null otherwise.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int StepsPerEpoch, double Loss, double LearningRate, TimeSpan Elapsed, TimeSpan Remaining, EpochRecord? Completed)
{
    /// <summary>The share of all steps done.</summary>
    public double Fraction => ((double)Epoch * StepsPerEpoch + Step) / ((double)Epochs * StepsPerEpoch);
}
