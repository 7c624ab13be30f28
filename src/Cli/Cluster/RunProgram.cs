using System.Diagnostics;

namespace Cellpose3D.Cli.Cluster;

/// <summary>How this program, and others, are started.</summary>
internal static class RunProgram
{
    /// <summary>The words that start this program: its own file, or dotnet and its assembly.</summary>
    public static IReadOnlyList<string> Own
    {
        get
        {
            string process = Environment.ProcessPath ?? "dotnet", assembly = Path.Combine(AppContext.BaseDirectory, "cellpose3d.dll");
            return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, assembly] : [process];
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Looked for on the PATH.</param>
    /// <param name="args">Its words.</param>
    /// <returns>Exit code and streams; exit code -1 where there is no such program.</returns>
    public static (int Code, string Output, string Error) Run(string program, params IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", $"'{program}' cannot be started: {e.Message}");
        }
    }

    /// <summary>A word as a shell must be given it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
