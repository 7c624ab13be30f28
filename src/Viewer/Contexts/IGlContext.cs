namespace Cellpose3D.Viewer.Contexts;

/// <summary>An OpenGL 3.3 context that draws into framebuffers of its own; EGL without a window, or a window's.</summary>
/// <remarks>Made, used and disposed on one thread, that of <see cref="GlThread"/>.</remarks>
public interface IGlContext : IDisposable
{
    /// <summary>How the context was come by, for example <c>EGL surfaceless</c>.</summary>
    public string Origin { get; }

    /// <summary>Makes the context the calling thread's.</summary>
    /// <exception cref="GlContextException">The driver refuses.</exception>
    public void MakeCurrent();

    /// <summary>The address of an OpenGL function, 0 where there is none.</summary>
    /// <param name="name">For example <c>glClear</c>.</param>
    public nint FunctionAddress(string name);
}
