using System.Runtime.InteropServices;

namespace Cellpose3D.Tracking.Detections;

/// <summary>The cells of a movie, frame by frame; a cell's place in the table is its id and never changes.</summary>
/// <remarks>Frames are appended; within a frame cells are ordered by label. Ids therefore do not depend on how cells are linked.</remarks>
public sealed class DetectionTable
{
    private readonly List<Detection> _items = [];
    private readonly List<int> _starts = [0];

    /// <summary>Number of cells of all frames.</summary>
    public int Count => _items.Count;

    /// <summary>Number of frames, empty ones included.</summary>
    public int FrameCount => _starts.Count - 1;

    /// <summary>All cells, by id; borrowed, valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<Detection> All => CollectionsMarshal.AsSpan(_items);

    /// <summary>A cell.</summary>
    /// <param name="id">Its id.</param>
    public ref readonly Detection this[int id] => ref CollectionsMarshal.AsSpan(_items)[id];

    /// <summary>Id of the first cell of a frame; the number of cells for the frame behind the last.</summary>
    /// <param name="frame">Counted from 0.</param>
    public int FrameStart(int frame) => _starts[frame];

    /// <summary>The cells of a frame, by label; borrowed, valid until the next <see cref="Add"/>.</summary>
    /// <param name="frame">Counted from 0.</param>
    public ReadOnlySpan<Detection> Frame(int frame) => All[_starts[frame].._starts[frame + 1]];

    /// <summary>Appends a frame.</summary>
    /// <param name="cells">Its cells by ascending label; their frame is <see cref="FrameCount"/>; borrowed.</param>
    /// <returns>The id of its first cell.</returns>
    /// <exception cref="ArgumentException">A cell is of another frame, or labels are not ascending from 1.</exception>
    public int Add(ReadOnlySpan<Detection> cells)
    {
        int frame = FrameCount, first = _items.Count, before = 0;
        foreach (ref readonly Detection cell in cells)
        {
            if (cell.Frame != frame)
                throw new ArgumentException($"cells of frame {frame} come next; got one of frame {cell.Frame}.", nameof(cells));
            if (cell.Label <= before)
                throw new ArgumentException($"labels of frame {frame} must ascend from 1; got {cell.Label} after {before}.", nameof(cells));
            before = cell.Label;
        }
        _items.AddRange(cells);
        _starts.Add(_items.Count);
        return first;
    }

    /// <summary>Looks a cell up by its number in a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="label">Its label.</param>
    /// <returns>Its id, or -1.</returns>
    public int Find(int frame, int label)
    {
        if (frame < 0 || frame >= FrameCount)
            return -1;
        int low = _starts[frame], high = _starts[frame + 1] - 1;
        ReadOnlySpan<Detection> all = All;
        while (low <= high)
        {
            int middle = low + (high - low) / 2, found = all[middle].Label;
            if (found == label)
                return middle;
            if (found < label)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }
}
