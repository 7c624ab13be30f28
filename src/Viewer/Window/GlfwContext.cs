using System.Runtime.InteropServices;
using Cellpose3D.Viewer.Contexts;

namespace Cellpose3D.Viewer.Window;

/// <summary>A window and its context of OpenGL 3.3. Made, used and disposed on one thread; one at a time.</summary>
internal sealed class GlfwContext : IGlContext
{
    private const string Remedy = "as root: apt-get install libglfw3; or open the browser instead, without --window";

    private readonly nint _window;
    private readonly Queue<WindowEvent> _events = new();
    // what GLFW calls must not be collected
    private readonly Glfw.KeyCallback _onKey;
    private readonly Glfw.ButtonCallback _onButton;
    private readonly Glfw.PlaceCallback _onMove, _onScroll;
    private readonly Glfw.SizeCallback _onSize;
    private readonly Glfw.RefreshCallback _onRefresh;
    private bool _disposed;

    private GlfwContext(nint window)
    {
        _window = window;
        _onKey = (_, key, _, action, mods) =>
        {
            if (action != Glfw.Release && Enum.IsDefined((WindowKey)key))
                _events.Enqueue(new WindowEvent.Key((WindowKey)key, (mods & Glfw.ModShift) != 0));
        };
        _onButton = (_, button, action, mods) => _events.Enqueue(new WindowEvent.Button(button, action == Glfw.Press, (mods & Glfw.ModShift) != 0));
        _onMove = (_, x, y) =>
        {
            Glfw.GetWindowSize(_window, out int width, out int height);
            _events.Enqueue(new WindowEvent.Move(x / Math.Max(1, width), y / Math.Max(1, height)));
        };
        _onScroll = (_, _, by) => _events.Enqueue(new WindowEvent.Scroll(by));
        _onSize = (_, _, _) => _events.Enqueue(new WindowEvent.Refresh());
        _onRefresh = _ => _events.Enqueue(new WindowEvent.Refresh());
        Glfw.SetKeyCallback(window, _onKey);
        Glfw.SetMouseButtonCallback(window, _onButton);
        Glfw.SetCursorPosCallback(window, _onMove);
        Glfw.SetScrollCallback(window, _onScroll);
        Glfw.SetFramebufferSizeCallback(window, _onSize);
        Glfw.SetWindowRefreshCallback(window, _onRefresh);
    }

    /// <inheritdoc/>
    public string Origin => "GLFW window";

    /// <summary>Pixels of the window's content.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            Glfw.GetFramebufferSize(_window, out int width, out int height);
            return (width, height);
        }
    }

    /// <summary>Whether the person, or <see cref="Close"/>, wants the window gone.</summary>
    public bool IsClosing => Glfw.WindowShouldClose(_window) != 0;

    /// <summary>Opens a window.</summary>
    /// <param name="title">What stands above it.</param>
    /// <param name="width">Of its content.</param>
    /// <param name="height">Of its content.</param>
    /// <returns>The window, whose context is current; the caller disposes it.</returns>
    /// <exception cref="GlContextException">There is no GLFW, no display, or no OpenGL 3.3 on it.</exception>
    public static GlfwContext Open(string title, int width, int height)
    {
        if (!NativeLibrary.TryLoad(Glfw.Library, out _))
            throw new GlContextException($"a window needs GLFW 3.3, and {Glfw.Library} is not there; {Remedy}.");
        if (Glfw.Init() == 0)
            throw new GlContextException($"no window can be opened: {ErrorText()}; a display is needed (DISPLAY is '{Environment.GetEnvironmentVariable("DISPLAY")}'), or open the browser instead, without --window.");
        Glfw.WindowHint(Glfw.ContextVersionMajor, 3);
        Glfw.WindowHint(Glfw.ContextVersionMinor, 3);
        Glfw.WindowHint(Glfw.OpenGlProfile, Glfw.CoreProfile);
        Glfw.WindowHint(Glfw.OpenGlForwardCompatible, 1);
        nint window = Glfw.CreateWindow(width, height, title, 0, 0);
        if (window == 0)
        {
            string error = ErrorText();
            Glfw.Terminate();
            throw new GlContextException($"no window with OpenGL 3.3 can be opened: {error}; install a driver (as root: apt-get install libgl1-mesa-dri), or open the browser instead, without --window.");
        }
        var context = new GlfwContext(window);
        context.MakeCurrent();
        Glfw.SwapInterval(1);
        return context;
    }

    /// <inheritdoc/>
    public void MakeCurrent() => Glfw.MakeContextCurrent(_window);

    /// <inheritdoc/>
    public nint FunctionAddress(string name) => Glfw.GetProcAddress(name);

    /// <summary>Waits until something happens, or a time has passed, and gives what happened.</summary>
    /// <param name="seconds">0 does not wait.</param>
    public IReadOnlyList<WindowEvent> Wait(double seconds)
    {
        if (seconds > 0)
            Glfw.WaitEventsTimeout(seconds);
        else
            Glfw.PollEvents();
        WindowEvent[] events = [.. _events];
        _events.Clear();
        return events;
    }

    /// <summary>Shows what was drawn.</summary>
    public void Swap() => Glfw.SwapBuffers(_window);

    /// <summary>Asks for the window's end.</summary>
    public void Close() => Glfw.SetWindowShouldClose(_window, 1);

    /// <summary>Says something above the window.</summary>
    public void SetTitle(string title) => Glfw.SetWindowTitle(_window, title);

    /// <summary>Closes the window.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Glfw.MakeContextCurrent(0);
        Glfw.DestroyWindow(_window);
        Glfw.Terminate();
    }

    private static string ErrorText() => Glfw.GetError(out nint text) != 0 && Marshal.PtrToStringUTF8(text) is { } found ? found : "GLFW does not say why";
}
