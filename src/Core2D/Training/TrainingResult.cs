using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Training;

/// <summary>What a training ended with.</summary>
/// <param name="Weights">The network after the last step; the best one went to <see cref="TrainingRun.SaveBest"/>.</param>
/// <param name="History">One record per epoch, those before an interruption included.</param>
/// <param name="BestEpoch">The epoch whose weights scored best, counted from 0.</param>
/// <param name="BestScore">That epoch's score: the caller's, or minus the validation loss; NaN where nothing was scored.</param>
/// <param name="StoppedEarly">Whether it ended because the score no longer grew.</param>
public sealed record TrainingResult(StateDict Weights, IReadOnlyList<EpochRecord> History, int BestEpoch, double BestScore, bool StoppedEarly);
