using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>Trains a network, or fine-tunes one.</summary>
/// <remarks>
/// Paper: "Training"; NUMERICS section 14. On the CPU the same seed, images and options give the same weights bit by bit (with the same
/// number of libtorch threads), however many loaders there are and however often the run was interrupted.
/// </remarks>
public static class Trainer
{
    /// <summary>Trains to the last epoch, or until the score no longer grows.</summary>
    /// <param name="training">Images to learn from; borrowed.</param>
    /// <param name="options">Checked here, once.</param>
    /// <param name="run">Where to start, how to score, where checkpoints go; null starts anew and keeps none.</param>
    /// <param name="progress">Receives a report every half second or so, and one at the end of every epoch; on the calling thread.</param>
    /// <param name="cancellationToken">Checked before every step; a checkpoint is handed out before the exception is thrown.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the checkpoint to resume from was made with others.</exception>
    /// <exception cref="InvalidDataException">Initial weights or checkpoint are not those of such a network.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer a number.</exception>
    /// <exception cref="DeviceNotAvailableException">The device is not there.</exception>
    public static TrainingResult Train(
        TrainingSet training, TrainingOptions options, TrainingRun? run = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using var loop = new TrainingLoop(training, options, run ?? new TrainingRun(), progress);
        return loop.Run(cancellationToken);
    }
}
