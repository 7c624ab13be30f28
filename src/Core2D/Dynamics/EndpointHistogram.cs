namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Counts how many foreground voxels end in each voxel.</summary>
/// <remarks>
/// The reference pads its histogram by 20 voxels; end points never leave the image, so that margin stays empty and only
/// keeps its windows inside the array. Here windows are clipped instead (see <see cref="Seeds"/>), with the same result.
/// </remarks>
public static class EndpointHistogram
{
    /// <summary>Counts end points.</summary>
    /// <param name="endPoints">int32 <c>[(Z,) Y, X]</c>, linear index, negative for background; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes a count; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>int32 <c>[(Z,) Y, X]</c>, number of voxels that end in each; owned by the caller.</returns>
    /// <exception cref="IndexOutOfRangeException">An end point lies outside the array.</exception>
    public static NdArray<int> Count(NdArray<int> endPoints, int threads = 0, CancellationToken cancellationToken = default)
    {
        int[] counts = new int[endPoints.Length], ends = endPoints.Data;
        bool alone = Math.Min(ThreadCount.Of(threads), endPoints.Length >> 16) <= 1;
        ParallelWork.Ranges(ends.Length, 1 << 16, alone ? 1 : threads, (from, to) =>
        {
            foreach (int end in ends.AsSpan(from, to - from))
            {
                if (end < 0)
                    continue;
                if (alone)
                    counts[end]++;
                else
                    Interlocked.Increment(ref counts[end]);              // whole numbers: the order of additions does not matter
            }
        }, cancellationToken);
        return new NdArray<int>(counts, endPoints.Shape);
    }
}
