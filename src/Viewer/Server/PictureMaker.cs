using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;
using SkiaSharp;

namespace Cellpose3D.Viewer.Server;

/// <summary>Draws the 3D view of a session, for pages of any size; uploads what changed before.</summary>
internal sealed class PictureMaker : IDisposable
{
    private const double LongestFull = 300;                                 // milliseconds

    // what software OpenGL draws in a second or two; graphics cards hold more, but a page shows no more either
    private const long MostVoxels = 256L << 20;

    private readonly GlThread _gl;
    private readonly VolumeGrid _grid;
    private readonly Func<int, IReadOnlyList<EditedBox>> _changes;
    private readonly Func<SceneState, IReadOnlyList<SceneLine>> _lines;
    private readonly SceneRenderer _renderer;
    private (int Time, int Version)? _labels;
    private bool _smooth;                                                   // whether the last full picture left time for smooth edges
    private readonly Dictionary<int, int> _images = [];                     // time point held of each channel

    /// <summary>Compiles the shaders.</summary>
    /// <param name="gl">The context's thread; ended with this.</param>
    /// <param name="grid">The volume.</param>
    /// <param name="changes">What was changed in labels after one of their versions.</param>
    /// <param name="lines">The tails of a scene's tracks.</param>
    public PictureMaker(GlThread gl, VolumeGrid grid, Func<int, IReadOnlyList<EditedBox>> changes, Func<SceneState, IReadOnlyList<SceneLine>> lines)
    {
        (_gl, _grid, _changes, _lines) = (gl, grid, changes, lines);
        _renderer = gl.Invoke(device => new SceneRenderer(device));
    }

    /// <summary>Name of what draws.</summary>
    public string Renderer => _gl.Device.Renderer;

    /// <summary>Draws a picture.</summary>
    /// <param name="scene">What to draw; the 3D view is drawn whatever it names.</param>
    /// <param name="frame">Its time point.</param>
    /// <param name="labelVersion">Changes whenever the labels of a time point do.</param>
    /// <param name="colors">Colours of the cells.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="full">Whether ids come with it, and smooth edges where there is time for them; else it is quick.</param>
    public async Task<Picture> DrawAsync(SceneState scene, Frame frame, int labelVersion, CellColors colors, int width, int height, bool full)
    {
        IReadOnlyList<SceneLine> lines = _lines(scene);
        (RenderedPicture picture, uint[]? ids, double milliseconds) = await _gl.InvokeAsync(_ =>
        {
            Upload(scene, frame, labelVersion);
            (_renderer.Colors, _renderer.Lines) = (colors.Colors, lines);
            long start = Stopwatch.GetTimestamp();
            int factor = full && _smooth ? 2 : 1;
            RenderedPicture drawn = _renderer.Render(scene with { View = ViewKind.Volume, Decorations = new Decorations() }, width, height, factor);
            uint[]? seen = full ? OneOf(_renderer.ReadIds(), width, height, factor) : null;
            double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (full)
                _smooth = took * (factor == 2 ? 1 : 4) < LongestFull;
            return (drawn, seen, took);
        }).ConfigureAwait(false);
        return new Picture(width, height, Jpeg(picture, full), ids is null ? null : Pack(ids), milliseconds);
    }

    /// <summary>What is under a pixel of a picture of that size.</summary>
    public Task<PickedPoint?> PickAsync(SceneState scene, Frame frame, int labelVersion, int width, int height, int x, int y) => _gl.InvokeAsync(_ =>
    {
        Upload(scene, frame, labelVersion);
        _renderer.Draw(scene with { View = ViewKind.Volume, Decorations = new Decorations() }, width, height);
        return _renderer.Pick(x, y);
    });

    public void Dispose()
    {
        _gl.Invoke(_ => _renderer.Dispose());
        _gl.Dispose();
    }

