namespace Cellpose3D.Core2D.Native;

/// <summary>Has the arrays of finished work collected before they add up.</summary>
/// <remarks>
/// The collector's budget for large arrays follows the machine's memory, not the cap of a run: without this, arrays of many blocks or frames stay
/// resident beside those in use, and the peak grows with the volume or movie. A collection takes milliseconds, since a few large arrays are all there is.
/// </remarks>
internal sealed class DroppedArrays
{
    private const long Most = 64L << 20;

    private long _allocated = GC.GetTotalAllocatedBytes();

    /// <summary>To be called between blocks or frames, when the arrays of the last one are dead.</summary>
    public void Collect()
    {
        long now = GC.GetTotalAllocatedBytes();
        if (now - _allocated < Most)
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        _allocated = now;
    }
}
