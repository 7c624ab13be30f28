using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Training;

/// <summary>One training from its first step to its last.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private const ulong ValidationKey = 0x56414C4944;
    private const int MostLoaders = 12;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(0.5);

    private readonly TrainingOptions _options;
    private readonly TrainingRun _run;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly TrainingStep _step;
    private readonly TrainingState _state;
    private readonly LearningRateSchedule _schedule;
    private readonly BatchMaker _batches;
    private readonly BatchMaker? _validationBatches;
    private readonly int _loaders;
    private readonly string _fingerprint;
    private readonly Tensor _lossSum;                   // float64 scalar on the device: reading it waits for the device
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _reported = -ReportEvery;
    private long _stepsOfThisRun;

    /// <summary>Makes or loads the network, and takes up the checkpoint if there is one.</summary>
    internal TrainingLoop(TrainingSet training, TrainingOptions options, TrainingRun run, IProgress<TrainingProgress>? progress)
    {
        (_options, _run, _progress, _schedule) = (options, run, progress, options.MakeSchedule());
        Device device = ComputeDevice.Select(options.Device);
        _loaders = options.LoaderThreads > 0 ? options.LoaderThreads
            : device.type == DeviceType.CPU ? 1 : Math.Clamp(Environment.ProcessorCount - 2, 1, MostLoaders);
        CellposeNet net = MakeNet(options, run, training.MeanDiameter);
        double diamMean;
        try
        {
            diamMean = net.DiamMean.item<float>();
            _step = new TrainingStep(net, options, device);
        }
        catch
        {
            net.Dispose();
            throw;
        }
        try
        {
            _batches = new BatchMaker(training, options, options.Seed, diamMean);
            if (run.Validation is { } validation)
            {
                AugmentationOptions plain = options.Augmentation with { Intensity = new IntensityOptions() };
                _validationBatches = new BatchMaker(validation, options with { Augmentation = plain, ImagesPerEpoch = null }, ValidationKey, diamMean);
            }
            _fingerprint = Fingerprint(training);
            _state = run.Resume is { } checkpoint ? TrainingState.FromCheckpoint(checkpoint, _step, _fingerprint) : new TrainingState();
            _lossSum = tensor(_state.LossSum, ScalarType.Float64, device).DetachFromDisposeScope();
        }
        catch
        {
            _step.Dispose();
            throw;
        }
    }

    /// <summary>Frees the network and the optimizer.</summary>
    public void Dispose()
    {
        _lossSum.Dispose();
        _step.Dispose();
    }

    /// <summary>Trains to the end; when cancelled, hands out a checkpoint before it throws.</summary>
    internal TrainingResult Run(CancellationToken cancellationToken)
    {
        int perEpoch = _batches.StepsPerEpoch;
        long first = (long)_state.Epoch * perEpoch + _state.Step, end = (long)_options.Epochs * perEpoch;
        bool stopped = IsStale();
        using var loader = new BatchLoader(_batches, first, end, _loaders);
        try
        {
            while (_state.Epoch < _options.Epochs && !stopped)
            {
                TimeSpan start = _watch.Elapsed;
                while (_state.Step < perEpoch)
                    TakeStep(loader, cancellationToken);
                stopped = EndEpoch(start, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            SaveLast();
            throw;
        }
        StateDict weights = NetWeights.FromNet(_step.Net);
        if (_run.Validation is null && _run.Score is null)
        {
            _state.BestEpoch = _state.Epoch - 1;
            _run.SaveBest?.Invoke(weights);
        }
        return new TrainingResult(weights, _state.History, _state.BestEpoch, double.IsFinite(_state.BestScore) ? _state.BestScore : double.NaN, stopped);
    }

    private void TakeStep(BatchLoader loader, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TrainingBatch batch = loader.Take(cancellationToken);
        using (DisposeScope scope = NewDisposeScope())
        using (IDisposable noGrad = no_grad())
        {
            Tensor loss;
            using (enable_grad())
                loss = _step.Run(batch.Images, batch.Targets, _schedule[_state.Epoch]);
            _lossSum.PlusInPlace(loss.to(ScalarType.Float64).mul_(Scalars.Of(batch.Count)));
        }
        _batches.Recycle(batch);
        _state.Step++;
        _stepsOfThisRun++;
        if (_options.CheckpointEverySteps > 0 && _state.Step % _options.CheckpointEverySteps == 0 && _state.Step < _batches.StepsPerEpoch)
            SaveLast();
        if (_progress is not null && _watch.Elapsed - _reported > ReportEvery)
            Report(null);
    }

    /// <summary>Scores, records, keeps checkpoints, and goes on to the next epoch; true when it is time to stop.</summary>
    private bool EndEpoch(TimeSpan start, CancellationToken cancellationToken)
    {
        bool score = (_state.Epoch + 1) % _options.ValidateEvery == 0 || _state.Epoch == _options.Epochs - 1;
        double loss = MeanLoss(_batches.ImagesPerEpoch);
        double? validationLoss = score && _validationBatches is not null ? ValidationLoss(cancellationToken) : null;
        double? value = score && _run.Score is { } scorer ? scorer(NetWeights.FromNet(_step.Net), cancellationToken) : null;
        var record = new EpochRecord(_state.Epoch, loss, validationLoss, value, _schedule[_state.Epoch], (_watch.Elapsed - start).TotalSeconds);
        _state.History.Add(record);
        if ((value ?? -validationLoss) is { } reached)
            Compare(reached);
        Report(record);

        _state.Epoch++;
        _state.Step = 0;
        _state.LossSum = 0;
        using (IDisposable noGrad = no_grad())
            _lossSum.zero_();
        SaveLast();
        return IsStale();
    }

    // NaN, a score of nothing, is never better
    private void Compare(double reached)
    {
        _state.Stale++;
        if (!(reached > _state.BestScore))
            return;
        (_state.BestScore, _state.BestEpoch, _state.Stale) = (reached, _state.Epoch, 0);
        _run.SaveBest?.Invoke(NetWeights.FromNet(_step.Net));
    }

    private bool IsStale() => _options.Patience > 0 && _state.Stale >= _options.Patience;

    private double ValidationLoss(CancellationToken cancellationToken)
    {
        double sum = 0;
        using var loader = new BatchLoader(_validationBatches!, 0, _validationBatches!.StepsPerEpoch, _loaders);
        for (int step = 0; step < _validationBatches.StepsPerEpoch; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TrainingBatch batch = loader.Take(cancellationToken);
            sum += batch.Count * _step.Evaluate(batch.Images, batch.Targets);
            _validationBatches.Recycle(batch);
        }
        return sum / _validationBatches.ImagesPerEpoch;
    }

    private void SaveLast()
    {
        if (_run.SaveLast is null)
            return;
        MeanLoss(1);                        // broken weights shall not replace good ones
        _run.SaveLast(_state.ToCheckpoint(_step, _fingerprint));
    }

    private double MeanLoss(int crops)
    {
        using Tensor host = _lossSum.cpu();
        _state.LossSum = host.item<double>();
        if (!double.IsFinite(_state.LossSum))
        {
            throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                $"the loss is no longer a number in epoch {_state.Epoch} (learning rate {_schedule[_state.Epoch]:g3}); lower the learning rate, or resume from an earlier checkpoint with gentler settings."));
        }
        return _state.LossSum / crops;
    }

    private void Report(EpochRecord? completed)
    {
        if (_progress is null)
            return;
        int perEpoch = _batches.StepsPerEpoch, crops = Math.Min(_state.Step * _options.BatchSize, _batches.ImagesPerEpoch);
        double loss = crops == 0 ? double.NaN : MeanLoss(crops);
        _reported = _watch.Elapsed;
        long left = (long)(_options.Epochs - _state.Epoch) * perEpoch - _state.Step;
        TimeSpan remaining = _stepsOfThisRun == 0 ? TimeSpan.Zero : _reported / _stepsOfThisRun * left;
        _progress.Report(new TrainingProgress(
            _state.Epoch, _options.Epochs, _state.Step, perEpoch, loss, _schedule[_state.Epoch], _reported, remaining, completed));
    }

    private static CellposeNet MakeNet(TrainingOptions options, TrainingRun run, double diamLabels)
    {
        StateDict? start = run.Resume ?? run.Init;
        CellposeNet net = start is null ? new CellposeNet(NetArchitecture.FromBase(options.BaseWidth)) : NetWeights.ToNet(start);
        try
        {
            if (net.Architecture is not { Channels: 2, Outputs: 3 })
                throw new InvalidDataException($"a network to train must have 2 channels and 3 outputs; the given one is {net.Architecture}.");
            using IDisposable noGrad = no_grad();
            if (start is null)
                NetInitializer.Fill(net, options.Seed);
            if (options.DiamMean is { } diamMean)
                net.DiamMean.fill_(diamMean);
            net.DiamLabels.fill_(diamLabels);
            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>Everything that a resumed run must have in common with the interrupted one.</summary>
    private string Fingerprint(TrainingSet training)
    {
        TrainingOptions free = _options with { Device = "any", LoaderThreads = 0, CheckpointEverySteps = 0 };
        return string.Create(CultureInfo.InvariantCulture, $"{free}, Images = {training.Count}, MeanDiameter = {training.MeanDiameter:r}");
    }
}
