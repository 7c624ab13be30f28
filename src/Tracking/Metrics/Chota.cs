using System.Runtime.InteropServices;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>Cell-specific higher order tracking accuracy: how well whole families hold together.</summary>
/// <remarks>
/// Kaiser et al. 2024 (arXiv 2408.11571). A track is compared together with its ancestors and descendants. Counts are sparse: memory
/// follows the pairs of tracks that meet, not their product.
/// </remarks>
public static class Chota
{
    /// <summary>Scores a result.</summary>
    /// <param name="reference">The truth; borrowed.</param>
    /// <param name="result">What is scored; borrowed.</param>
    /// <param name="matching">Which nodes show the same cell; borrowed.</param>
    /// <returns>0 to 1; null where both graphs are empty.</returns>
    public static double? Score(TrackGraph reference, TrackGraph result, NodeMatching matching)
    {
        Tracklets referenceTracks = new(reference), resultTracks = new(result);
        var shared = new Dictionary<int, int>[referenceTracks.Count];    // matched nodes by result tracklet
        long[] referenceTotal = new long[referenceTracks.Count], resultTotal = new long[resultTracks.Count];
        foreach ((int a, int b) in matching.Pairs)
        {
            int i = referenceTracks.Of[a], j = resultTracks.Of[b];
            CollectionsMarshal.GetValueRefOrAddDefault(shared[i] ??= [], j, out _)++;
            referenceTotal[i]++;
            resultTotal[j]++;
        }
        long union = matching.Pairs.Count;
        for (int n = 0; n < reference.NodeCount; n++)
        {
            if (matching.ResultsOf(n).IsEmpty)
            {
                referenceTotal[referenceTracks.Of[n]]++;
                union++;
            }
        }
        for (int n = 0; n < result.NodeCount; n++)
        {
            if (matching.ReferencesOf(n).IsEmpty)
            {
                resultTotal[resultTracks.Of[n]]++;
                union++;
            }
        }
        if (union == 0)
            return null;

        var resultCliques = new List<int>?[resultTracks.Count];
        double sum = 0;
        for (int i = 0; i < shared.Length; i++)
        {
            if (shared[i] is null)
                continue;
            long inReference = 0;
            var row = new Dictionary<int, long>();                       // matched nodes of the clique by result tracklet
            foreach (int k in referenceTracks.Clique(i))
            {
                inReference += referenceTotal[k];
                foreach ((int j, int count) in shared[k] ?? [])
                    CollectionsMarshal.GetValueRefOrAddDefault(row, j, out _) += count;
            }
            foreach ((int j, int count) in shared[i].OrderBy(p => p.Key))
            {
                long inResult = 0, both = 0;
                foreach (int k in resultCliques[j] ??= resultTracks.Clique(j))
                {
                    inResult += resultTotal[k];
                    both += row.GetValueOrDefault(k);
                }
                sum += (double)count * both / (inReference + inResult - both);
            }
        }
        return Math.Sqrt(sum / union);
    }
}
