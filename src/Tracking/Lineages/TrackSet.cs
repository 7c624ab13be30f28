using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>The tracks, lineages and generations of a solution at one moment.</summary>
public sealed class TrackSet
{
    private readonly int[] _trackOf;                                     // by cell, index into Tracks
    private readonly Dictionary<int, int> _indexById;

    private TrackSet(Track[] tracks, int[] trackOf)
    {
        Tracks = tracks;
        _trackOf = trackOf;
        _indexById = new Dictionary<int, int>(tracks.Length);
        for (int i = 0; i < tracks.Length; i++)
            _indexById[tracks[i].Id] = i;
    }

    /// <summary>The tracks, in the order of the cells they begin with: by frame, then by label.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>The track of a cell.</summary>
    /// <param name="cell">Its id.</param>
    public Track TrackOf(int cell) => Tracks[_trackOf[cell]];

    /// <summary>A track by its number, or null.</summary>
    /// <param name="id">The number.</param>
    public Track? Find(int id) => _indexById.TryGetValue(id, out int index) ? Tracks[index] : null;

    /// <summary>The tracks as rows of the Cell Tracking Challenge, by label.</summary>
    public TrackRow[] Rows() => [.. Tracks.Select(t => new TrackRow(t.Id, t.Begin, t.End, t.ParentId)).OrderBy(r => r.Label)];

    /// <summary>Walks all links.</summary>
    /// <param name="solution">The solution; numbers of new tracks are given out by it; its links do not change.</param>
    /// <param name="splitAtGaps">Whether a skipped frame ends a track, as CTC rows need; its second part keeps the number a file gave it, or gets one that no track has, and has the first as parent.</param>
    public static TrackSet Build(TrackingSolution solution, bool splitAtGaps = false)
    {
        DetectionTable cells = solution.Detections;
        int count = cells.Count;
        int[] trackOf = new int[count];
        var starts = new List<int>();
        var isGapStart = new List<bool>();
        for (int cell = 0; cell < count; cell++)                         // parents come first: ids ascend with frames
        {
            int parent = solution.ParentOf(cell);
            bool begins = parent < 0 || solution.ChildCount(parent) > 1;
            bool isGap = !begins && splitAtGaps && cells.FrameOf(cell) > cells.FrameOf(parent) + 1;
            if (begins || isGap)
            {
                trackOf[cell] = starts.Count;
                starts.Add(cell);
                isGapStart.Add(isGap);
            }
            else
                trackOf[cell] = trackOf[parent];
        }

        var members = new List<int>[starts.Count];
        for (int cell = 0; cell < count; cell++)
            (members[trackOf[cell]] ??= []).Add(cell);
        int[] ids = new int[starts.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!isGapStart[i])
                ids[i] = solution.TrackIdFrom(starts[i]);
        }
        int spare = solution.LastTrackId;
        var tracks = new Track[starts.Count];
        for (int i = 0; i < tracks.Length; i++)
        {
            if (isGapStart[i])
                ids[i] = solution.GivenTrackId(starts[i]) ?? ++spare;
            int parent = solution.ParentOf(starts[i]);
            Track? mother = parent < 0 ? null : tracks[trackOf[parent]];
            int generation = mother is null ? 0 : mother.Generation + (isGapStart[i] ? 0 : 1);
            tracks[i] = new Track(
                ids[i], members[i], cells[members[i][0]].Frame, cells[members[i][^1]].Frame, mother?.Id ?? 0, mother?.LineageId ?? ids[i], generation);
        }
        return new TrackSet(tracks, trackOf);
    }
}
