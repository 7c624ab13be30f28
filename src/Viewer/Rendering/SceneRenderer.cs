using System.Collections.Immutable;
using System.Numerics;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Draws scenes: first what is on each pixel's ray, then what it looks like. Lives on the context's thread.</summary>
/// <remarks>What is on the rays is kept: selecting, recolouring and other light march nothing again.</remarks>
public sealed class SceneRenderer : IDisposable
{
    private readonly GlDevice _device;
    private readonly ShaderSet _shaders;
    private readonly LineStore _lines;
    private readonly Dictionary<int, ImageStore> _images = [];
    private LabelStore? _labels;
    private PictureTargets? _targets;
    private SurfaceKey? _surfaceKey;
    private LightKey? _lightKey;
    private int _dataVersion;
    private SceneState? _scene;
    private ViewGeometry? _view;

    /// <summary>Compiles the shaders.</summary>
    /// <param name="device">The device, on its thread.</param>
    /// <exception cref="GlContextException">The driver does not take them.</exception>
    public SceneRenderer(GlDevice device) => (_device, _shaders, _lines) = (device, new ShaderSet(device), new LineStore(device));

    /// <summary>How often rays were marched for surfaces, since the renderer was made.</summary>
    public int SurfacePasses { get; private set; }

    /// <summary>Colour of each id; grey where there is none. Setting another dictionary recolours the next picture.</summary>
    public IReadOnlyDictionary<uint, Rgb> Colors { get; set; } = ImmutableDictionary<uint, Rgb>.Empty;

    /// <summary>Lines to draw in the volume, such as tails of tracks: those behind a surface are faint, and on slices those near the plane are drawn.</summary>
    public IReadOnlyList<SceneLine> Lines { get; set; } = [];

    /// <summary>Whether empty bricks are jumped over; the picture is the same without, only later.</summary>
    internal bool SkipsEmptyBricks { get; set; } = true;

    /// <summary>Gives the labels to draw.</summary>
    /// <param name="labels">The labels, borrowed and kept as long as they are drawn; null for none.</param>
    /// <exception cref="ArgumentException">A side is longer than a texture.</exception>
    /// <exception cref="GlContextException">They do not fit the device.</exception>
    public void SetLabels(LabelVolume? labels)
    {
        RequireFits(labels?.Shape);
        _labels?.Dispose();
        _labels = null;
        _dataVersion++;
        if (labels is not null)
            _labels = new LabelStore(_device, labels);
    }

    /// <summary>Takes over what was changed in the labels that are drawn.</summary>
    /// <param name="box">Outside of it nothing was changed; in voxels of the labels as they were given.</param>
    /// <exception cref="InvalidOperationException">No labels were given.</exception>
    public void UpdateLabels(VolumeBox box)
    {
        (_labels ?? throw new InvalidOperationException("no labels were given that could have changed.")).Change(box);
        _dataVersion++;
    }

    /// <summary>Gives one channel to draw.</summary>
    /// <param name="channel">From 0.</param>
    /// <param name="volume">The channel, borrowed and kept as long as it is drawn; null for none.</param>
    /// <exception cref="ArgumentException">A side is longer than a texture.</exception>
    /// <exception cref="GlContextException">It does not fit the device.</exception>
    public void SetImage(int channel, IntensityVolume? volume)
    {
        RequireFits(volume?.Shape);
        if (_images.Remove(channel, out ImageStore? old))
            old.Dispose();
        _dataVersion++;
        if (volume is not null)
            _images[channel] = new ImageStore(_device, volume);
    }

    /// <summary>Draws a scene.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="supersampling">Pixels drawn for one of the picture along each side, 1 to 8; 2 makes smooth edges.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is larger than the device's.</exception>
    public RenderedPicture Render(SceneState scene, int width, int height, int supersampling = 1)
    {
        Draw(scene, width, height, supersampling);
        byte[] rgba = new byte[4 * width * height];
        _targets!.PictureBuffer.Read(0, 0, 0, width, height, PixelFormat.Rgba, PixelType.UnsignedByte, rgba.AsSpan());
        return Overlay.Draw(new RenderedPicture(width, height, rgba), scene, ViewGeometry.For(scene, width, height));
    }

