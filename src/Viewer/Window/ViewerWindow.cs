using System.Globalization;
using Cellpose3D.IO;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Window;

/// <summary>Shows a scene in a window, drawn by the renderer of <c>render</c> and the browser, until the window is closed.</summary>
/// <remarks>While the mouse moves the scene, half as many pixels are drawn along each side; the picture at rest is that of <see cref="SceneRenderer.Render"/>.</remarks>
public sealed class ViewerWindow
{
    private const double Rest = 0.15, LongestWait = 0.25;

    private readonly GlfwContext _context;
    private readonly SceneRenderer _renderer;
    private readonly WindowScreen _screen;
    private readonly WindowControls _controls;
    private readonly WindowOptions _options;
    private readonly Action<SceneRenderer, int> _load;
    private (int Width, int Height) _drawn;
    private int _loaded = -1;

    private ViewerWindow(GlfwContext context, SceneRenderer renderer, WindowScreen screen, SceneState scene, WindowOptions options, Action<SceneRenderer, int> load) =>
        (_context, _renderer, _screen, _controls, _options, _load) = (context, renderer, screen, new WindowControls(scene), options, load);

    /// <summary>What mouse and keys do: lines for people.</summary>
    public static string Help => WindowControls.Help;

    /// <summary>Opens a window and returns when it is closed.</summary>
    /// <param name="scene">What to show first.</param>
    /// <param name="options">Size, title and so on.</param>
    /// <param name="load">Gives the renderer image, labels and colours of a time point; called on this thread, at first and whenever another is shown.</param>
    /// <param name="cancellationToken">Closes the window.</param>
    /// <returns>The scene shown last.</returns>
    /// <exception cref="GlContextException">There is no GLFW, no display, or no OpenGL 3.3 on it.</exception>
    public static SceneState Run(SceneState scene, WindowOptions options, Action<SceneRenderer, int> load, CancellationToken cancellationToken = default)
    {
        using GlfwContext context = GlfwContext.Open(options.Title, options.Width, options.Height);
        var device = new GlDevice(GL.GetApi(context.FunctionAddress), context.Origin);
        using var renderer = new SceneRenderer(device);
        using var screen = new WindowScreen(device);
        return new ViewerWindow(context, renderer, screen, scene, options, load).Show(cancellationToken);
    }

    private SceneState Show(CancellationToken cancellationToken)
    {
        (SceneState? shown, bool isFull) = (null, false);
        while (!_context.IsClosing && !_controls.WantsEnd && !cancellationToken.IsCancellationRequested)
        {
            (int width, int height) = _context.Size;
            if (width == 0 || height == 0)
            {
                _context.Wait(LongestWait);                              // an icon
                continue;
            }
            bool isCurrent = ReferenceEquals(shown, _controls.Scene);
            IReadOnlyList<WindowEvent> events = _context.Wait(!isCurrent ? 0 : isFull ? LongestWait : Rest);
            foreach (WindowEvent happened in events)
                _controls.Take(happened, (double)width / height);
            if (events.Any(e => e is WindowEvent.Refresh))
                shown = null;
            Answer();
            SceneState scene = _controls.Scene;
            if (!ReferenceEquals(shown, scene))
            {
                isFull = !_controls.IsDragging;
                Draw(scene, isFull);
                shown = scene;
            }
            else if (!isFull && events.Count == 0)
            {
                isFull = true;
                Draw(scene, isFull);
            }
        }
        return _controls.Scene;
    }

    private void Draw(SceneState scene, bool isFull)
    {
        if (scene.Time != _loaded)
        {
            _load(_renderer, scene.Time);
            _loaded = scene.Time;
        }
        (int width, int height) = _context.Size;
        _drawn = isFull ? (width, height) : (Math.Max(1, width / 2), Math.Max(1, height / 2));
        _screen.Show(_renderer.Render(scene, _drawn.Width, _drawn.Height, isFull ? _options.Supersampling : 1), width, height);
        _context.Swap();
        if (isFull)
            _options.Drawn?.Invoke(scene);
    }

    private void Answer()
    {
        if (_controls.Clicked is var (x, y, adds) && _drawn != default)
        {
            PickedPoint? picked = _renderer.Pick(Math.Clamp((int)(x * _drawn.Width), 0, _drawn.Width - 1), Math.Clamp((int)(y * _drawn.Height), 0, _drawn.Height - 1));
            _controls.Clicked = null;
            _controls.Select(picked, adds);
            _context.SetTitle(picked is null ? _options.Title : string.Create(CultureInfo.InvariantCulture,
                $"{_options.Title} - {(picked.Id == 0 ? "background" : $"cell {picked.Id}")} at z {picked.Voxel.Z:f1}, y {picked.Voxel.Y:f1}, x {picked.Voxel.X:f1}"));
        }
        if (_controls.WantsPicture && _drawn != default)
        {
            _controls.WantsPicture = false;
            _context.SetTitle($"{_options.Title} - {Save()}");
        }
    }

    private string Save()
    {
        (int width, int height) = _context.Size;
        byte[] png = _renderer.Render(_controls.Scene, width, height, _options.Supersampling).ToPng();
        int n = 1;
        while (File.Exists(Name(n)))
            n++;
        AtomicFile.Write(Name(n), stream => stream.Write(png));
        return Name(n);

        string Name(int number) => Path.Combine(_options.PictureFolder, string.Create(CultureInfo.InvariantCulture, $"cellpose3d-{number:d4}.png"));
    }
}
