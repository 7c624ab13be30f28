using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The built program as a user starts it: a process of its own, whose streams and exit code are captured.</summary>
internal sealed partial class CliProgram : IDisposable
{
    /// <summary>Far beyond any run here; a busy machine must not fail a test.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();

    private CliProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>A small network that finds discs of 16 to 20 pixels.</summary>
    public static string Model { get; } = Golden.Path("eval_model.pt");

    /// <summary>Runs the program to its end.</summary>
    public static CliResult Run(params string[] args) => Run(new Dictionary<string, string>(), args);

    /// <summary>Runs the program to its end with further environment variables.</summary>
    public static CliResult Run(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        using CliProgram program = Start(environment, args);
        return program.WaitForEnd();
    }

    /// <summary>Runs <c>segment</c> with the test network, on the CPU.</summary>
    public static CliResult Segment(params string[] args) => Run(["segment", "--model", Model, "--device", "cpu", .. args]);

    /// <summary>Starts the program.</summary>
    /// <remarks>By way of <c>env</c>, since a test run in the background hands a blocked Ctrl+C down to its children.</remarks>
    public static CliProgram Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("env")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        // what the machine's user has set must not reach a test
        foreach (string name in (string[])["CELLPOSE3D_TRACE", "CELLPOSE3D_LIBTORCH", "XDG_CACHE_HOME"])
            start.Environment.Remove(name);
        start.Environment["CELLPOSE3D_CACHE"] = ProgramCache.Folder;
        start.Environment["CELLPOSE_LOCAL_MODELS_PATH"] = Path.Combine(ProgramCache.Folder, "python-cellpose");
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        foreach (string word in (string[])["--default-signal=INT", DotnetHost(), Path.Combine(AppContext.BaseDirectory, "cellpose3d.dll"), .. args])
            start.ArgumentList.Add(word);
        return new CliProgram(start);
    }

    /// <summary>What it has said on standard output by now.</summary>
    public string Output => Text(_output);

    /// <summary>Waits until a line of standard error holds a text.</summary>
    public void WaitForLine(string text)
    {
        var watch = Stopwatch.StartNew();
        while (!Text(_error).Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, $"ended before it said '{text}':{Environment.NewLine}{Text(_error)}");
            Assert.True(watch.Elapsed < Patience, $"did not say '{text}' in {Patience}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits while something holds.</summary>
    /// <returns>False where the program ended before.</returns>
    public bool WaitWhile(Func<bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (holds())
        {
            if (_process.HasExited)
                return false;
            Assert.True(watch.Elapsed < Patience, $"still the same after {Patience}");
            Thread.Sleep(1);
        }
        return true;
    }

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt() => Assert.Equal(0, Signal(_process.Id, signal: 2));

    /// <summary>Ends the program at once, without a chance to clean up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public CliResult WaitForEnd()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"'{string.Join(' ', _process.StartInfo.ArgumentList.Skip(2))}' did not end in {Patience}"));
        }
        _process.WaitForExit();      // for the rest of the streams
        return new CliResult(_process.ExitCode, Text(_output), Text(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    // the host that runs these tests: the folder above shared/Microsoft.NETCore.App/VERSION
    private static string DotnetHost()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).GetTypeInfo().Assembly.Location)!, "..", "..", ".."));
        string host = Path.Combine(root, "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
                text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
