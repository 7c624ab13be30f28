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
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            // the loader lists every name it tried; the line about a shared object that exists names what is missing
            return lines.FirstOrDefault(l => l.Contains("cannot open shared object file", StringComparison.Ordinal)
                && !l.Contains("OpenCvSharpExtern.so:", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "no reason given";
        }
    }
}
