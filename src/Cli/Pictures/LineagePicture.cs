using System.Globalization;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>
/// The picture of all lineages: time to the right, a line for each track in its colour, forking where a cell divides. Families
/// that divide come first, the largest on top. Frames where a cell was missed are dotted; a dot ends a track before the movie's end, a ring
/// begins one after its begin.
/// </summary>
internal sealed class LineagePicture
{
    private const int PlotWidth = 1800, Left = 90, Right = 50, Top = 80, Bottom = 60, LargestHeight = 2400;
    private const int MostRows = 240, SmallestRow = 8, LargestRow = 34;

    private readonly TrackedFrames _tracked;
    private readonly Dictionary<int, List<Track>> _children = [];
    private readonly Dictionary<int, double> _rowOf = [];
    private readonly List<(Track Root, double Row)> _families = [];
    private readonly int _allFamilies;
    private int _rows;

    private LineagePicture(TrackedFrames tracked)
    {
        _tracked = tracked;
        foreach (Track track in tracked.Tracks.Tracks.Where(t => t.ParentId > 0))
        {
            if (!_children.TryGetValue(track.ParentId, out List<Track>? sisters))
                _children[track.ParentId] = sisters = [];
            sisters.Add(track);
        }
        var sizes = tracked.Tracks.Tracks.GroupBy(t => t.LineageId).ToDictionary(g => g.Key, g => g.Count());
        Track[] roots = [.. tracked.Tracks.Tracks.Where(t => t.ParentId == 0)
            .OrderByDescending(t => sizes[t.LineageId]).ThenByDescending(t => t.End - t.Begin).ThenBy(t => t.Begin).ThenBy(t => t.Id)];
        _allFamilies = roots.Length;
        foreach (Track root in roots)
        {
            if (_rows > 0 && _rows + Leaves(root) > MostRows)
                continue;                                                // a smaller family may still fit
            _families.Add((root, Place(root)));
            if (_rows >= MostRows)
                break;
        }
    }

    /// <summary>Draws the lineages of a movie.</summary>
    /// <param name="tracked">The movie; borrowed.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Draw(TrackedFrames tracked) => new LineagePicture(tracked).Png();

    private int Leaves(Track track) => _children.TryGetValue(track.Id, out List<Track>? daughters) ? daughters.Sum(Leaves) : 1;

    private double Place(Track track)
    {
        double row = _children.TryGetValue(track.Id, out List<Track>? daughters) ? daughters.Select(Place).ToArray().Average() : _rows++;
        return _rowOf[track.Id] = row;
    }