    private void Upload(SceneState scene, Frame frame, int labelVersion)
    {
        if (frame.Labels is { } labels && _labels != (frame.Time, labelVersion))
        {
            LabelVolume thinned = Thinned(labels);
            // a stroke changes little: only its boxes go to the device again
            if (_labels is var (time, version) && time == frame.Time && thinned == labels)
                ChangedSince(version, frame.Time);
            else
                _renderer.SetLabels(thinned);
            _labels = (frame.Time, labelVersion);
        }
        bool planes = scene.Slices != SlicePlanes.None;
        for (int c = 0; c < Math.Min(frame.Images.Count, scene.Images.Length); c++)
        {
            // what is not looked at in 3D takes no memory there
            if (!scene.Images[c].IsVisible || (scene.Images[c].Mode == ProjectionMode.None && !planes) || (_images.TryGetValue(c, out int held) && held == frame.Time))
                continue;
            _renderer.SetImage(c, Thinned(frame.Images[c]));
            _images[c] = frame.Time;
        }
    }

    private void ChangedSince(int version, int time)
    {
        foreach (EditedBox box in _changes(version).Where(b => b.Time == time))
            _renderer.UpdateLabels(box.Box);
    }

    private VolumeShape Stride(VolumeShape shape) => VolumeFit.Stride(shape, _grid.VoxelUm, _gl.Device.LargestVolume, MostVoxels);

    private LabelVolume Thinned(LabelVolume volume)
    {
        VolumeShape stride = Stride(volume.Shape);
        if (stride.Count == 1)
            return volume;
        int plane = volume.Shape.Y * volume.Shape.X;
        var planes = new PlaneSource<int>(true, volume.Shape.Z, volume.Shape.Y, volume.Shape.X, (z, ids) =>
            MemoryMarshal.Cast<uint, int>(volume.Voxels.AsSpan(z * plane, plane)).CopyTo(ids));
        return new LabelVolume(PlaneThinning.Labels(planes, stride).Voxels, VolumeFit.Thinned(volume.Shape, stride), Times(stride, volume.Stride));
    }

    private IntensityVolume Thinned(IntensityVolume volume)
    {
        VolumeShape stride = Stride(volume.Shape);
        if (stride.Count == 1)
            return volume;
        int plane = volume.Shape.Y * volume.Shape.X;
        double step = ((double)volume.Highest - volume.Lowest) / ushort.MaxValue;
        var planes = new PlaneSource<float>(true, volume.Shape.Z, volume.Shape.Y, volume.Shape.X, (z, values) =>
        {
            ReadOnlySpan<ushort> steps = volume.Voxels.AsSpan(z * plane, plane);
            for (int i = 0; i < steps.Length; i++)
                values[i] = (float)(volume.Lowest + steps[i] * step);
        });
        return PlaneThinning.Intensities(planes, stride).WithStride(Times(stride, volume.Stride));
    }

    private static uint[] OneOf(uint[] ids, int width, int height, int factor)
    {
        if (factor == 1)
            return ids;
        uint[] fewer = new uint[width * height];
        for (int y = 0, n = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                fewer[n++] = ids[y * factor * width * factor + x * factor];
        }
        return fewer;
    }

    private static VolumeShape Times(VolumeShape a, VolumeShape b) => new(a.Z * b.Z, a.Y * b.Y, a.X * b.X);

    private static byte[] Jpeg(RenderedPicture picture, bool full)
    {
        using SKBitmap bitmap = picture.ToBitmap();
        using SKPixmap? pixels = bitmap.PeekPixels();
        var options = new SKJpegEncoderOptions(full ? 92 : 70, full ? SKJpegEncoderDownsample.Downsample444 : SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
        using SKData? jpeg = pixels?.Encode(options);
        return jpeg?.ToArray() ?? throw new InvalidOperationException("a picture could not be packed.");
    }

    private static byte[] Pack(uint[] ids)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
            zlib.Write(MemoryMarshal.AsBytes(ids.AsSpan()));
        return packed.ToArray();
    }
}
