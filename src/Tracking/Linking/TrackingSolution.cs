using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.Linking;

/// <summary>Who comes from whom: for every cell at most one parent, for every parent any number of children, and the user's pins.</summary>
/// <remarks>
/// Tracks, lineages and generations are derived (see <see cref="Lineages.TrackSet"/>). A track is named by the cell it begins
/// with, and keeps its number as long as some track begins there: an edit never renumbers the others, and undoing it
/// gives the old number back.
/// </remarks>
public sealed class TrackingSolution
{
    private readonly LinkedCells _cells = new();
    private readonly Dictionary<int, int> _trackIds = [];                // by the cell a track begins with
    private readonly HashSet<int> _takenIds = [];
    private readonly Dictionary<(int Source, int Target), bool> _pins = [];
    private int _lastTrackId;

    /// <summary>Makes a solution without links.</summary>
    /// <param name="detections">The cells; may grow later; shared.</param>
    public TrackingSolution(DetectionTable detections)
    {
        Detections = detections;
    }

    /// <summary>The cells.</summary>
    public DetectionTable Detections { get; }

    /// <summary>Number of links.</summary>
    public int LinkCount { get; private set; }

    /// <summary>Grows with every change of a link.</summary>
    public int Version { get; private set; }

    /// <summary>The pins, by target, then by source.</summary>
    public IReadOnlyList<LinkPin> Pins =>
        [.. _pins.Select(p => new LinkPin(p.Key.Source, p.Key.Target, p.Value)).OrderBy(p => p.Target).ThenBy(p => p.Source)];

    /// <summary>The links, by target.</summary>
    public IEnumerable<Link> Links
    {
        get
        {
            for (int target = 0; target < _cells.Count; target++)
            {
                if (LinkTo(target) is { } link)
                    yield return link;
            }
        }
    }

    /// <summary>The parent of a cell, or -1.</summary>
    /// <param name="id">The cell.</param>
    public int ParentOf(int id) => id < _cells.Count ? _cells[id].Parent : -1;

    /// <summary>The link that leads to a cell, or null.</summary>
    /// <param name="id">The cell.</param>
    public Link? LinkTo(int id) =>
        ParentOf(id) < 0 ? null : new Link(_cells[id].Parent, id, _cells[id].Probability, _cells[id].Margin);

    /// <summary>Number of children of a cell.</summary>
    /// <param name="id">The cell.</param>
    public int ChildCount(int id)
    {
        int count = 0;
        for (int child = FirstChildOf(id); child >= 0; child = _cells[child].NextSibling)
            count++;
        return count;
    }

    /// <summary>The children of a cell, by ascending id.</summary>
    /// <param name="id">The cell.</param>
    public IEnumerable<int> ChildrenOf(int id)
    {
        for (int child = FirstChildOf(id); child >= 0; child = _cells[child].NextSibling)
            yield return child;
    }

    /// <summary>The first child of a cell by id, or -1.</summary>
    /// <param name="id">The cell.</param>
    public int FirstChildOf(int id) => id < _cells.Count ? _cells[id].FirstChild : -1;

    /// <summary>Gives a cell a parent in place of the one it has.</summary>
    /// <param name="link">The link.</param>
    /// <exception cref="ArgumentException">The source is not in an earlier frame than the target, or an id is unknown.</exception>
    public void SetLink(Link link)
    {
        RequireForward(link.Source, link.Target);
        _cells.Grow(Detections.Count);
        ref LinkedCell cell = ref _cells[link.Target];
        if (cell.Parent != link.Source)
        {
            Unlink(link.Target);
            cell.Parent = link.Source;
            InsertChild(link.Source, link.Target);
            LinkCount++;
        }
        (cell.Probability, cell.Margin) = (link.Probability, link.Margin);
        Version++;
    }

