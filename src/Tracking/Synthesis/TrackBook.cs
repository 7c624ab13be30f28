using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Gives the visible cells of each kept frame their track numbers, and keeps rows and events.</summary>
/// <remarks>
/// As the Cell Tracking Challenge wants it: a track has a mask in each of its frames, a cell that was out of sight goes on under a new
/// number with the old one as parent, and a division is a track that ends with two (after skipped frames perhaps more) that begin.
/// A cell that was gone longer than <see cref="LongestGap"/> frames is a new one, and so are daughters of a cell that was missing when it
/// divided: nobody could know better.
/// </remarks>
internal sealed class TrackBook
{
    /// <summary>Most frames a cell may be missing and still go on.</summary>
    public const int LongestGap = 3;

    private readonly MovieScene _scene;
    private readonly List<TrackRow> _rows = [];                          // by label - 1
    private List<MovieCell> _before = [];
    private double _steps, _stepCount;

    public TrackBook(MovieScene scene)
    {
        _scene = scene;
    }

    /// <summary>The tracks so far.</summary>
    public IReadOnlyList<TrackRow> Rows => _rows;

    public List<LineageEvent> Events { get; } = [];

    /// <summary>Mean distance between the same cell's places in neighbouring frames, in diameters.</summary>
    public double MeanStep => _stepCount == 0 ? 0 : _steps / _stepCount / _scene.Diameter;

    /// <summary>Enters a frame.</summary>
    /// <param name="frame">Number of the kept frame.</param>
    /// <param name="visible">Cells with a mask in it, by id; borrowed.</param>
    /// <returns>For each, the track, its parent where it begins here, and that parent's last frame.</returns>
    public (int Label, int Parent, int ParentFrame)[] Enter(int frame, IReadOnlyList<MovieCell> visible)
    {
        var entries = new (int Label, int Parent, int ParentFrame)[visible.Count];
        var heirs = new Dictionary<MovieCell, List<int>>();
        for (int n = 0; n < visible.Count; n++)
        {
            MovieCell? source = Source(visible[n], frame);
            if (source is null)
                continue;
            if (!heirs.TryGetValue(source, out List<int>? list))
                heirs[source] = list = [];
            list.Add(n);
        }
        foreach ((MovieCell source, List<int> list) in heirs.OrderBy(h => h.Key.Id))
        {
            bool isNext = source.LastSeen == frame - 1;
            if (list.Count > 1 && !isNext)                               // nobody saw that division
                continue;
            foreach (int n in list)
                entries[n] = list.Count == 1 && isNext ? (source.Label, 0, -1) : (0, source.Label, source.LastSeen);
        }
        var seen = new HashSet<MovieCell>(visible);
        NoteGone(frame, seen);
        var children = new SortedDictionary<int, List<int>>();
        for (int n = 0; n < visible.Count; n++)
        {
            MovieCell cell = visible[n];
            if (entries[n].Label > 0)
            {
                _rows[entries[n].Label - 1] = _rows[entries[n].Label - 1] with { End = frame };
                if (cell.LastSeen == frame - 1)
                {
                    _steps += (cell.Place - cell.LastPlace).Length;
                    _stepCount++;
                }
            }
            else
            {
                entries[n].Label = _rows.Count + 1;
                if (entries[n].Parent == 0)
                    entries[n].ParentFrame = -1;
                _rows.Add(new TrackRow(entries[n].Label, frame, frame, entries[n].Parent));
                if (entries[n].Parent > 0)
                {
                    if (!children.TryGetValue(entries[n].Parent, out List<int>? list))
                        children[entries[n].Parent] = list = [];
                    list.Add(entries[n].Label);
                }
                else if (frame > 0)
                    Events.Add(new LineageEvent(frame, LineageEventKind.Enter, entries[n].Label, []));
            }
        }
        foreach ((int parent, List<int> list) in children)
            Events.Add(list.Count > 1 ? new LineageEvent(frame, LineageEventKind.Divide, parent, list) : new LineageEvent(frame, LineageEventKind.Return, list[0], [parent]));
        foreach ((MovieCell source, List<int> list) in heirs)
        {
            foreach (int n in list)
                source.IsContinued |= visible[n] != source;
        }
        for (int n = 0; n < visible.Count; n++)
            (visible[n].Label, visible[n].LastSeen, visible[n].LastPlace) = (entries[n].Label, frame, visible[n].Place);
        _before = [.. visible];
        return entries;
    }

    /// <summary>The cell that a visible one goes on from: itself, or the nearest ancestor that was seen; null where that is too long ago.</summary>
    private static MovieCell? Source(MovieCell cell, int frame)
    {
        MovieCell? source = cell;
        while (source is not null && source.LastSeen < 0)
            source = source.Mother;
        return source is null || source.IsContinued || frame - source.LastSeen > LongestGap + 1 ? null : source;
    }

    private void NoteGone(int frame, HashSet<MovieCell> seen)
    {
        foreach (MovieCell cell in _before)
        {
            if (seen.Contains(cell) || cell.HasDivided)
                continue;
            LineageEventKind kind = cell.DyingFor >= 0 ? LineageEventKind.Die : cell.HiddenFor > 0 && IsInView(cell.Place) ? LineageEventKind.Blink : LineageEventKind.Leave;
            Events.Add(new LineageEvent(frame, kind, cell.Label, []));
        }
    }

    private bool IsInView(Point3 place) =>
        place.Y > -0.5 && place.X > -0.5 && place.Y < _scene.Options.Height - 0.5 && place.X < _scene.Options.Width - 0.5
        && place.Z > -0.5 * _scene.Anisotropy && place.Z < (_scene.Options.Depth - 0.5) * _scene.Anisotropy;
}
