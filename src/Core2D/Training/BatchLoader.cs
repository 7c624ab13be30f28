using System.Runtime.ExceptionServices;

namespace Cellpose3D.Core2D.Training;

/// <summary>Makes batches ahead on its own threads and hands them out in order.</summary>
/// <remarks>At most <see cref="Ahead"/> batches a thread wait or are in the making, so that memory is bounded.</remarks>
internal sealed class BatchLoader : IDisposable
{
    private const int Ahead = 2;

    private readonly BatchMaker _maker;
    private readonly long _end;
    private readonly int _capacity;
    private readonly object _gate = new();
    private readonly Dictionary<long, (TrainingBatch? Batch, ExceptionDispatchInfo? Error)> _ready = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private long _nextToMake, _nextToTake;

    /// <summary>Starts the threads.</summary>
    /// <param name="maker">Borrowed.</param>
    /// <param name="first">The first step to hand out, counted over all epochs.</param>
    /// <param name="end">The step after the last.</param>
    /// <param name="threads">Number of threads, at least 1; it never changes a batch.</param>
    internal BatchLoader(BatchMaker maker, long first, long end, int threads)
    {
        (_maker, _end, _capacity, _nextToMake, _nextToTake) = (maker, end, Ahead * threads, first, first);
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"batch loader {i}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>The next batch; waits until it is made.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the batch can still be taken later.</exception>
    internal TrainingBatch Take(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = cancellationToken.Register(WakeAll);
        (TrainingBatch? Batch, ExceptionDispatchInfo? Error) taken;
        lock (_gate)
        {
            while (!_ready.Remove(_nextToTake, out taken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_nextToTake >= _end)
                    throw new InvalidOperationException($"there are no more batches after step {_end}.");
                Monitor.Wait(_gate);
            }
            _nextToTake++;
            Monitor.PulseAll(_gate);
        }
        taken.Error?.Throw();
        return taken.Batch!;
    }

    /// <summary>Stops the threads and waits for them.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        WakeAll();
        foreach (Thread thread in _threads)
            thread.Join();
        _stop.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            long step;
            lock (_gate)
            {
                while (!_stop.IsCancellationRequested && _nextToMake < _end && _nextToMake >= _nextToTake + _capacity)
                    Monitor.Wait(_gate);
                if (_stop.IsCancellationRequested || _nextToMake >= _end)
                    return;
                step = _nextToMake++;
            }
            (TrainingBatch? Batch, ExceptionDispatchInfo? Error) made = Make(step);
            lock (_gate)
            {
                _ready[step] = made;
                Monitor.PulseAll(_gate);
            }
        }
    }

    // whatever goes wrong here is thrown again where the batch is taken
    private (TrainingBatch?, ExceptionDispatchInfo?) Make(long step)
    {
        try
        {
            return (_maker.Make((int)(step / _maker.StepsPerEpoch), (int)(step % _maker.StepsPerEpoch), _stop.Token), null);
        }
        catch (Exception e)
        {
            return (null, ExceptionDispatchInfo.Capture(e));
        }
    }

    private void WakeAll()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