    /// <summary>Takes a cell's parent away; nothing where it has none.</summary>
    /// <param name="target">The cell.</param>
    public void Unlink(int target)
    {
        int source = ParentOf(target);
        if (source < 0)
            return;
        ref LinkedCell cell = ref _cells[target];
        ref int to = ref _cells[source].FirstChild;                      // what leads to the cell in the chain of its siblings
        while (to != target)
            to = ref _cells[to].NextSibling;
        to = cell.NextSibling;
        (cell.NextSibling, cell.Parent) = (-1, -1);
        LinkCount--;
        Version++;
    }

    /// <summary>Pins a link and brings the solution in line with it at once; a window around it can then be solved anew.</summary>
    /// <param name="pin">The pin; it replaces one on the same pair.</param>
    /// <exception cref="ArgumentException">Another pin gives the target another parent, or the pair does not lead forward in time.</exception>
    public void Pin(LinkPin pin)
    {
        RequireForward(pin.Source, pin.Target);
        if (pin.Accept)
        {
            foreach ((int source, int target) in _pins.Keys)
            {
                if (target == pin.Target && source != pin.Source && _pins[(source, target)])
                    throw new ArgumentException($"a cell has one parent: cell {target} is pinned to {source}; remove that pin first.", nameof(pin));
            }
        }
        _pins[(pin.Source, pin.Target)] = pin.Accept;
        if (pin.Accept && ParentOf(pin.Target) != pin.Source)
            SetLink(new Link(pin.Source, pin.Target, float.NaN, float.NaN));
        else if (!pin.Accept && ParentOf(pin.Target) == pin.Source)
            Unlink(pin.Target);
        Version++;
    }

    /// <summary>Removes a pin; the link itself stays as it is.</summary>
    /// <param name="source">Id of the earlier cell.</param>
    /// <param name="target">Id of the later cell.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unpin(int source, int target) => _pins.Remove((source, target));

    /// <summary>The number of the track that begins with a cell; given out at the first call, in the order of calls, and kept for ever.</summary>
    /// <param name="first">The cell.</param>
    public int TrackIdFrom(int first)
    {
        if (!_trackIds.TryGetValue(first, out int id))
        {
            id = ++_lastTrackId;
            _trackIds[first] = id;
            _takenIds.Add(id);
        }
        return id;
    }

    /// <summary>Names the track that begins with a cell, as a file does.</summary>
    /// <param name="first">The cell.</param>
    /// <param name="id">Above 0, not given to another cell.</param>
    /// <exception cref="ArgumentException">The number is taken or not above 0.</exception>
    public void NameTrack(int first, int id)
    {
        bool has = _trackIds.TryGetValue(first, out int old);
        if (has && old == id)
            return;
        if (id < 1 || !_takenIds.Add(id))
            throw new ArgumentException($"a track's number must be above 0 and its own; got {id}.", nameof(id));
        if (has)
            _takenIds.Remove(old);
        _trackIds[first] = id;
        _lastTrackId = Math.Max(_lastTrackId, id);
    }

    /// <summary>The largest number given out so far.</summary>
    internal int LastTrackId => _lastTrackId;

    /// <summary>The number a track that begins with a cell has or had; null where none was given out.</summary>
    /// <param name="first">The cell.</param>
    internal int? GivenTrackId(int first) => _trackIds.TryGetValue(first, out int id) ? id : null;

    private void RequireForward(int source, int target)
    {
        if ((uint)source >= (uint)Detections.Count || (uint)target >= (uint)Detections.Count)
            throw new ArgumentException($"cells are numbered 0 to {Detections.Count - 1}; got a link from {source} to {target}.");
        int from = Detections.FrameOf(source), to = Detections.FrameOf(target);
        if (from >= to)
            throw new ArgumentException($"a link must lead to a later frame; got frame {from} to frame {to}.");
    }

    private void InsertChild(int source, int target)
    {
        ref int to = ref _cells[source].FirstChild;
        while (to >= 0 && to < target)
            to = ref _cells[to].NextSibling;
        _cells[target].NextSibling = to;
        to = target;
    }
}
