namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Runs independent items on several threads, each thread with its own scratch memory.</summary>
/// <remarks>Items are handed out one by one in order; a result must never depend on who ran an item.</remarks>
internal static class ParallelWork
{
    /// <summary>Calls <paramref name="body"/> once for every item below <paramref name="count"/>.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="scratch">Makes the memory of one thread.</param>
    /// <param name="body">Does one item.</param>
    /// <param name="progress">Receives the fraction done, growing, from any thread.</param>
    /// <param name="cancellationToken">Checked before every item.</param>
    /// <exception cref="OperationCanceledException">Cancelled; no item runs any more when it is thrown.</exception>
    public static void Run<TScratch>(
        int count, int threads, Func<TScratch> scratch, Action<TScratch, int> body,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        int next = -1, done = 0, reported = 0;
        var gate = new Lock();
        void Work()
        {
            TScratch? own = default;
            bool made = false;
            for (int i; !cancellationToken.IsCancellationRequested && (i = Interlocked.Increment(ref next)) < count;)
            {
                if (!made)
                    own = scratch();
                made = true;
                body(own!, i);
                if (progress is not null)
                    Report(Interlocked.Increment(ref done));
            }
        }
        void Report(int finished)
        {
            lock (gate)
            {
                if (finished > reported && (finished == count || (long)finished * 100 / count > (long)reported * 100 / count))
                {
                    reported = finished;
                    progress.Report((float)finished / count);
                }
            }
        }

        int workers = Math.Min(ThreadCount.Of(threads), count);
        if (workers <= 1)
            Work();
        else
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work());
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Calls <paramref name="body"/> once for every item below <paramref name="count"/>, without scratch memory.</summary>
    public static void Run(
        int count, int threads, Action<int> body, IProgress<float>? progress = null, CancellationToken cancellationToken = default) =>
        Run(count, threads, () => 0, (_, i) => body(i), progress, cancellationToken);

    /// <summary>Calls <paramref name="body"/> with ranges [from, to) that cover <paramref name="length"/> items in pieces of <paramref name="piece"/>.</summary>
    public static void Ranges(int length, int piece, int threads, Action<int, int> body, CancellationToken cancellationToken = default) =>
        Run((int)(((long)length + piece - 1) / piece), threads, i => body(i * piece, (int)Math.Min(length, ((long)i + 1) * piece)), null, cancellationToken);
}
