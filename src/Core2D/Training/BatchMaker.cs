using System.Collections.Concurrent;

namespace Cellpose3D.Core2D.Training;

/// <summary>Makes the batch of any step of a run, as a function of seed and step alone.</summary>
internal sealed class BatchMaker
{
    private const int Channels = 2;

    private readonly TrainingSet _set;
    private readonly AugmentationOptions _augmentation;
    private readonly ulong _seed;
    private readonly double _diamMean;
    private readonly int _batchSize, _imagesPerEpoch;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int[]> _plans = [];
    private readonly ConcurrentBag<TrainingBatch> _spare = [];

    /// <summary>Prepares to make batches.</summary>
    /// <param name="set">What is drawn; borrowed.</param>
    /// <param name="options">Batch size, augmentation and images per epoch are used.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="diamMean">Cells are brought to about this diameter, in pixels.</param>
    internal BatchMaker(TrainingSet set, TrainingOptions options, ulong seed, double diamMean)
    {
        (_set, _augmentation, _seed, _diamMean, _batchSize) = (set, options.Augmentation, seed, diamMean, options.BatchSize);
        _imagesPerEpoch = options.ImagesPerEpoch ?? set.Count;
        StepsPerEpoch = (_imagesPerEpoch + _batchSize - 1) / _batchSize;
    }

    /// <summary>Number of batches of an epoch; the last may be smaller than the others.</summary>
    internal int StepsPerEpoch { get; }

    /// <summary>Number of crops of an epoch.</summary>
    internal int ImagesPerEpoch => _imagesPerEpoch;

    /// <summary>Makes one batch; several threads may do so at once.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="step">Within the epoch, counted from 0.</param>
    /// <param name="cancellationToken">Checked between crops.</param>
    internal TrainingBatch Make(int epoch, int step, CancellationToken cancellationToken)
    {
        int[] plan = Plan(epoch);
        int first = step * _batchSize, count = Math.Min(_batchSize, plan.Length - first);
        int side = _augmentation.Crop, size = side * side;
        TrainingBatch batch = Empty(count, side);
        for (int n = 0; n < count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new RandomStream(_seed, (ulong)epoch, 1, (ulong)(first + n));
            AugmentationDraw draw = AugmentationDraw.From(ref random);
            TrainingImage image = _set.Image(plan[first + n], new RandomStream(_seed, (ulong)epoch, 2, (ulong)(first + n)), cancellationToken);
            Span<float> crop = batch.Images.Data.AsSpan(n * Channels * size, Channels * size);
            Augmentation.Apply(
                image.Image, image.Target, image.Diameter / _diamMean, draw, _augmentation, side, side,
                crop, batch.Targets.Data.AsSpan(n * 3 * size, 3 * size));
            if (!_augmentation.Intensity.IsOff)
                IntensityAugmentation.Apply(crop, side, side, _augmentation.Intensity, ref random);
        }
        return batch;
    }

    /// <summary>Takes back a batch that is done with, to be filled again: without it some MB a step wait for the garbage collector, GBs in all.</summary>
    /// <param name="batch">Of this maker; not to be used any more.</param>
    internal void Recycle(TrainingBatch batch) => _spare.Add(batch);

    private TrainingBatch Empty(int count, int side)
    {
        if (!_spare.TryTake(out TrainingBatch? batch) || batch.Count != count)
            return new TrainingBatch(new NdArray<float>(count, Channels, side, side), new NdArray<float>(count, 3, side, side));
        batch.Images.Span.Clear();
        batch.Targets.Span.Clear();
        return batch;
    }

    private int[] Plan(int epoch)
    {
        lock (_gate)
        {
            if (!_plans.TryGetValue(epoch, out int[]? plan))
            {
                _plans.Remove(epoch - 2);       // loaders work on two neighbouring epochs at most
                plan = _plans[epoch] = _set.PlanEpoch(_seed, epoch, _imagesPerEpoch);
            }
            return plan;
        }
    }
}
