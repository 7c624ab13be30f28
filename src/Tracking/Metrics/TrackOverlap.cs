using System.Runtime.InteropServices;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>How much of each track one track of the other graph covers, counted in edges.</summary>
/// <param name="TrackPurity">Of result tracks by their best reference track, weighted by length; null without result edges.</param>
/// <param name="TargetEffectiveness">Of reference tracks by their best result track, weighted by length; null without reference edges.</param>
/// <param name="TrackFractions">The same, each reference track counting once.</param>
/// <remarks>Bise et al. 2011; Fukai et al. 2022.</remarks>
public readonly record struct TrackOverlap(double? TrackPurity, double? TargetEffectiveness, double? TrackFractions)
{
    /// <summary>Counts.</summary>
    /// <param name="reference">The truth; borrowed.</param>
    /// <param name="result">What is scored; borrowed.</param>
    /// <param name="matching">Which nodes show the same cell; borrowed.</param>
    /// <param name="includeDivisions">Whether the edge from a mother counts for the daughter's track; else for none.</param>
    public static TrackOverlap Count(TrackGraph reference, TrackGraph result, NodeMatching matching, bool includeDivisions)
    {
        int[] referenceTracks = EdgeTracks(reference, includeDivisions), resultTracks = EdgeTracks(result, includeDivisions);
        (double? purity, _) = Cover(result, resultTracks, reference, referenceTracks, matching.ReferencesOf);
        (double? effectiveness, double? fractions) = Cover(reference, referenceTracks, result, resultTracks, matching.ResultsOf);
        return new TrackOverlap(purity, effectiveness, fractions);
    }

    private delegate ReadOnlySpan<int> Matches(int node);

    private static int[] EdgeTracks(TrackGraph graph, bool includeDivisions)
    {
        var tracklets = new Tracklets(graph);
        int[] tracks = new int[graph.Edges.Length];
        for (int e = 0; e < tracks.Length; e++)
        {
            GraphEdge edge = graph.Edges[e];
            tracks[e] = includeDivisions || !graph.Divides(edge.Source) ? tracklets.Of[edge.Target] : -1;
        }
        return tracks;
    }

    private static (double? Weighted, double? Plain) Cover(TrackGraph graph, int[] tracks, TrackGraph other, int[] otherTracks, Matches matches)
    {
        var lengths = new SortedDictionary<int, int>();
        var counts = new Dictionary<(int Track, int Other), int>();
        for (int e = 0; e < tracks.Length; e++)
        {
            if (tracks[e] < 0)
                continue;
            lengths[tracks[e]] = lengths.GetValueOrDefault(tracks[e]) + 1;
            GraphEdge edge = graph.Edges[e];
            foreach (int source in matches(edge.Source))
            {
                foreach (int target in matches(edge.Target))
                {
                    int found = other.Find(source, target);
                    if (found >= 0 && otherTracks[found] >= 0)
                        CollectionsMarshal.GetValueRefOrAddDefault(counts, (tracks[e], otherTracks[found]), out _)++;
                }
            }
        }
        var best = new Dictionary<int, int>();
        foreach (((int track, _), int count) in counts)
            best[track] = Math.Max(best.GetValueOrDefault(track), count);
        if (lengths.Count == 0)
            return (null, null);
        double covered = 0, length = 0, fractions = 0;
        foreach ((int track, int edges) in lengths)
        {
            covered += best.GetValueOrDefault(track);
            length += edges;
            fractions += (double)best.GetValueOrDefault(track) / edges;
        }
        return (covered / length, fractions / lengths.Count);
    }
}
