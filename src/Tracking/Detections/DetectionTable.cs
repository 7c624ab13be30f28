namespace Cellpose3D.Tracking.Detections;

/// <summary>The cells of a movie, frame by frame; a cell's place in the table is its id and never changes.</summary>
/// <remarks>
/// Frames are appended; within a frame cells are ordered by label. Ids therefore do not depend on how cells are linked. Memory holds the last
/// frames, up to a number of cells; those before them lie in a temporary file and are read from there, one cell or one frame at a time, so
/// that a movie may be of any length. Where that file cannot be written all stay in memory.
/// </remarks>
public sealed class DetectionTable
{
    /// <summary>Cells kept in memory if nothing else is said: 16 MB.</summary>
    public const int DefaultHeld = 125_000;

    private const int MostRead = 4;                                      // frames read back that are kept

    private readonly List<Detection[]?> _frames = [];                    // null once they lie in the file
    private readonly List<int> _starts = [0];
    private readonly DetectionSpill _spill = new();
    private readonly Queue<(int Frame, Detection[] Cells)> _read = new();
    private readonly Lock _gate = new();
    private readonly int _mostHeld;
    private int _firstHeld, _held, _next, _near;

    /// <summary>Makes an empty table.</summary>
    /// <param name="mostHeld">Cells kept in memory; the last frame stays there however large it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public DetectionTable(int mostHeld = DefaultHeld)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mostHeld);
        _mostHeld = mostHeld;
    }

    /// <summary>Number of cells of all frames.</summary>
    public int Count => _starts[^1];

    /// <summary>Number of frames, empty ones included.</summary>
    public int FrameCount => _starts.Count - 1;

    /// <summary>All cells, by id.</summary>
    public IEnumerable<Detection> All
    {
        get
        {
            for (int frame = 0; frame < FrameCount; frame++)
            {
                foreach (Detection cell in CellsOf(frame))
                    yield return cell;
            }
        }
    }

    /// <summary>A cell.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    public Detection this[int id]
    {
        get
        {
            int frame = FrameOf(id);
            bool isNext = id == _next;                                   // whoever goes through all cells has whole frames read
            _next = id + 1;
            if (_frames[frame] is not null || isNext)
                return CellsOf(frame)[id - _starts[frame]];
            var cell = new Detection { Frame = 0, Label = 0, Centroid = default };
            _spill.Read(id, new Span<Detection>(ref cell));
            return cell;
        }
    }

    /// <summary>The frame of a cell.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    public int FrameOf(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        int near = _near;                                                // mostly the same again
        if (near < FrameCount && id >= _starts[near] && id < _starts[near + 1])
            return near;
        int low = 0, high = FrameCount - 1;                              // the last frame that begins at the cell or before; empty ones begin where the next does
        while (low < high)
        {
            int middle = low + (high - low + 1) / 2;
            if (_starts[middle] <= id)
                low = middle;
            else
                high = middle - 1;
        }
        return _near = low;
    }

    /// <summary>Id of the first cell of a frame; the number of cells for the frame behind the last.</summary>
    /// <param name="frame">Counted from 0.</param>
    public int FrameStart(int frame) => _starts[frame];

    /// <summary>The cells of a frame, by label; borrowed.</summary>
    /// <param name="frame">Counted from 0.</param>
    public ReadOnlySpan<Detection> Frame(int frame) => CellsOf(frame);

    /// <summary>Appends a frame.</summary>
    /// <param name="cells">Its cells by ascending label; their frame is <see cref="FrameCount"/>; borrowed.</param>
    /// <returns>The id of its first cell.</returns>
    /// <exception cref="ArgumentException">A cell is of another frame, or labels are not ascending from 1.</exception>
    public int Add(ReadOnlySpan<Detection> cells)
    {
        int frame = FrameCount, first = Count, before = 0;
        foreach (ref readonly Detection cell in cells)
        {
            if (cell.Frame != frame)
                throw new ArgumentException($"cells of frame {frame} come next; got one of frame {cell.Frame}.", nameof(cells));
            if (cell.Label <= before)
                throw new ArgumentException($"labels of frame {frame} must ascend from 1; got {cell.Label} after {before}.", nameof(cells));
            before = cell.Label;
        }
        _starts.Add(checked(first + cells.Length));
        _frames.Add(cells.ToArray());
        _held += cells.Length;
        for (; _held > _mostHeld && _firstHeld < frame && _spill.TryWrite(_starts[_firstHeld], _frames[_firstHeld]); _firstHeld++)
        {
            _held -= _frames[_firstHeld]!.Length;
            _frames[_firstHeld] = null;
        }
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
        Detection[] cells = CellsOf(frame);
        int low = 0, high = cells.Length - 1;
        while (low <= high)
        {
            int middle = low + (high - low) / 2, found = cells[middle].Label;
            if (found == label)
                return _starts[frame] + middle;
            if (found < label)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    private Detection[] CellsOf(int frame)
    {
        if (_frames[frame] is { } held)
            return held;
        lock (_gate)
        {
            foreach ((int known, Detection[] there) in _read)
            {
                if (known == frame)
                    return there;
            }
            var cells = new Detection[_starts[frame + 1] - _starts[frame]];
            _spill.Read(_starts[frame], cells);
            if (_read.Count == MostRead)
                _read.Dequeue();
            _read.Enqueue((frame, cells));
            return cells;
        }
    }
}
