using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Cellpose3D.IO.Png;

/// <summary>Loads OpenCV's native library once, when the first PNG or JPEG is decoded or encoded.</summary>
internal static class OpenCv
{
    private static readonly Lazy<string?> Failure = new(Load);

    /// <exception cref="DllNotFoundException">The library or one it needs is missing; the message names the packages.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } reason)
            throw new DllNotFoundException(Explain(reason));
    }

    public static string Explain(string reason) =>
        $"OpenCV, which reads and writes PNG and JPEG, does not load ({reason}); install libgtk-3-0 and libatomic1 "
        + "(Debian, Ubuntu; gtk3 and libatomic on RHEL, Fedora), or use TIFF or .npy, which need neither.";

    private static string? Load()
    {
        try
        {
            NativeLibrary.Load("OpenCvSharpExtern", typeof(Mat).Assembly, searchPath: null);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return Reason(e.Message);
        }
    }

    /// <summary>Of all names the loader tried, the line about a library that OpenCV needs.</summary>
    internal static string Reason(string message) =>
        message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(l => l.Contains(".so", StringComparison.Ordinal) && l.Contains(": ", StringComparison.Ordinal)
                && !l.Contains("OpenCvSharpExtern", StringComparison.Ordinal))
        ?? "libOpenCvSharpExtern.so is not beside the program, or not for this system";
}
