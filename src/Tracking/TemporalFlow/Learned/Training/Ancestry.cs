using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Tells which track of an earlier frame a track comes from.</summary>
internal sealed class Ancestry
{
    private readonly Dictionary<int, int> _parents;
    private readonly HashSet<int> _dividing;

    /// <summary>Takes the tracks of a movie.</summary>
    public Ancestry(IReadOnlyList<TrackRow> rows)
    {
        _parents = rows.ToDictionary(r => r.Label, r => r.Parent);
        _dividing = [.. rows.Where(r => r.Parent > 0).GroupBy(r => r.Parent).Where(g => g.Count() > 1).Select(g => g.Key)];
    }

    /// <summary>The track itself or the nearest of its forebears that is among the given ones; 0 when none is.</summary>
    /// <param name="label">The track.</param>
    /// <param name="present">Tracks of the earlier frame.</param>
    /// <returns>The forebear, and whether a division lies between.</returns>
    public (int Label, bool Divided) In(int label, IReadOnlySet<int> present)
    {
        bool divided = false;
        for (int at = label; at > 0; at = _parents.GetValueOrDefault(at))
        {
            if (present.Contains(at))
                return (at, divided);
            divided |= _dividing.Contains(_parents.GetValueOrDefault(at));
        }
        return (0, false);
    }
}
