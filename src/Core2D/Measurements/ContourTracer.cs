using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Walks around the outer borders of one label at a time; holds the memory for it, so one per thread.</summary>
/// <remarks>
/// Border following of Suzuki and Abe (1985), outer borders only: those of every 8-connected part, but not of a part inside a
/// hole of another. Start (first pixel in raster order), direction (down the left side first) and the pixels passed twice are
/// those of OpenCV's <c>findContours</c> with <c>RETR_EXTERNAL</c> and <c>CHAIN_APPROX_NONE</c>, without its native library.
/// </remarks>
/// <param name="labels">int32, C order, one or more planes; borrowed.</param>
/// <param name="plane">Index of the plane.</param>
/// <param name="height">Rows of a plane.</param>
/// <param name="width">Columns of a plane.</param>
internal sealed class ContourTracer(int[] labels, int plane, int height, int width)
{
    private const byte Outside = 0, Inside = 1, Border = 2, RightBorder = 3;

    // Steps to the eight neighbours, from east turning towards north, as rows and columns.
    private static readonly int[] StepY = [0, -1, -1, -1, 0, 1, 1, 1];
    private static readonly int[] StepX = [1, 1, 0, -1, -1, -1, 0, 1];

    private readonly int[] _step = new int[8];                           // the same, in elements of _marks
    private readonly List<int> _starts = [];
    private readonly List<OutlinePoint> _points = [];
    private byte[] _marks = [];                                          // the label's box with one pixel of margin
    private int _stride;

    /// <summary>Points of all contours traced last, one contour after the other.</summary>
    public ReadOnlySpan<OutlinePoint> Points => CollectionsMarshal.AsSpan(_points);

    /// <summary>Number of contours traced last.</summary>
    public int Count => _starts.Count;

    /// <summary>The points of one contour traced last, in raster order of the contours' first pixels.</summary>
    public ReadOnlySpan<OutlinePoint> Contour(int index) =>
        Points[_starts[index]..(index + 1 < _starts.Count ? _starts[index + 1] : _points.Count)];

    /// <summary>Traces the outer borders of a label.</summary>
    /// <param name="region">The label and its bounding box in the plane.</param>
    public void Trace(in LabelRegion region)
    {
        _points.Clear();
        _starts.Clear();
        Mark(region);
        for (int y = region.Y0; y < region.Y1; y++)
        {
            int row = (y - region.Y0 + 1) * _stride + 1;
            byte before = Outside, lastBorder = RightBorder;             // a border's left side was passed and its right was not: inside it
            for (int x = region.X0; x < region.X1; x++)
            {
                int at = row + x - region.X0;
                if (_marks[at] == Inside && before == Outside && lastBorder == RightBorder)
                {
                    _starts.Add(_points.Count);
                    Follow(at, y, x);
                }
                before = _marks[at];
                if (before >= Border)
                    lastBorder = before;
            }
        }
    }

    private void Mark(in LabelRegion region)
    {
        _stride = region.X1 - region.X0 + 2;
        for (int s = 0; s < 8; s++)
            _step[s] = StepY[s] * _stride + StepX[s];
        int size = checked(_stride * (region.Y1 - region.Y0 + 2));
        if (_marks.Length < size)
            _marks = new byte[Math.Max(size, 2 * _marks.Length)];
        Array.Clear(_marks, 0, size);
        for (int y = region.Y0; y < region.Y1; y++)
        {
            ReadOnlySpan<int> from = labels.AsSpan(plane * height * width + y * width + region.X0, region.X1 - region.X0);
            Span<byte> to = _marks.AsSpan((y - region.Y0 + 1) * _stride + 1, from.Length);
            for (int x = 0; x < from.Length; x++)
                to[x] = from[x] == region.Label ? Inside : Outside;
        }
    }

    private void Follow(int start, int y, int x)
    {
        // Turn clockwise from west to the neighbour from which the walk will come back to the start.
        int side = 4;
        do
            side = (side - 1) & 7;
        while (_marks[start + _step[side]] == Outside && side != 4);
        if (side == 4)
        {
            _marks[start] = RightBorder;                                 // a pixel on its own
            _points.Add(new OutlinePoint(y, x));
            return;
        }
        int lastPixel = start + _step[side];

        for (int at = start; ;)
        {
            // Turn the other way, starting beside the pixel the walk came from, to the next pixel of the border.
            int next;
            bool passedEast = false;
            do
            {
                side = (side + 1) & 7;
                next = at + _step[side];
                if (side == 0 && _marks[next] == Outside)
                    passedEast = true;
            }
            while (_marks[next] == Outside);
            if (passedEast)
                _marks[at] = RightBorder;
            else if (_marks[at] == Inside)
                _marks[at] = Border;

            _points.Add(new OutlinePoint(y, x));
            if (next == start && at == lastPixel)
                return;
            y += StepY[side];
            x += StepX[side];
            at = next;
            side = (side + 4) & 7;                                       // back to where it came from
        }
    }
}
