using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>Turns cells and links in any order, as files list them, into a solution.</summary>
public static class SolutionFromGraph
{
    /// <summary>Frames a file may number; more is a damaged number, and each frame costs memory.</summary>
    public const int MostFrames = 1_000_000;

    /// <summary>Links cells by pairs.</summary>
    /// <param name="cells">The cells; borrowed. Within a frame labels are each once; cells without one get the numbers above the largest.</param>
    /// <param name="links">The links; borrowed.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="frameCount">Number of frames, where the movie may end with empty ones.</param>
    /// <param name="pins">A user's words on links, by the file's numbers; null for none.</param>
    /// <returns>The solution; tracks carry the file's numbers where it gives some.</returns>
    /// <exception cref="InvalidDataException">
    /// A cell or a label of a frame twice, a place that is no number, a frame outside 0 to <see cref="MostFrames"/>, a link to a
    /// cell that is not there or that does not lead forward in time, two tracks of one number, or pins that contradict each other.
    /// </exception>
    /// <exception cref="NotSupportedException">A cell has two parents: tracks that merge are not held.</exception>
    public static TrackingSolution Build(
        IReadOnlyList<GraphCell> cells, IReadOnlyList<GraphLink> links, string source, int frameCount = 0, IReadOnlyList<GraphPin>? pins = null)
    {
        if (frameCount is < 0 or > MostFrames)
            throw new InvalidDataException($"{source}: a movie must have 0 to {MostFrames} frames; got {frameCount}.");
        GraphCell[] sorted = [.. cells];
        Array.Sort(sorted, (a, b) => (a.Cell.Frame, a.Cell.Label, a.Id).CompareTo((b.Cell.Frame, b.Cell.Label, b.Id)));
        DetectionTable table = Table(sorted, source, frameCount, out Dictionary<long, int> index, out int[] trackIds);
        var solution = new TrackingSolution(table);
        foreach (GraphLink link in links)
        {
            int from = Find(index, link.Source, source), to = Find(index, link.Target, source);
            if (table.FrameOf(from) >= table.FrameOf(to))
                throw new InvalidDataException($"{source}: a link must lead to a later frame; the one from cell {link.Source} to {link.Target} leads from frame {table.FrameOf(from)} to {table.FrameOf(to)}.");
            int before = solution.ParentOf(to);
            if (before >= 0 && before != from)
                throw new NotSupportedException($"{source}: cell {link.Target} has two parents; tracks that merge are not held: remove one of its links.");
            solution.SetLink(new Link(from, to, link.Probability, link.Margin));
        }
        foreach (GraphPin pin in pins ?? [])
        {
            try
            {
                solution.Pin(new LinkPin(Find(index, pin.Source, source), Find(index, pin.Target, source), pin.Accept));
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"{source}: the pin from cell {pin.Source} to {pin.Target} does not fit: {e.Message}", e);
            }
        }
        Name(solution, trackIds, source);
        return solution;
    }

    /// <summary>Links the cells of each track, and each track's first cell to its parent's last.</summary>
    /// <param name="cells">The cells, each with the number of its track; borrowed.</param>
    /// <param name="parents">The parent of each track that has one; borrowed.</param>
    /// <param name="source">What messages call the file.</param>
    /// <param name="frameCount">Number of frames, where the movie may end with empty ones.</param>
    /// <param name="strength">Probability and margin of the link that leads to a cell, by the cell's number; null where unknown.</param>
    /// <exception cref="InvalidDataException">A track number below 1, a track twice in one frame, a parent that is not there or ends too late, or what <see cref="Build"/> refuses.</exception>
    public static TrackingSolution FromTracks(
        IReadOnlyList<GraphCell> cells, IReadOnlyDictionary<int, int> parents, string source, int frameCount = 0,
        Func<long, (float Probability, float Margin)>? strength = null)
    {
        var tracks = new SortedDictionary<int, List<GraphCell>>();
        foreach (GraphCell cell in cells)
        {
            if (cell.TrackId < 1)
                throw new InvalidDataException($"{source}: a track's number must be above 0; got {cell.TrackId}.");
            if (!tracks.TryGetValue(cell.TrackId, out List<GraphCell>? members))
                tracks[cell.TrackId] = members = [];
            members.Add(cell);
        }
        var links = new List<GraphLink>();
        foreach ((int id, List<GraphCell> members) in tracks)
        {
            members.Sort((a, b) => (a.Cell.Frame, a.Id).CompareTo((b.Cell.Frame, b.Id)));
            for (int n = 1; n < members.Count; n++)
            {
                if (members[n].Cell.Frame == members[n - 1].Cell.Frame)
                    throw new InvalidDataException($"{source}: track {id} has two cells in frame {members[n].Cell.Frame}; it must have one.");
                Add(members[n - 1].Id, members[n].Id);
            }
        }
        foreach ((int child, int parent) in parents.OrderBy(p => p.Key))
        {
            if (!tracks.TryGetValue(child, out List<GraphCell>? later) || !tracks.TryGetValue(parent, out List<GraphCell>? earlier))
                throw new InvalidDataException($"{source}: track {child} has parent {parent}; one of them has no cells.");
            if (earlier[^1].Cell.Frame >= later[0].Cell.Frame)
                throw new InvalidDataException($"{source}: track {child} begins in frame {later[0].Cell.Frame}; its parent {parent} must end before, but ends in frame {earlier[^1].Cell.Frame}.");
            Add(earlier[^1].Id, later[0].Id);
        }
        return Build(cells, links, source, frameCount);

        void Add(long from, long to)
        {
            (float probability, float margin) = strength?.Invoke(to) ?? (float.NaN, float.NaN);
            links.Add(new GraphLink(from, to, probability, margin));
        }
    }

    private static DetectionTable Table(GraphCell[] sorted, string source, int frameCount, out Dictionary<long, int> index, out int[] trackIds)
    {
        var table = new DetectionTable();
        index = new Dictionary<long, int>(sorted.Length);
        trackIds = new int[sorted.Length];
        var frame = new List<GraphCell>();
        for (int at = 0; at < sorted.Length || table.FrameCount < frameCount;)
        {
            int t = table.FrameCount;
            frame.Clear();
            for (; at < sorted.Length && sorted[at].Cell.Frame <= t; at++)
            {
                Require(sorted[at], source);
                frame.Add(sorted[at]);
            }
            if (frame.Count == 0 && at < sorted.Length)
                Require(sorted[at], source);
            int unlabelled = frame.FindIndex(c => c.Cell.Label > 0) is int first and >= 0 ? first : frame.Count;
            int largest = frame.Count == 0 ? 0 : frame[^1].Cell.Label;
            for (int n = 0; n < unlabelled; n++)
                frame.Add(frame[n] with { Cell = frame[n].Cell with { Label = checked(largest + 1 + n) } });
            frame.RemoveRange(0, unlabelled);
            var found = new Detection[frame.Count];
            for (int n = 0; n < found.Length; n++)
            {
                found[n] = frame[n].Cell;
                if (n > 0 && found[n].Label == found[n - 1].Label)
                    throw new InvalidDataException($"{source}: frame {t} has two cells of label {found[n].Label}; it must have one.");
            }
            int id = table.Add(found);
            foreach (GraphCell cell in frame)
            {
                if (!index.TryAdd(cell.Id, id))
                    throw new InvalidDataException($"{source}: cell {cell.Id} is listed twice.");
                trackIds[id++] = cell.TrackId;
            }
        }
        return table;
    }

    private static void Require(in GraphCell cell, string source)
    {
        if (cell.Cell.Frame is < 0 or >= MostFrames)
            throw new InvalidDataException($"{source}: frames must be 0 to {MostFrames - 1}; cell {cell.Id} lies in frame {cell.Cell.Frame}.");
        if (cell.Cell.Label < 0)
            throw new InvalidDataException($"{source}: labels must be 0 or more; cell {cell.Id} has {cell.Cell.Label}.");
        if (!double.IsFinite(cell.Cell.Centroid.SquaredLength))
            throw new InvalidDataException($"{source}: cell {cell.Id} must lie at a finite place; got {cell.Cell.Centroid}.");
    }

    private static int Find(Dictionary<long, int> index, long id, string source) =>
        index.TryGetValue(id, out int cell) ? cell : throw new InvalidDataException($"{source}: a link names cell {id}, which is not there.");

    private static void Name(TrackingSolution solution, int[] trackIds, string source)
    {
        var owners = new Dictionary<int, int>();
        for (int cell = 0; cell < trackIds.Length; cell++)
        {
            int id = trackIds[cell], parent = solution.ParentOf(cell);
            bool continues = parent >= 0 && trackIds[parent] == id && solution.ChildCount(parent) == 1;
            if (id == 0 || continues)
                continue;
            if (id < 0 || !owners.TryAdd(id, cell))
                throw new InvalidDataException($"{source}: a track's number must be above 0 and its own; {id} is not.");
            solution.NameTrack(cell, id);
        }
    }
}
