using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>Scores a tracked movie against its truth by the rules of the Cell Tracking Challenge, frame by frame.</summary>
/// <remarks>Masks are looked at once; afterwards only labels and matches are kept, some 20 bytes a cell.</remarks>
public sealed class CtcEvaluator
{
    private const int LargestTolerance = 3;

    private readonly List<FrameMatch> _frames = [];
    private double _iouSum;
    private long _segmented;

    /// <summary>Adds the next frame.</summary>
    /// <param name="reference">int32 <c>[(Z,) Y, X]</c>, labels are track numbers; borrowed.</param>
    /// <param name="result">int32, shaped like <paramref name="reference"/>, labels are track numbers; borrowed.</param>
    /// <exception cref="ArgumentException">The shapes differ or a label is negative.</exception>
    public void AddFrame(NdArray<int> reference, NdArray<int> result) => _frames.Add(FrameMatch.Compare(reference, result));

    /// <summary>Adds masks that count for SEG alone: a frame, or a plane of one, in any order.</summary>
    /// <param name="reference">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="result">int32, shaped like <paramref name="reference"/>; borrowed.</param>
    /// <exception cref="ArgumentException">The shapes differ or a label is negative.</exception>
    public void AddSegmentation(NdArray<int> reference, NdArray<int> result)
    {
        FrameMatch match = FrameMatch.Compare(reference, result);
        foreach (double iou in match.IouOf)
            _iouSum += iou;
        _segmented += match.References.Length;
    }

    /// <summary>Scores what was added.</summary>
    /// <param name="referenceRows">Tracks of the truth; borrowed.</param>
    /// <param name="resultRows">Tracks of the result; borrowed.</param>
    /// <param name="options">Which readings to follow; null for the challenge's.</param>
    /// <param name="referenceName">What messages call the truth.</param>
    /// <param name="resultName">What messages call the result.</param>
    /// <exception cref="InvalidDataException">Rows and masks disagree.</exception>
    public CtcScores Score(
        IReadOnlyList<TrackRow> referenceRows, IReadOnlyList<TrackRow> resultRows, CtcScoreOptions? options = null,
        string referenceName = "the reference", string resultName = "the result")
    {
        options ??= new CtcScoreOptions();
        options.Validate();
        int[][] references = [.. _frames.Select(f => f.References)], results = [.. _frames.Select(f => f.Results)];
        TrackRows.Check(referenceRows, references, referenceName);
        TrackRows.Check(resultRows, results, resultName);
        TrackGraph reference = TrackGraph.FromRows(referenceRows, references), result = TrackGraph.FromRows(resultRows, results);
        NodeMatching matching = Matching(references, results, reference.NodeCount, result.NodeCount);
        if (options.OnlyDivisionsJoinTracks)
            (reference, result) = (reference.WithDivisionSemantics(), result.WithDivisionSemantics());

        var tracks = new TrackMatches(referenceRows, resultRows, _frames);
        int complete = tracks.CompleteTracks();
        int both = referenceRows.Count + resultRows.Count;
        int tolerances = Math.Max(LargestTolerance, options.DivisionTolerance) + 1;
        HitCounts[] divisions = [.. Enumerable.Range(0, tolerances).Select(tracks.Divisions)];
        return new CtcScores
        {
            Aogm = AogmCounts.Count(reference, result, matching),
            Seg = _segmented == 0 ? null : _iouSum / _segmented,
            Ct = both == 0 ? null : 2.0 * complete / both,
            CompleteTracks = complete,
            Tf = tracks.TrackFractions(options.LabelOrderInTrackFractions),
            Divisions = divisions,
            Bc = [.. divisions.Select(d => d.Hits + d.Missed > 0 ? d.F1 : options.BranchingIsZeroWithoutDivisions ? 0.0 : null)],
            Cca = CellCycles.Accuracy(referenceRows, resultRows),
            Chota = Metrics.Chota.Score(reference, result, matching),
            DivisionScores = DivisionScorer.Score(reference, result, OneToOne(matching, reference.NodeCount, result.NodeCount), tolerances - 1),
            ReferenceTracks = referenceRows.Count,
            ResultTracks = resultRows.Count,
            DivisionTolerance = options.DivisionTolerance,
        };
    }

    // a result cell over several reference cells shows none of them for certain
    private static NodeMatching OneToOne(NodeMatching matching, int referenceCount, int resultCount) =>
        new(referenceCount, resultCount, [.. matching.Pairs.Where(p => matching.IsUnique(p.Result))]);

    private NodeMatching Matching(int[][] references, int[][] results, int referenceCount, int resultCount)
    {
        var pairs = new List<(int Reference, int Result)>();
        int firstReference = 0, firstResult = 0;
        for (int t = 0; t < _frames.Count; t++)
        {
            for (int n = 0; n < references[t].Length; n++)
            {
                if (_frames[t].MatchOf[n] > 0)
                    pairs.Add((firstReference + n, firstResult + Array.BinarySearch(results[t], _frames[t].MatchOf[n])));
            }
            firstReference += references[t].Length;
            firstResult += results[t].Length;
        }
        return new NodeMatching(referenceCount, resultCount, pairs);
    }
}
