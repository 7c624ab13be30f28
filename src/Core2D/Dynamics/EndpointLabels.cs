namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Gives every voxel the label of the seed region in which it ends.</summary>
public static class EndpointLabels
{
    /// <summary>Labels voxels by the seed region of their end point.</summary>
    /// <param name="endPoints">int32 <c>[(Z,) Y, X]</c>, linear index, negative for background; turned into the labels in place.</param>
    /// <param name="threads">Number of threads, which never changes a label; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The number of seeds; labels are 1 for the seed with the fewest end points, and so on upwards.</returns>
    /// <remarks>
    /// Where regions overlap the seed with more end points wins. Memory: one int32 per voxel beside the end points;
    /// the histogram's array becomes the map of painted regions once all regions are grown.
    /// </remarks>
    public static int Paint(NdArray<int> endPoints, int threads = 0, CancellationToken cancellationToken = default)
    {
        NdArray<int> histogram = EndpointHistogram.Count(endPoints, threads, cancellationToken);
        int[] seeds = Seeds.Find(histogram, threads, cancellationToken);
        int[][] regions = Seeds.GrowAll(histogram, seeds, threads, cancellationToken);

        int[] painted = histogram.Data, labels = endPoints.Data;
        Array.Clear(painted);
        for (int n = 0; n < regions.Length; n++)
        {
            foreach (int voxel in regions[n])
                painted[voxel] = n + 1;
        }
        ParallelWork.Ranges(labels.Length, 1 << 16, threads, (from, to) =>
        {
            foreach (ref int label in labels.AsSpan(from, to - from))
                label = label < 0 ? 0 : painted[label];
        }, cancellationToken);
        return seeds.Length;
    }
}
