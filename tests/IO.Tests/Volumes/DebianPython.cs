using System.Diagnostics;

namespace Cellpose3D.IO.Tests.Volumes;

/// <summary>Debian's Python and its readers, which look at what we write and write what we read; absent, the running test skips.</summary>
internal static class DebianPython
{
    private const string Program = "/usr/bin/python3";

    /// <summary>Runs a script whose asserts must hold; returns what it printed.</summary>
    /// <param name="modules">What it imports, by the module's name, for example zarr.</param>
    /// <param name="script">The script; <c>folder</c> is set to the next argument.</param>
    /// <param name="folder">Where the files lie.</param>
    public static string Run(string[] modules, string folder, string script)
    {
        foreach (string module in modules)
        {
            if (!File.Exists($"/usr/lib/python3/dist-packages/{module}/__init__.py"))
                Assert.Skip($"needs {Program} with {module} (Debian: python3-{module})");
        }
        (int code, string output, string error) = Start(Program, "-c", $"folder = {Quoted(folder)}\nimport numpy as np\n{script}");
        Assert.True(code == 0, error);
        return output;
    }

    /// <summary>Runs a program of Debian; skips where it is absent.</summary>
    public static string RunProgram(string path, string package, params string[] args)
    {
        if (!File.Exists(path))
            Assert.Skip($"needs {path} (Debian: {package})");
        (int code, string output, string error) = Start(path, args);
        Assert.True(code == 0, error);
        return output;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static (int Code, string Output, string Error) Start(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("PYTHONPATH");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
