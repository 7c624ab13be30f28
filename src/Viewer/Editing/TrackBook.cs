using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.TemporalFlow;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Who comes from whom among labels that are numbered by track, and the file that says so.</summary>
/// <remarks>
/// A track is where its number is in the labels; only mothers are kept besides. So whatever is done to labels, tracks follow, and
/// what is done to tracks is a change of labels, of mothers, or of both, undone as one.
/// </remarks>
public sealed class TrackBook
{
    private readonly TrackedMovie? _movie;
    private readonly TrackRow[] _inFile;
    private readonly SortedDictionary<uint, uint> _parents = [];
    private TrackRow[] _opened = [];

    /// <summary>Begins with what a file says.</summary>
    /// <param name="path">The file, which <see cref="Write"/> replaces.</param>
    /// <param name="rows">Its tracks, by label.</param>
    /// <param name="movie">The file's other content; null for a CTC table, which has none.</param>
    public TrackBook(string path, IReadOnlyList<TrackRow> rows, TrackedMovie? movie)
    {
        (Path, _inFile, _movie) = (path, [.. rows], movie);
        Reset(rows.Where(r => r.Parent > 0).ToDictionary(r => (uint)r.Label, r => (uint)r.Parent));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The mother of each track that has one.</summary>
    public IReadOnlyDictionary<uint, uint> Parents => _parents;

    /// <summary>Whether two say the same of mothers.</summary>
    internal static bool AreSame(IReadOnlyDictionary<uint, uint> a, IReadOnlyDictionary<uint, uint> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out uint parent) && parent == p.Value);

    /// <summary>The mothers as they are now, for a record.</summary>
    internal Dictionary<uint, uint> Copy() => new(_parents);

    /// <summary>Replaces all mothers.</summary>
    internal void Reset(IReadOnlyDictionary<uint, uint> parents)
    {
        _parents.Clear();
        foreach ((uint track, uint parent) in parents)
            _parents[track] = parent;
    }

    /// <summary>Notes the labels that are in their file, to know later what changed.</summary>
    internal void Note(IReadOnlyList<LabelVolume> frames) => _opened = Rows(frames);

    internal uint ParentOf(uint track) => _parents.GetValueOrDefault(track);

    internal IEnumerable<uint> DaughtersOf(uint track) => _parents.Where(p => p.Value == track).Select(p => p.Key);

    internal void Set(uint track, uint parent)
    {
        if (parent == 0)
            _parents.Remove(track);
        else
            _parents[track] = parent;
    }

    /// <summary>The tracks of labels: from the first to the last time point that has the number.</summary>
    internal TrackRow[] Rows(IReadOnlyList<LabelVolume> frames)
    {
        var spans = new SortedDictionary<uint, (int Begin, int End)>();
        for (int t = 0; t < frames.Count; t++)
        {
            foreach (uint id in frames[t].Ids())
                spans[id] = (spans.TryGetValue(id, out (int Begin, int End) span) ? span.Begin : t, t);
        }
        return [.. spans.Select(s => new TrackRow((int)s.Key, s.Value.Begin, s.Value.End,
            spans.TryGetValue(ParentOf(s.Key), out (int Begin, int End) mother) && mother.End < s.Value.Begin ? (int)ParentOf(s.Key) : 0))];
    }

    /// <summary>Writes the file anew where the tracks are others than those it was opened with.</summary>
    /// <param name="frames">The labels that are saved.</param>
    /// <param name="always">Whether also where they are the same.</param>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    internal void Write(IReadOnlyList<LabelVolume> frames, bool always)
    {
        TrackRow[] rows = Rows(frames);
        if (!always && rows.SequenceEqual(_opened))
            return;
        if (_movie is null)
        {
            // rows of tracks that the labels never had are not ours to drop
            var known = _opened.Concat(rows).Select(r => r.Label).ToHashSet();
            CtcTrackFile.Write(Path, [.. rows, .. _inFile.Where(r => !known.Contains(r.Label))]);
        }
        else
        {
            TrackFile.Write(Path, _movie with { Solution = SolutionFromGraph.FromTracks(Cells(frames, _movie), rows.Where(r => r.Parent > 0).ToDictionary(r => r.Label, r => r.Parent), $"'{Path}'", frames.Count) });
        }
        _opened = rows;
    }

    // a cell that is as it was keeps what only the file knows of it
    private static List<GraphCell> Cells(IReadOnlyList<LabelVolume> frames, TrackedMovie movie)
    {
        var cells = new List<GraphCell>();
        DetectionTable before = movie.Solution.Detections;
        for (int t = 0; t < frames.Count; t++)
        {
            LabelVolume frame = frames[t];
            int[] ids = new int[frame.Voxels.Length];
            Buffer.BlockCopy(frame.Voxels, 0, ids, 0, checked(4 * ids.Length));
            var labels = movie.IsVolume ? new NdArray<int>(ids, frame.Shape.Z, frame.Shape.Y, frame.Shape.X) : new NdArray<int>(ids, frame.Shape.Y, frame.Shape.X);
            foreach (Detection measured in CellMeasurer.Measure(labels, null, t, movie.Spacing))
            {
                int old = t < before.FrameCount ? before.Find(t, measured.Label) : -1;
                cells.Add(new GraphCell(cells.Count, old >= 0 && before[old].Size == measured.Size ? before[old] : measured, measured.Label));
            }
        }
        return cells;
    }
}
