namespace Cellpose3D.Core2D.Native;

/// <summary>Keeps glibc from giving the network's large buffers back to the kernel between tiles.</summary>
/// <remarks>
/// By default every buffer above 32 MB is mapped and unmapped anew, and its pages are faulted in again at each tile:
/// system time was 30-40 % of a run. <c>CELLPOSE3D_MALLOC=default</c> leaves glibc as it is, to measure that.
/// </remarks>
internal static class Allocator
{
    internal static void Tune()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("CELLPOSE3D_MALLOC") == "default")
            return;
        try
        {
            // each returns 0 where this C library does not know the parameter, which only costs the speed
            _ = Libc.MallOpt(Libc.MmapMax, 0);
            _ = Libc.MallOpt(Libc.TrimThreshold, int.MaxValue);
            _ = Libc.MallOpt(Libc.TopPad, 64 << 20);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl and other C libraries have no mallopt: nothing to tune.
        }
    }

    /// <summary>Gives memory that nothing uses any more back to the kernel: dropped arrays, and the network's buffers.</summary>
    /// <remarks>
    /// Arrays of 10^8 pixels stay resident until the collector's budget is used up, which on a large machine is gigabytes away;
    /// between the stages of a large image that would add up to the peak.
    /// </remarks>
    internal static void ReleaseUnused()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Libc.MallocTrim(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl and other C libraries have no malloc_trim: their allocators decide themselves.
        }
    }
}
