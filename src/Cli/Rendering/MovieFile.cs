using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Rendering;

/// <summary>Makes an .mp4 of numbered pictures, where ffmpeg is there.</summary>
internal static class MovieFile
{
    /// <summary>ffmpeg's path; null where it is not on the PATH.</summary>
    public static string? FindFfmpeg() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "ffmpeg")).FirstOrDefault(File.Exists);

    /// <summary>Name of a picture of the sequence.</summary>
    public static string FrameName(int n) => string.Create(CultureInfo.InvariantCulture, $"frame_{n + 1:d5}.png");

    /// <summary>Encodes the pictures of a folder.</summary>
    /// <exception cref="CommandException">ffmpeg fails; its last line says why.</exception>
    public static void Encode(string ffmpeg, string folder, string output, int framesPerSecond, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, $".{Guid.NewGuid():n}.mp4");
        var start = new ProcessStartInfo(ffmpeg) { RedirectStandardError = true, UseShellExecute = false };
        // H.264 needs even sides
        foreach (string word in (string[])["-y", "-nostdin", "-loglevel", "error", "-framerate", framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", Path.Combine(folder, "frame_%05d.png"),
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p", "-movflags", "+faststart", temporary])
            start.ArgumentList.Add(word);
        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration stop = cancellationToken.Register(process.Kill);
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            cancellationToken.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
                throw new CommandException(ExitCode.Internal, $"ffmpeg ended with {process.ExitCode}: {errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("no reason given")}. Name a folder as --output to get PNGs.");
            File.Move(temporary, output, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
