using System.Globalization;
using System.Runtime.InteropServices;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>A context of EGL that needs neither window nor display server.</summary>
public sealed class EglContext : IGlContext
{
    /// <summary>What to install where OpenGL is missing.</summary>
    public const string Remedy = "as root: apt-get install libegl1 libgl1-mesa-dri";

    private readonly nint _display, _context, _surface;
    private bool _disposed;

    private EglContext(nint display, nint context, nint surface, string origin) =>
        (_display, _context, _surface, Origin) = (display, context, surface, origin);

    /// <inheritdoc/>
    public string Origin { get; }

    /// <summary>Opens a context: without a surface, else on a device, else on the default display; a graphics card goes before software.</summary>
    /// <param name="wanted"><c>auto</c>, <c>surfaceless</c>, <c>device</c>, <c>device:N</c> or <c>display</c>.</param>
    /// <returns>A context that is current on the calling thread; the caller disposes it there.</returns>
    /// <exception cref="ArgumentException">Another word is wanted.</exception>
    /// <exception cref="GlContextException">There is no EGL, or no way leads to OpenGL 3.3.</exception>
    public static EglContext Open(string wanted = "auto")
    {
        int device = DeviceOf(wanted);
        if (!NativeLibrary.TryLoad(Egl.Library, out _))
            throw new GlContextException($"rendering needs OpenGL, and {Egl.Library} is not there; {Remedy}.");
        var failures = new List<string>();
        EglContext? first = null;
        foreach ((string origin, Func<nint> display) in Ways(wanted, device))
        {
            EglContext? context = TryOpen(origin, display, failures);
            if (context is null)
                continue;
            if (wanted != "auto" || !IsSoftware())
            {
                first?.Dispose();
                context.MakeCurrent();
                return context;
            }
            if (first is null)
                first = context;
            else
                context.Dispose();
        }
        if (first is null)
            throw new GlContextException($"no way to OpenGL 3.3 was found ({(failures.Count == 0 ? $"'{wanted}' is not offered" : string.Join("; ", failures))}); {Remedy}, or another --gl.");
        first.MakeCurrent();
        return first;
    }

    /// <inheritdoc/>
    public void MakeCurrent()
    {
        if (Egl.MakeCurrent(_display, _surface, _surface, _context) == 0)
            throw new GlContextException($"{Origin} cannot be made current: EGL error {ErrorText()}; {Remedy}, or another --gl.");
    }

    /// <inheritdoc/>
    public nint FunctionAddress(string name) => Egl.GetProcAddress(name);

    /// <summary>Destroys the context. The display stays: EGL shares it by the process.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _ = Egl.MakeCurrent(_display, 0, 0, 0);
        if (_surface != 0)
            _ = Egl.DestroySurface(_display, _surface);
        _ = Egl.DestroyContext(_display, _context);
    }

    private static int DeviceOf(string wanted)
    {
        if (wanted is "auto" or "surfaceless" or "device" or "display")
            return -1;
        return wanted.StartsWith("device:", StringComparison.Ordinal) && int.TryParse(wanted[7..], NumberStyles.None, CultureInfo.InvariantCulture, out int device)
            ? device : throw new ArgumentException($"--gl must be auto, surfaceless, device, device:N or display; got '{wanted}'.", nameof(wanted));
    }

    private static IEnumerable<(string Origin, Func<nint> Display)> Ways(string wanted, int device)
    {
        if (wanted is "auto" or "surfaceless" && Egl.Has(0, "EGL_MESA_platform_surfaceless"))
            yield return ("EGL surfaceless", () => Egl.GetPlatformDisplay(Egl.PlatformSurfaceless, 0));
        if (wanted is "auto" || wanted.StartsWith("device", StringComparison.Ordinal))
        {
            nint[] devices = Egl.Devices();
            for (int n = 0; n < devices.Length; n++)
            {
                nint native = devices[n];
                if (device < 0 || device == n)
                    yield return (string.Create(CultureInfo.InvariantCulture, $"EGL device {n}"), () => Egl.GetPlatformDisplay(Egl.PlatformDevice, native));
            }
        }
        if (wanted is "auto" or "display")
            yield return ("EGL display", () => Egl.GetDisplay(0));
    }

    private static EglContext? TryOpen(string origin, Func<nint> open, List<string> failures)
    {
        nint display = open();
        if (display == 0 || Egl.Initialize(display, out _, out _) == 0)
            return Fail("no display");
        if (Egl.BindApi(Egl.OpenGlApi) == 0)
            return Fail("no desktop OpenGL");
        bool surfaceless = Egl.Has(display, "EGL_KHR_surfaceless_context");
        int[] wish = surfaceless
            ? [Egl.RenderableType, Egl.OpenGlBit, Egl.SurfaceType, 0, Egl.None]
            : [Egl.RenderableType, Egl.OpenGlBit, Egl.SurfaceType, Egl.PbufferBit, Egl.None];
        if (Egl.ChooseConfig(display, wish, out nint config, 1, out int count) == 0 || count == 0)
            return Fail("no configuration");
        nint context = Egl.CreateContext(display, config, 0, [Egl.MajorVersion, 3, Egl.MinorVersion, 3, Egl.ProfileMask, Egl.CoreProfileBit, Egl.None]);
        if (context == 0)
            return Fail("no OpenGL 3.3");
        nint surface = surfaceless ? 0 : Egl.CreatePbufferSurface(display, config, [Egl.Width, 16, Egl.Height, 16, Egl.None]);
        if (Egl.MakeCurrent(display, surface, surface, context) != 0)
            return new EglContext(display, context, surface, origin);
        _ = Egl.DestroyContext(display, context);
        return Fail("cannot be made current");

        EglContext? Fail(string what)
        {
            failures.Add($"{origin}: {what}, EGL error {ErrorText()}");
            return null;
        }
    }

    private static string ErrorText() => string.Create(CultureInfo.InvariantCulture, $"0x{Egl.GetError():x}");

    // of the context that is current
    private static unsafe bool IsSoftware()
    {
        const uint Renderer = 0x1F01;
        var getString = (delegate* unmanaged<uint, nint>)Egl.GetProcAddress("glGetString");
        string name = Marshal.PtrToStringUTF8(getString(Renderer)) ?? "";
        return name.Contains("llvmpipe", StringComparison.Ordinal) || name.Contains("softpipe", StringComparison.Ordinal) || name.Contains("swrast", StringComparison.Ordinal);
    }
}
