namespace Cellpose3D.Core2D;

/// <summary>Turns a thread-count option into what <see cref="Parallel"/> takes.</summary>
internal static class ThreadCount
{
    /// <summary>The number of threads meant by an option where 0 stands for all processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The option is negative.</exception>
    public static int Of(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <summary>The same as options of a parallel loop.</summary>
    public static ParallelOptions Options(int threads) => new() { MaxDegreeOfParallelism = Of(threads) };
}