    private byte[] Png()
    {
        float step = Math.Clamp((float)(LargestHeight - Top - Bottom) / Math.Max(1, _rows), SmallestRow, LargestRow);
        int height = (int)(Top + Bottom + step * Math.Max(1, _rows));
        using var sheet = new SKBitmap(Left + PlotWidth + Right, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(PictureStyle.Ground);
        DrawAxis(canvas, height);
        foreach ((Track root, double row) in _families)
        {
            DrawFamily(canvas, root, step);
            if (step >= 11)
                PictureStyle.Text(canvas, root.Id.ToString(CultureInfo.InvariantCulture), Left - 14, Y(row, step) + Math.Min(15, step) * 0.35f, Math.Min(15, step), PictureStyle.Faint, SKTextAlign.Right);
        }
        string shown = _families.Count < _allFamilies ? string.Create(CultureInfo.InvariantCulture, $"; {_families.Count} of {_allFamilies} families shown") : "";
        int divisions = _children.Count;
        PictureStyle.Text(
            canvas, string.Create(CultureInfo.InvariantCulture, $"{_tracked.Tracks.Tracks.Count} tracks, {_allFamilies} families, {divisions} division{(divisions == 1 ? "" : "s")}{shown}"),
            Left, 34, 22, SKColors.White);
        canvas.Flush();
        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    private void DrawFamily(SKCanvas canvas, Track track, float step)
    {
        SKColor color = PictureStyle.Color(_tracked.Colors.Of(track.Id));
        float y = Y(_rowOf[track.Id], step), width = Math.Clamp(step * 0.28f, 2, 5.5f);
        using var line = new SKPaint { Color = color, IsAntialias = true, StrokeWidth = width, StrokeCap = SKStrokeCap.Round, Style = SKPaintStyle.Stroke };
        using var dotted = new SKPaint { Color = color, IsAntialias = true, StrokeWidth = width * 0.7f, Style = SKPaintStyle.Stroke, PathEffect = SKPathEffect.CreateDash([width, width * 1.2f], 0) };
        DetectionTable cells = _tracked.Cells;
        for (int n = 1, start = track.Begin; n <= track.Cells.Count; n++)
        {
            int before = cells[track.Cells[n - 1]].Frame, now = n < track.Cells.Count ? cells[track.Cells[n]].Frame : before;
            bool isSeen = now == before + 1 && !_tracked.Interpolated.Contains(track.Cells[n]) && !_tracked.Interpolated.Contains(track.Cells[n - 1]);
            if (isSeen)
                continue;
            if (before > start)
                canvas.DrawLine(X(start), y, X(before), y, line);
            if (now > before)
                canvas.DrawLine(X(before), y, X(now), y, dotted);
            start = now;
        }
        if (track.Begin == track.End)
            canvas.DrawPoint(X(track.Begin), y, line);
        if (track.ParentId == 0 && track.Begin > 0)
            DrawRing(canvas, X(track.Begin), y, width, color);
        if (!_children.TryGetValue(track.Id, out List<Track>? daughters))
        {
            if (track.End < _tracked.FrameCount - 1)
                canvas.DrawCircle(X(track.End), y, width * 0.95f, new SKPaint { Color = color, IsAntialias = true });
            return;
        }
        foreach (Track daughter in daughters)
        {
            using var branch = new SKPaint { Color = PictureStyle.Color(_tracked.Colors.Of(daughter.Id)), IsAntialias = true, StrokeWidth = width, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
            using var path = new SKPath();
            float target = Y(_rowOf[daughter.Id], step), x = X(track.End), next = X(daughter.Begin), bend = Math.Min(next - x, Math.Abs(target - y));
            path.MoveTo(x, y);
            path.CubicTo(x + bend * 0.1f, target, x + bend * 0.3f, target, next, target);
            canvas.DrawPath(path, branch);
            DrawFamily(canvas, daughter, step);
        }
        canvas.DrawCircle(X(track.End), y, width * 0.8f, new SKPaint { Color = color, IsAntialias = true });
    }

    private static void DrawRing(SKCanvas canvas, float x, float y, float width, SKColor color)
    {
        canvas.DrawCircle(x, y, width * 1.1f, new SKPaint { Color = PictureStyle.Ground, IsAntialias = true });
        canvas.DrawCircle(x, y, width * 1.1f, new SKPaint { Color = color, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = Math.Max(1.2f, width * 0.45f) });
    }

    private void DrawAxis(SKCanvas canvas, int height)
    {
        (double unit, string name) = _tracked.Movie.FrameSeconds switch
        {
            null => (1.0, "frame"),
            { } s when s * _tracked.FrameCount >= 7200 => (s / 3600, "hours"),
            { } s when s * _tracked.FrameCount >= 120 => (s / 60, "minutes"),
            { } s => (s, "seconds"),
        };
        double last = (_tracked.FrameCount - 1) * unit, rough = Math.Max(last, unit) / 10, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double tick = power * (power >= rough * 0.999 ? 1 : 2 * power >= rough ? 2 : 5 * power >= rough ? 5 : 10);
        if (name == "frame")
            tick = Math.Max(1, Math.Round(tick));
        using var grid = new SKPaint { Color = new SKColor(46, 46, 50), StrokeWidth = 1 };
        for (double t = 0; t <= last + 1e-9; t += tick)
        {
            float x = X(t / unit);
            canvas.DrawLine(x, Top - 12, x, height - Bottom + 12, grid);
            string text = string.Create(CultureInfo.InvariantCulture, $"{t:0.###}");
            PictureStyle.Text(canvas, text, x, Top - 20, 15, PictureStyle.Faint, SKTextAlign.Center);
            PictureStyle.Text(canvas, text, x, height - Bottom + 30, 15, PictureStyle.Faint, SKTextAlign.Center);
        }
        PictureStyle.Text(canvas, name, Left - 14, height - Bottom + 30, 15, PictureStyle.Faint, SKTextAlign.Right);
    }

    private float X(double frame) => Left + (float)(PlotWidth * (_tracked.FrameCount <= 1 ? 0 : frame / (_tracked.FrameCount - 1)));

    private static float Y(double row, float step) => (float)(Top + step * (row + 0.5));
}
