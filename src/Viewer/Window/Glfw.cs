using System.Runtime.InteropServices;

namespace Cellpose3D.Viewer.Window;

/// <summary>The few functions of GLFW 3.3 that a window needs.</summary>
internal static partial class Glfw
{
    internal const string Library = "libglfw.so.3";
    internal const int ContextVersionMajor = 0x22002, ContextVersionMinor = 0x22003, OpenGlForwardCompatible = 0x22006, OpenGlProfile = 0x22008, CoreProfile = 0x32001;
    internal const int Release = 0, Press = 1;
    internal const int ModShift = 1, ModControl = 2;
    internal const int Left = 0, Middle = 2;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void KeyCallback(nint window, int key, int scanCode, int action, int mods);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void ButtonCallback(nint window, int button, int action, int mods);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void PlaceCallback(nint window, double x, double y);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void SizeCallback(nint window, int width, int height);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void RefreshCallback(nint window);

    [LibraryImport(Library, EntryPoint = "glfwInit")]
    internal static partial int Init();

    [LibraryImport(Library, EntryPoint = "glfwTerminate")]
    internal static partial void Terminate();

    [LibraryImport(Library, EntryPoint = "glfwGetError")]
    internal static partial int GetError(out nint description);

    [LibraryImport(Library, EntryPoint = "glfwWindowHint")]
    internal static partial void WindowHint(int hint, int value);

    [LibraryImport(Library, EntryPoint = "glfwCreateWindow", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint CreateWindow(int width, int height, string title, nint monitor, nint share);

    [LibraryImport(Library, EntryPoint = "glfwDestroyWindow")]
    internal static partial void DestroyWindow(nint window);

    [LibraryImport(Library, EntryPoint = "glfwMakeContextCurrent")]
    internal static partial void MakeContextCurrent(nint window);

    [LibraryImport(Library, EntryPoint = "glfwGetProcAddress", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetProcAddress(string name);

    [LibraryImport(Library, EntryPoint = "glfwSwapInterval")]
    internal static partial void SwapInterval(int interval);

    [LibraryImport(Library, EntryPoint = "glfwSwapBuffers")]
    internal static partial void SwapBuffers(nint window);

    [LibraryImport(Library, EntryPoint = "glfwWaitEventsTimeout")]
    internal static partial void WaitEventsTimeout(double seconds);

    [LibraryImport(Library, EntryPoint = "glfwPollEvents")]
    internal static partial void PollEvents();

    [LibraryImport(Library, EntryPoint = "glfwWindowShouldClose")]
    internal static partial int WindowShouldClose(nint window);

    [LibraryImport(Library, EntryPoint = "glfwSetWindowShouldClose")]
    internal static partial void SetWindowShouldClose(nint window, int value);

    [LibraryImport(Library, EntryPoint = "glfwSetWindowTitle", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetWindowTitle(nint window, string title);

    [LibraryImport(Library, EntryPoint = "glfwGetFramebufferSize")]
    internal static partial void GetFramebufferSize(nint window, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "glfwGetWindowSize")]
    internal static partial void GetWindowSize(nint window, out int width, out int height);

    [LibraryImport(Library, EntryPoint = "glfwSetKeyCallback")]
    internal static partial nint SetKeyCallback(nint window, KeyCallback callback);

    [LibraryImport(Library, EntryPoint = "glfwSetMouseButtonCallback")]
    internal static partial nint SetMouseButtonCallback(nint window, ButtonCallback callback);

    [LibraryImport(Library, EntryPoint = "glfwSetCursorPosCallback")]
    internal static partial nint SetCursorPosCallback(nint window, PlaceCallback callback);

    [LibraryImport(Library, EntryPoint = "glfwSetScrollCallback")]
    internal static partial nint SetScrollCallback(nint window, PlaceCallback callback);

    [LibraryImport(Library, EntryPoint = "glfwSetFramebufferSizeCallback")]
    internal static partial nint SetFramebufferSizeCallback(nint window, SizeCallback callback);

    [LibraryImport(Library, EntryPoint = "glfwSetWindowRefreshCallback")]
    internal static partial nint SetWindowRefreshCallback(nint window, RefreshCallback callback);
}
