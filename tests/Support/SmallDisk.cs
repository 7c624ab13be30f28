using System.Diagnostics;
using System.Globalization;

namespace Cellpose3D.Tests.Support;

/// <summary>A disk of a few megabytes in memory, to be filled or made read-only; only root can mount one, so elsewhere the running test skips.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cellpose3d-disk-");

    private SmallDisk() => Directory.CreateDirectory(Path);

    public string Path => System.IO.Path.Combine(_folder.FullName, "disk");

    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        if (Environment.UserName == "root" && Run("mount", "-t", "tmpfs", "-o", Size(megabytes), "tmpfs", disk.Path) == 0)
            return disk;
        disk._folder.Delete(recursive: true);
        Assert.Skip("needs root and the right to mount a tmpfs of a few megabytes");
        return disk;
    }

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", Path));

    /// <summary>Gives it more room.</summary>
    public void Grow(int megabytes) => Assert.Equal(0, Run("mount", "-o", $"remount,{Size(megabytes)}", Path));

    /// <summary>Everything below, temporaries too, by path within the disk.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(f => System.IO.Path.GetRelativePath(Path, f)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Run("umount", Path);
        _folder.Delete(recursive: true);
    }

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static int Run(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true, UseShellExecute = false })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
