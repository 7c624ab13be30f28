using System.Diagnostics;

namespace Cellpose3D.Bench;

/// <summary>Times one stage: the best and the median of several runs after a warm-up, beside the reference's time.</summary>
/// <remarks>
/// The reference's post-processing runs on one thread, so its seconds over our processor seconds compare core with core; that number
/// holds on a busy machine too, where the wall time says more about the neighbours.
/// </remarks>
internal static class Stage
{
    public static T Time<T>(string name, double referenceSeconds, int repeats, Func<T> run)
    {
        T result = run();
        double[] seconds = new double[repeats];
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        for (int n = 0; n < repeats; n++)
        {
            long start = Stopwatch.GetTimestamp();
            result = run();
            seconds[n] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        double processorSeconds = (Environment.CpuUsage.TotalTime - processor).TotalSeconds / repeats;
        Array.Sort(seconds);
        Console.WriteLine($"| {name} | {referenceSeconds:g3} | {seconds[0]:f4} | {seconds[repeats / 2]:f4} | {processorSeconds:f4} | {referenceSeconds / seconds[repeats / 2]:f1} | {referenceSeconds / processorSeconds:f1} |");
        return result;
    }
}