    /// <summary>Draws a scene without reading it back, for a window or for <see cref="Pick"/>.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="supersampling">As in <see cref="Render"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is larger than the device's.</exception>
    public void Draw(SceneState scene, int width, int height, int supersampling = 1)
    {
        Prepare(width, height, supersampling);
        _scene = scene;
        _view = ViewGeometry.For(scene, width, height, supersampling);
        bool hasLabels = _labels is not null && scene.Labels is { IsVisible: true };
        if (hasLabels)
            _labels!.Update(scene.Labels!, Colors, VoxelOf(scene, _labels.Volume.Stride));
        SurfaceKey surface = SurfaceKey.Of(scene, _view, _dataVersion, hasLabels ? _labels!.Version : -1, SkipsEmptyBricks);
        if (_surfaceKey != surface)
        {
            DrawSurfaces(scene, hasLabels);
            (_surfaceKey, _lightKey) = (surface, null);
            SurfacePasses++;
        }
        var light = LightKey.Of(scene);
        if (_lightKey != light)
        {
            DrawLight(scene);
            _lightKey = light;
        }
        Shade(scene, hasLabels);
        _device.Gl.Flush();
        _device.Check("drawing");
    }

    /// <summary>What is under a pixel of the picture drawn last.</summary>
    /// <param name="x">Pixels from the left.</param>
    /// <param name="y">Pixels from the top.</param>
    /// <returns>The point, or null where there is only background.</returns>
    /// <exception cref="InvalidOperationException">Nothing was drawn yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The pixel is outside the picture.</exception>
    public PickedPoint? Pick(int x, int y)
    {
        PictureTargets targets = _targets ?? throw new InvalidOperationException("nothing was drawn yet to pick from.");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)targets.Width, nameof(x));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)targets.Height, nameof(y));
        int px = x * targets.Factor + targets.Factor / 2, py = y * targets.Factor + targets.Factor / 2;
        Span<uint> id = stackalloc uint[1];
        Span<float> depth = stackalloc float[1];
        targets.SurfaceBuffer.Read(2, px, py, 1, 1, PixelFormat.Red, PixelType.Float, depth);
        if (depth[0] >= SurfaceKey.Nothing)
            return null;
        targets.SurfaceBuffer.Read(0, px, py, 1, 1, PixelFormat.RedInteger, PixelType.UnsignedInt, id);
        (Vector3 origin, Vector3 direction) = _view!.Ray(px + 0.5, py + 0.5);
        PointUm place = ViewGeometry.ToPoint(origin + depth[0] * direction), voxel = _scene!.Grid.VoxelUm;
        return new PickedPoint(id[0], place, new PointUm(place.Z / voxel.Z, place.Y / voxel.Y, place.X / voxel.X), depth[0]);
    }

    /// <summary>The ids of the picture drawn last, at the resolution it was drawn in.</summary>
    /// <returns>uint32 [height, width], 0 = no cell; owned by the caller.</returns>
    public uint[] ReadIds()
    {
        PictureTargets targets = _targets ?? throw new InvalidOperationException("nothing was drawn yet to read.");
        uint[] ids = new uint[targets.Id.Width * targets.Id.Height];
        targets.SurfaceBuffer.Read(0, 0, 0, targets.Id.Width, targets.Id.Height, PixelFormat.RedInteger, PixelType.UnsignedInt, ids.AsSpan());
        return ids;
    }

    /// <summary>Normals and kinds of the picture drawn last.</summary>
    /// <returns>float32 [height, width, 4]: x, y, z, kind.</returns>
    internal float[] ReadSurface() => ReadFloats(1, 4, PixelFormat.Rgba);

    /// <summary>Depths of the picture drawn last.</summary>
    /// <returns>float32 [height, width], micrometres; huge where there is nothing.</returns>
    internal float[] ReadDepths() => ReadFloats(2, 1, PixelFormat.Red);

    /// <summary>Waits until the device has drawn everything.</summary>
    public void Finish() => _device.Gl.Finish();

    /// <summary>Gives everything on the device back.</summary>
    public void Dispose()
    {
        _labels?.Dispose();
        foreach (ImageStore image in _images.Values)
            image.Dispose();
        _targets?.Dispose();
        _lines.Dispose();
        _shaders.Dispose();
    }

    private float[] ReadFloats(int target, int components, PixelFormat layout)
    {
        PictureTargets targets = _targets ?? throw new InvalidOperationException("nothing was drawn yet to read.");
        float[] values = new float[targets.Id.Width * targets.Id.Height * components];
        targets.SurfaceBuffer.Read(target, 0, 0, targets.Id.Width, targets.Id.Height, layout, PixelType.Float, values.AsSpan());
        return values;
    }

    private void RequireFits(VolumeShape? shape)
    {
        if (shape is { } s && Math.Max(s.Z, Math.Max(s.Y, s.X)) > _device.LargestVolume)
            throw new ArgumentException($"a volume's sides must be at most {_device.LargestVolume} voxels on {_device.Renderer}; got {s}: thin it.", nameof(shape));
    }

    private void Prepare(int width, int height, int supersampling)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (supersampling is < 1 or > 8)
            throw new ArgumentOutOfRangeException(nameof(supersampling), $"supersampling must be 1 to 8; got {supersampling}.");
        if ((long)Math.Max(width, height) * supersampling > _device.LargestPicture)
            throw new ArgumentOutOfRangeException(nameof(width), $"a picture's sides times supersampling must be at most {_device.LargestPicture} on {_device.Renderer}; got {width} x {height} times {supersampling}.");
        if (_targets is { } t && (t.Width, t.Height, t.Factor) == (width, height, supersampling))
            return;
        _targets?.Dispose();
        _targets = null;
        (_surfaceKey, _lightKey) = (null, null);
        _targets = new PictureTargets(_device, width, height, supersampling);
    }

    private static Vector3 VoxelOf(SceneState scene, VolumeShape stride) =>
        ViewGeometry.ToVector(scene.Grid.VoxelUm) * new Vector3(stride.X, stride.Y, stride.Z);

    private static float Smallest(Vector3 v) => MathF.Min(v.X, MathF.Min(v.Y, v.Z));

    private static float DepthScale(SceneState scene, ViewGeometry view) =>
        (float)(1 / (4 * scene.Grid.DiagonalUm + Vector3.Distance(view.Eye, ViewGeometry.ToVector(scene.Grid.CentreUm))));

    private void DrawSurfaces(SceneState scene, bool hasLabels)
    {
        GL gl = _device.Gl;
        PictureTargets targets = _targets!;
        targets.SurfaceBuffer.Bind();
        gl.Disable(EnableCap.Blend);
        gl.Enable(EnableCap.DepthTest);
        gl.DepthFunc(DepthFunction.Less);
        gl.ClearDepth(1.0);
        gl.Clear(ClearBufferMask.DepthBufferBit);
        gl.ClearBuffer(BufferKind.Color, 0, (Span<uint>)[0, 0, 0, 0]);
        gl.ClearBuffer(BufferKind.Color, 1, (Span<float>)[0, 0, 0, 0]);
        gl.ClearBuffer(BufferKind.Color, 2, (Span<float>)[SurfaceKey.Nothing, 0, 0, 0]);
        gl.ClearBuffer(BufferKind.Color, 3, (Span<float>)[0, 0, 0, 0]);
        SlicePlanes slices = SlicesOf(scene);
        if (hasLabels || slices != SlicePlanes.None)
            DrawLabels(scene, slices, hasLabels);
        for (int channel = 0; channel < scene.Images.Length; channel++)
        {
            if (scene.View == ViewKind.Volume && _images.TryGetValue(channel, out ImageStore? store)
                && scene.Images[channel] is { IsVisible: true, Mode: ProjectionMode.Iso } layer)
            {
                DrawIso(scene, layer, channel, store);
            }
        }
        gl.Disable(EnableCap.DepthTest);
    }

    private void DrawLabels(SceneState scene, SlicePlanes slices, bool hasLabels)
    {
        GlProgram program = _shaders.Labels;
        LabelLayer layer = scene.Labels ?? new LabelLayer();
        program.Use();
        _view!.Set(program, scene);
        // without labels, one empty voxel as large as the volume carries the slice planes
        Vector3 voxel = hasLabels ? VoxelOf(scene, _labels!.Volume.Stride) : ViewGeometry.ToVector(scene.Grid.SizeUm);
        if (hasLabels)
            _labels!.Bind(program, layer, 0, SkipsEmptyBricks);
        else
            _shaders.BindEmptyLabels(program);
        float longest = MathF.Max(voxel.X, MathF.Max(voxel.Y, voxel.Z));
        program.Set("u_spacing", voxel);
        program.Set("u_tap", Tap(voxel.X), Tap(voxel.Y), Tap(voxel.Z));
        program.Set("u_smooth", layer.Surface == LabelSurface.Smooth ? 1 : 0);
        program.Set("u_march", hasLabels && scene.View == ViewKind.Volume ? 1 : 0);
        program.Set("u_step", 0.5f * Smallest(voxel));
        program.Set("u_ghost", layer.Isolated.IsEmpty ? 0 : (float)layer.Ghost);
        program.Set("u_depthScale", DepthScale(scene, _view));
        program.Set("u_slices", new Vector3(At(slices.X, scene.Grid.VoxelUm.X), At(slices.Y, scene.Grid.VoxelUm.Y), At(slices.Z, scene.Grid.VoxelUm.Z)));
        _shaders.Triangle.Draw();

        static float At(double? slice, double size) => slice is { } s ? (float)((s + 0.5) * size) : -1;
        int Tap(float size) => Math.Clamp((int)MathF.Round(longest / size), 1, 8);
    }

    private void DrawIso(SceneState scene, ImageLayer layer, int channel, ImageStore store)
    {
        GlProgram program = _shaders.Iso;
        Vector3 voxel = VoxelOf(scene, store.Volume.Stride);
        program.Use();
        _view!.Set(program, scene);
        store.Bind(program, layer, 0, SkipsEmptyBricks);
        program.Set("u_spacing", voxel);
        program.Set("u_level", store.Share(layer.Low + layer.IsoLevel * (layer.High - layer.Low)));
        program.Set("u_step", 0.5f * Smallest(voxel));
        program.Set("u_kind", 8f + Math.Min(channel, 7));
        program.Set("u_depthScale", DepthScale(scene, _view));
        _shaders.Triangle.Draw();
    }

    private void DrawLight(SceneState scene)
    {
        GL gl = _device.Gl;
        PictureTargets targets = _targets!;
        targets.LightBuffer.Bind();
        gl.ClearBuffer(BufferKind.Color, 0, (Span<float>)[0, 0, 0, 1]);
        gl.Enable(EnableCap.Blend);
        gl.BlendFuncSeparate(BlendingFactor.One, BlendingFactor.One, BlendingFactor.Zero, BlendingFactor.SrcAlpha);
        GlProgram program = _shaders.Volume;
        program.Use();
        _view!.Set(program, scene);
        targets.Depth.Bind(4);
        program.Set("u_depth", 4);
        targets.Surface.Bind(5);
        program.Set("u_surface", 5);
        foreach ((int channel, ImageStore store) in _images.OrderBy(i => i.Key))
        {
            if (channel >= scene.Images.Length || !scene.Images[channel].IsVisible)
                continue;
            ImageLayer layer = scene.Images[channel];
            Vector3 voxel = VoxelOf(scene, store.Volume.Stride);
            float low = store.Share(layer.Low), high = store.Share(layer.High);
            store.Bind(program, layer, 0, SkipsEmptyBricks);
            program.Set("u_spacing", voxel);
            program.Set("u_mode", scene.View != ViewKind.Volume ? 0 : layer.Mode switch { ProjectionMode.Mip => 1, ProjectionMode.Attenuated => 2, ProjectionMode.Translucent => 3, _ => 0 });
            program.Set("u_low", low);
            program.Set("u_scale", 1 / (high - low));
            program.Set("u_gamma", (float)layer.Gamma);
            program.Set("u_opacity", (float)layer.Opacity);
            program.Set("u_density", (float)(layer.Density * 10 / scene.Grid.DiagonalUm));
            program.Set("u_step", 0.5f * Smallest(voxel));
            _shaders.Triangle.Draw();
        }
        gl.Disable(EnableCap.Blend);
    }

    private void Shade(SceneState scene, bool hasLabels)
    {
        PictureTargets targets = _targets!;
        bool occludes = scene.View == ViewKind.Volume && scene.Lighting.AmbientOcclusion > 0;
        if (occludes)
        {
            targets.OpenBuffer.Bind();
            _shaders.Occlusion.Use();
            _view!.Set(_shaders.Occlusion, scene);
            BindTargets(_shaders.Occlusion, ("u_depth", targets.Depth), ("u_surface", targets.Surface));
            _shaders.Occlusion.Set("u_radius", (float)(scene.Lighting.OcclusionRadius * scene.Grid.DiagonalUm));
            _shaders.Occlusion.Set("u_pixel", 2 * _view.Down.Length() / _view.Height);
            _shaders.Triangle.Draw();
        }
        targets.ColorBuffer.Bind();
        GlProgram program = _shaders.Shade;
        program.Use();
        _view!.Set(program, scene);
        BindTargets(program, ("u_id", targets.Id), ("u_surface", targets.Surface), ("u_depth", targets.Depth), ("u_ghostLight", targets.Glass), ("u_light", targets.Light), ("u_open", targets.Open));
        if (hasLabels)
            _labels!.BindTable(program, scene.Labels!, 6);
        else
            _shaders.BindEmptyTable(program, 6);
        ShadeLook.Set(program, scene, _view, targets.Factor, occludes);
        _shaders.Triangle.Draw();
        if (scene.Decorations.Box && scene.View == ViewKind.Volume)
            DrawBox(scene);
        DrawLines(scene);

        targets.PictureBuffer.Bind();
        _shaders.Resolve.Use();
        BindTargets(_shaders.Resolve, ("u_image", targets.Color));
        _shaders.Resolve.Set("u_factor", targets.Factor);
        _shaders.Triangle.Draw();
    }

    private void DrawBox(SceneState scene)
    {
        GL gl = _device.Gl;
        GlProgram program = _shaders.Box;
        gl.Enable(EnableCap.Blend);
        gl.BlendFunc(BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
        program.Use();
        _view!.Set(program, scene);
        BindTargets(program, ("u_depth", _targets!.Depth));
        (Vector3 low, Vector3 high) = ViewGeometry.Shown(scene);
        program.Set("u_boxLow", low);
        program.Set("u_boxHigh", high);
        program.Set("u_width", 1.1f * _targets.Factor);
        program.Set("u_color", ShadeLook.IsLight(scene.Background) ? new Vector3(0.05f) : new Vector3(0.6f));
        _shaders.Triangle.Draw(72);
        gl.Disable(EnableCap.Blend);
    }

    private void DrawLines(SceneState scene)
    {
        if (Lines.Count == 0)
            return;
        GL gl = _device.Gl;
        gl.Enable(EnableCap.Blend);
        gl.BlendFunc(BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
        _shaders.Lines.Use();
        _view!.Set(_shaders.Lines, scene);
        BindTargets(_shaders.Lines, ("u_depth", _targets!.Depth));
        _lines.Draw(_shaders.Lines, _shaders.Triangle, Lines, scene, _targets.Factor);
        gl.Disable(EnableCap.Blend);
    }

    private static void BindTargets(GlProgram program, params (string Name, GlTexture Texture)[] textures)
    {
        for (int unit = 0; unit < textures.Length; unit++)
        {
            textures[unit].Texture.Bind(unit);
            program.Set(textures[unit].Name, unit);
        }
    }

    // a slice is seen straight on; the 3D view may have planes of the image in it
    private static SlicePlanes SlicesOf(SceneState scene) => scene.View switch
    {
        ViewKind.XY => new SlicePlanes(scene.Cursor.Z, null, null),
        ViewKind.XZ => new SlicePlanes(null, scene.Cursor.Y, null),
        ViewKind.ZY => new SlicePlanes(null, null, scene.Cursor.X),
        _ => scene.Slices,
    };
}
