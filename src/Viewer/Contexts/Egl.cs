using System.Runtime.InteropServices;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>The few functions of EGL 1.5 that a context without a window needs.</summary>
internal static partial class Egl
{
    internal const string Library = "libEGL.so.1";
    internal const int Success = 0x3000, None = 0x3038, Extensions = 0x3055, Vendor = 0x3053;
    internal const int PlatformSurfaceless = 0x31DD, PlatformDevice = 0x313F;
    internal const int OpenGlApi = 0x30A2, RenderableType = 0x3040, OpenGlBit = 8, SurfaceType = 0x3033, PbufferBit = 1;
    internal const int MajorVersion = 0x3098, MinorVersion = 0x30FB, ProfileMask = 0x30FD, CoreProfileBit = 1;
    internal const int Width = 0x3057, Height = 0x3056;

    [LibraryImport(Library, EntryPoint = "eglGetError")]
    internal static partial int GetError();

    [LibraryImport(Library, EntryPoint = "eglGetDisplay")]
    internal static partial nint GetDisplay(nint native);

    [LibraryImport(Library, EntryPoint = "eglInitialize")]
    internal static partial int Initialize(nint display, out int major, out int minor);

    [LibraryImport(Library, EntryPoint = "eglTerminate")]
    internal static partial int Terminate(nint display);

    [LibraryImport(Library, EntryPoint = "eglQueryString")]
    internal static partial nint QueryString(nint display, int name);

    [LibraryImport(Library, EntryPoint = "eglBindAPI")]
    internal static partial int BindApi(int api);

    [LibraryImport(Library, EntryPoint = "eglChooseConfig")]
    internal static partial int ChooseConfig(nint display, [In] int[] attributes, out nint config, int size, out int count);

    [LibraryImport(Library, EntryPoint = "eglCreateContext")]
    internal static partial nint CreateContext(nint display, nint config, nint share, [In] int[] attributes);

    [LibraryImport(Library, EntryPoint = "eglDestroyContext")]
    internal static partial int DestroyContext(nint display, nint context);

    [LibraryImport(Library, EntryPoint = "eglCreatePbufferSurface")]
    internal static partial nint CreatePbufferSurface(nint display, nint config, [In] int[] attributes);

    [LibraryImport(Library, EntryPoint = "eglDestroySurface")]
    internal static partial int DestroySurface(nint display, nint surface);

    [LibraryImport(Library, EntryPoint = "eglMakeCurrent")]
    internal static partial int MakeCurrent(nint display, nint draw, nint read, nint context);

    [LibraryImport(Library, EntryPoint = "eglGetProcAddress", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetProcAddress(string name);

    /// <summary>Whether a string of extensions, of the client (display 0) or of a display, names one.</summary>
    internal static bool Has(nint display, string extension) =>
        Marshal.PtrToStringUTF8(QueryString(display, Extensions)) is { } all && all.Split(' ').Contains(extension);

    /// <summary>A display of a platform; 0 where the platform is not known.</summary>
    internal static unsafe nint GetPlatformDisplay(int platform, nint native)
    {
        nint address = GetProcAddress("eglGetPlatformDisplayEXT");
        return address == 0 ? 0 : ((delegate* unmanaged<int, nint, int*, nint>)address)(platform, native, null);
    }

    /// <summary>The devices EGL can draw on; empty where it cannot say.</summary>
    internal static unsafe nint[] Devices()
    {
        nint address = GetProcAddress("eglQueryDevicesEXT");
        if (address == 0)
            return [];
        var query = (delegate* unmanaged<int, nint*, int*, int>)address;
        int count = 0;
        if (query(0, null, &count) == 0 || count == 0)
            return [];
        nint[] devices = new nint[count];
        fixed (nint* first = devices)
            return query(count, first, &count) == 0 ? [] : devices[..count];
    }
}
