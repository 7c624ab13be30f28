using System.Globalization;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Tracking.Detections;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>
/// The picture of a tracked movie: some frames side by side, each cell outlined in its track's colour with a tail of where it came from.
/// Volumes are seen along Z: the brightest voxel, and the cell it belongs to.
/// </summary>
internal sealed class MontagePicture : IDisposable
{
    private const int Gap = 10, LargestWidth = 2400, LargestPanel = 1100, SmallestPanel = 420, MostPanels = 6;
    private const int TailFrames = 12;
    private const double Gamma = 0.7;                                    // brings up dim cells beside bright ones

    private readonly TrackedFrames _tracked;
    private readonly SKBitmap _sheet;
    private readonly SKCanvas _canvas;
    private readonly int _height, _width, _columns, _rows;
    private readonly double _scale, _stretchY;                           // panel pixels for a pixel of X; Y against X
    private readonly List<int> _frames;

    /// <summary>Chooses the frames and lays out the sheet.</summary>
    /// <param name="tracked">The movie; borrowed.</param>
    public MontagePicture(TrackedFrames tracked)
    {
        _tracked = tracked;
        IReadOnlyList<int> shape = tracked.Movie.Shape;
        SpacingUm spacing = tracked.Movie.Spacing;
        _stretchY = spacing.Y / spacing.X;
        double height = shape[^2] * _stretchY, width = shape[^1];
        int count = Math.Min(MostPanels, tracked.FrameCount);
        _frames = [.. Enumerable.Range(0, count).Select(n => count == 1 ? 0 : (int)Math.Round((double)n * (tracked.FrameCount - 1) / (count - 1)))];
        _columns = Columns(count, height / width);
        _rows = (count + _columns - 1) / _columns;
        double largest = Math.Min(LargestPanel, (double)(LargestWidth - (_columns + 1) * Gap) / _columns);
        _scale = Math.Min(largest / width, LargestPanel / height);
        if (_scale > 1)
            _scale = Math.Max(1, Math.Min(_scale, SmallestPanel * 1.5 / Math.Max(height, width)));
        (_height, _width) = (Math.Max(1, (int)Math.Round(height * _scale)), Math.Max(1, (int)Math.Round(width * _scale)));
        _sheet = new SKBitmap(_columns * (_width + Gap) + Gap, _rows * (_height + Gap) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        _canvas = new SKCanvas(_sheet);
        _canvas.Clear(PictureStyle.Ground);
    }

    /// <summary>The frames that are shown.</summary>
    public IReadOnlyList<int> Frames => _frames;

    /// <summary>Draws a frame.</summary>
    /// <param name="frame">One of <see cref="Frames"/>.</param>
    /// <param name="labels">int32 [(Z,) Y, X], the masks that were tracked; borrowed.</param>
    /// <param name="image">float32, shaped like <paramref name="labels"/>; null for none; borrowed.</param>
    public void Add(int frame, NdArray<int> labels, NdArray<float>? image)
    {
        (NdArray<int> flat, NdArray<float>? photo) = Project(labels, image);
        int panel = _frames.IndexOf(frame);
        (float left, float top) = (Gap + panel % _columns * (_width + Gap), Gap + panel / _columns * (_height + Gap));
        _canvas.Save();
        _canvas.ClipRect(SKRect.Create(left, top, _width, _height));
        _canvas.Translate(left, top);
        DrawPhoto(photo);
        DrawCells(frame, flat, photo is null);
        DrawTails(frame);
        DrawCaption(frame, panel == 0);
        _canvas.Restore();
    }

    /// <summary>The picture.</summary>
    /// <returns>A PNG file's bytes.</returns>
    public byte[] Png()
    {
        _canvas.Flush();
        using SKData png = _sheet.Encode(SKEncodedImageFormat.Png, 90);
        return png.ToArray();
    }

    /// <summary>Frees the sheet.</summary>
    public void Dispose()
    {
        _canvas.Dispose();
        _sheet.Dispose();
    }

    // as near to a screen's shape as may be
    private static int Columns(int count, double tall)
    {
        int best = 1;
        double bestMiss = double.PositiveInfinity;
        for (int columns = 1; columns <= count; columns++)
        {
            int rows = (count + columns - 1) / columns;
            double miss = Math.Abs(Math.Log(columns / (rows * tall) / 1.6)) + 0.3 * (columns * rows - count);
            if (miss < bestMiss)
                (best, bestMiss) = (columns, miss);
        }
        return best;
    }

    private static (NdArray<int> Labels, NdArray<float>? Image) Project(NdArray<int> labels, NdArray<float>? image)
    {
        if (labels.Rank == 2)
            return (labels, image);
        int size = labels.Shape[1] * labels.Shape[2];
        NdArray<int> flat = new(labels.Shape[1], labels.Shape[2]);
        NdArray<float>? photo = image is null ? null : new NdArray<float>(labels.Shape[1], labels.Shape[2]);
        Parallel.For(0, labels.Shape[1], y =>
        {
            for (int i = y * labels.Shape[2]; i < (y + 1) * labels.Shape[2]; i++)
            {
                float brightest = float.NegativeInfinity, seen = float.NegativeInfinity;
                for (int z = 0; z < labels.Shape[0]; z++)
                {
                    float value = image is null ? -z : image.Data[z * size + i];
                    brightest = Math.Max(brightest, value);
                    if (labels.Data[z * size + i] == 0 || value <= seen)
                        continue;
                    seen = value;
                    flat.Data[i] = labels.Data[z * size + i];
                }
                if (photo is not null)
                    photo.Data[i] = brightest;
            }
        });
        return (flat, photo);
    }

    private void DrawPhoto(NdArray<float>? photo)
    {
        if (photo is null)
        {
            _canvas.DrawRect(0, 0, _width, _height, new SKPaint { Color = PictureStyle.Panel });
            return;
        }
        var contrast = Contrast.For([photo.Data]);
        byte[] curve = [.. Enumerable.Range(0, 256).Select(v => (byte)Math.Round(235 * Math.Pow(v / 255.0, Gamma)))];
        using var grey = new SKBitmap(new SKImageInfo(photo.Shape[1], photo.Shape[0], SKColorType.Gray8, SKAlphaType.Opaque));
        Span<byte> pixels = grey.GetPixelSpan();
        int stride = grey.RowBytes;
        for (int y = 0; y < photo.Shape[0]; y++)
        {
            for (int x = 0; x < photo.Shape[1]; x++)
                pixels[y * stride + x] = curve[contrast.Of(photo.Data[y * photo.Shape[1] + x])];
        }
        using SKImage image = SKImage.FromBitmap(grey);
        SKSamplingOptions sampling = _scale > 1 ? new SKSamplingOptions(SKCubicResampler.Mitchell) : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        _canvas.DrawImage(image, SKRect.Create(photo.Shape[1], photo.Shape[0]), SKRect.Create(_width, _height), sampling);
    }

    private void DrawCells(int frame, NdArray<int> labels, bool fill)
    {
        using var line = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = (float)Math.Clamp(1.6 * Math.Sqrt(_scale), 1.2, 2.6), StrokeJoin = SKStrokeJoin.Round };
        using var area = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Fill };
        foreach (Outline outline in Outlines.Trace(labels, minimumPoints: 3))
        {
            int cell = _tracked.Cells.Find(frame, outline.Label);
            if (cell < 0 || outline.Points.Length == 0)
                continue;
            SKColor color = ColorOf(cell);
            using var path = new SKPath();
            path.AddPoly([.. outline.Points.Select(p => At(p.Y, p.X))]);
            area.Color = color.WithAlpha(fill ? (byte)110 : (byte)34);
            _canvas.DrawPath(path, area);
            line.Color = color;
            line.PathEffect = _tracked.Interpolated.Contains(cell) ? SKPathEffect.CreateDash([5, 4], 0) : null;
            _canvas.DrawPath(path, line);
        }
    }

    /// <summary>Where each cell of the frame came from, fainter the longer ago; a daughter's tail runs on into her mother's.</summary>
    private void DrawTails(int frame)
    {
        using var line = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round, StrokeWidth = (float)Math.Clamp(2 * Math.Sqrt(_scale), 1.5, 3) };
        int first = _tracked.Cells.FrameStart(frame), end = first + _tracked.Cells.Frame(frame).Length;
        for (int cell = first; cell < end; cell++)
        {
            int at = cell, parent = _tracked.Solution.ParentOf(cell);
            while (parent >= 0 && frame - _tracked.Cells.FrameOf(parent) <= TailFrames)
            {
                double age = (frame - _tracked.Cells.FrameOf(parent) - 1.0) / TailFrames;
                line.Color = ColorOf(parent).WithAlpha((byte)(235 * (1 - 0.8 * age)));
                _canvas.DrawLine(Centre(at), Centre(parent), line);
                (at, parent) = (parent, _tracked.Solution.ParentOf(parent));
            }
        }
    }

    private void DrawCaption(int frame, bool withBar)
    {
        float size = Math.Clamp(_width / 26f, 13, 26);
        string time = _tracked.Movie.FrameSeconds is { } seconds ? $"  {PictureStyle.Time(frame * seconds)}" : "";
        int count = _tracked.Cells.Frame(frame).Length;
        PictureStyle.Text(_canvas, string.Create(CultureInfo.InvariantCulture, $"frame {frame}{time}  ·  {count} cell{(count == 1 ? "" : "s")}"), size * 0.6f, size * 1.35f, size, SKColors.White);
        if (withBar && _tracked.VoxelSizeUm.X is { } um)
            DrawBar(um, size);
    }

    private void DrawBar(double um, float size)
    {
        double wanted = 0.22 * _width / _scale * um, power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        double length = power * (5 * power <= wanted ? 5 : 2 * power <= wanted ? 2 : 1);
        float pixels = (float)(length / um * _scale), right = _width - size * 0.8f, bottom = _height - size * 0.8f;
        using var bar = new SKPaint { Color = SKColors.White, IsAntialias = true };
        _canvas.DrawRect(right - pixels, bottom - size * 0.22f, pixels, size * 0.22f, bar);
        PictureStyle.Text(_canvas, string.Create(CultureInfo.InvariantCulture, $"{length:g6} µm"), right - pixels / 2, bottom - size * 0.5f, size * 0.85f, SKColors.White, SKTextAlign.Center);
    }

    private SKColor ColorOf(int cell) => PictureStyle.Color(_tracked.Colors.Of(_tracked.Tracks.TrackOf(cell).Id));

    private SKPoint Centre(int cell)
    {
        (_, double y, double x) = _tracked.Movie.Spacing.ToVoxels(_tracked.Cells[cell].Centroid);
        return At(y, x);
    }

    private SKPoint At(double y, double x) => new((float)((x + 0.5) * _scale), (float)((y + 0.5) * _scale * _stretchY));
}
