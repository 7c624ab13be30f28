using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Cellpose3D.Core2D.Native;

namespace Cellpose3D.Viewer.Server;

/// <summary>Opens the page in the user's browser, where there is a display.</summary>
public sealed class BrowserLauncher : IDisposable
{
    private readonly string _file;

    private BrowserLauncher(string file) => _file = file;

    /// <summary>Whether there is a display to open a browser on.</summary>
    public static bool HasDisplay => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY")) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));

    /// <summary>Opens an address.</summary>
    /// <param name="address">The address, with the token.</param>
    /// <returns>Keeps what the browser reads until disposed; null where no browser could be started.</returns>
    /// <remarks>Other users see the arguments of processes, so the browser is given a file that only this user can read and that leads to the address.</remarks>
    public static BrowserLauncher? Open(string address)
    {
        string folder = Path.Combine(UserFolders.Cache, "view");
        string file = Path.Combine(folder, $"{Guid.NewGuid():n}.html");
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(file, OwnOnly()))
            using (var writer = new StreamWriter(stream))
                writer.Write($"<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"refresh\" content=\"0;url={WebUtility.HtmlEncode(address)}\"><title>cellpose3d</title>");
            using Process? started = Process.Start(new ProcessStartInfo
            {
                FileName = OperatingSystem.IsLinux() ? "xdg-open" : file,
                ArgumentList = { OperatingSystem.IsLinux() ? file : "" },
                UseShellExecute = !OperatingSystem.IsLinux(),
                RedirectStandardError = OperatingSystem.IsLinux(),
                RedirectStandardOutput = OperatingSystem.IsLinux(),
            });
            return new BrowserLauncher(file);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            File.Delete(file);
            return null;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => File.Delete(_file);

    private static FileStreamOptions OwnOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
