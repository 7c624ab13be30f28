using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>Follows reference tracks through the matched masks: complete tracks, track fractions, divisions.</summary>
internal sealed class TrackMatches
{
    private readonly IReadOnlyList<TrackRow> _references, _results;
    private readonly Dictionary<int, TrackRow> _resultByLabel;
    private readonly IReadOnlyList<FrameMatch> _frames;
    private readonly bool[][] _isShared;                                 // per frame and reference: its match covers another too

    public TrackMatches(IReadOnlyList<TrackRow> references, IReadOnlyList<TrackRow> results, IReadOnlyList<FrameMatch> frames)
    {
        (_references, _results, _frames) = (references, results, frames);
        _resultByLabel = results.ToDictionary(r => r.Label);
        _isShared = new bool[frames.Count][];
        for (int t = 0; t < frames.Count; t++)
        {
            int[] matches = frames[t].MatchOf;
            var seen = new Dictionary<int, int>();
            _isShared[t] = new bool[matches.Length];
            for (int n = 0; n < matches.Length; n++)
            {
                if (matches[n] == 0)
                    continue;
                if (seen.TryGetValue(matches[n], out int first))
                    _isShared[t][first] = _isShared[t][n] = true;
                else
                    seen[matches[n]] = n;
            }
        }
    }

    /// <summary>Number of reference tracks that one result track shows in every frame, alone, with the same first and last frame.</summary>
    public int CompleteTracks()
    {
        int complete = 0;
        foreach (TrackRow row in _references)
        {
            int label = UniqueMatch(row.Begin, row.Label);
            if (label == 0 || !_resultByLabel.TryGetValue(label, out TrackRow found) || found.Begin != row.Begin || found.End != row.End)
                continue;
            bool isSame = true;
            for (int t = row.Begin + 1; t <= row.End && isSame; t++)
                isSame = UniqueMatch(t, row.Label) == label;
            complete += isSame ? 1 : 0;
        }
        return complete;
    }

    /// <summary>Mean over tracks found at all of their longest run under one label; null without any.</summary>
    public double? TrackFractions(bool labelOrder)
    {
        var runs = new SortedDictionary<int, SortedDictionary<int, double>>();   // result label, reference label, longest run
        foreach (TrackRow row in _references)
        {
            int length = 0, before = 0;
            for (int t = row.Begin; t <= row.End; t++)
            {
                int label = UniqueMatch(t, row.Label);
                length = label == 0 ? 0 : label == before ? length + 1 : 1;
                before = label;
                if (label == 0)
                    continue;
                if (!runs.TryGetValue(label, out SortedDictionary<int, double>? covered))
                    runs[label] = covered = [];
                covered[row.Label] = Math.Max(covered.GetValueOrDefault(row.Label), (double)length / (row.End - row.Begin + 1));
            }
        }
        var best = new SortedDictionary<int, double>();
        foreach (SortedDictionary<int, double> covered in runs.Values)
        {
            foreach ((int label, double fraction) in covered)
            {
                if (best.GetValueOrDefault(label) == 1)
                    continue;
                best[label] = Math.Max(best.GetValueOrDefault(label), fraction);
                if (labelOrder && fraction == 1)
                    break;
            }
        }
        return best.Count == 0 ? null : best.Values.Average();
    }

    /// <summary>Divisions found when they may be some frames off.</summary>
    public HitCounts Divisions(int tolerance)
    {
        Dictionary<int, TrackRow[]> expected = Mothers(_references), found = Mothers(_results);
        Dictionary<int, TrackRow> referenceByLabel = _references.ToDictionary(r => r.Label);
        var taken = new HashSet<int>();
        foreach ((int label, TrackRow[] daughters) in expected.OrderBy(m => m.Key))
        {
            TrackRow mother = referenceByLabel[label];
            foreach ((int other, TrackRow[] children) in found.OrderBy(m => m.Key))
            {
                if (!taken.Contains(other) && IsSame(mother, daughters, _resultByLabel[other], children, tolerance))
                {
                    taken.Add(other);
                    break;
                }
            }
        }
        return new HitCounts(taken.Count, found.Count - taken.Count, expected.Count - taken.Count);
    }

    private bool IsSame(TrackRow mother, TrackRow[] daughters, TrackRow other, TrackRow[] children, int tolerance)
    {
        if (Math.Abs(mother.End - other.End) > tolerance || daughters.Length != children.Length
            || Match(Math.Min(mother.End, other.End), mother.Label) != other.Label)
            return false;
        int after = Math.Max(mother.End, other.End) + 1;
        var matched = new HashSet<int>();
        foreach (TrackRow daughter in daughters)
        {
            int match = Match(after, daughter.Label);
            if (children.Any(c => c.Label == match))
                matched.Add(match);
        }
        return matched.Count == children.Length;
    }

    private static Dictionary<int, TrackRow[]> Mothers(IReadOnlyList<TrackRow> rows) =>
        rows.Where(r => r.Parent > 0).GroupBy(r => r.Parent).Where(g => g.Count() > 1).ToDictionary(g => g.Key, g => g.ToArray());

    /// <summary>The label that covers a reference mask, or 0.</summary>
    private int Match(int t, int label)
    {
        int n = t < _frames.Count ? Array.BinarySearch(_frames[t].References, label) : -1;
        return n < 0 ? 0 : _frames[t].MatchOf[n];
    }

    /// <summary>The label that covers a reference mask and no other, or 0.</summary>
    private int UniqueMatch(int t, int label)
    {
        int n = Array.BinarySearch(_frames[t].References, label);
        return n < 0 || _isShared[t][n] ? 0 : _frames[t].MatchOf[n];
    }
}
