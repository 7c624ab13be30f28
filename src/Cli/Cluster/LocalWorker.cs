using System.Diagnostics;
using System.Globalization;

namespace Cellpose3D.Cli.Cluster;

/// <summary>A process that does one task after the other, as it is told on its standard input; it ends when that ends.</summary>
internal sealed class LocalWorker(RunFolder folder) : IDisposable
{
    private readonly Lock _gate = new();
    private Process? _process;
    private string _log = "";
    private bool _isDisposed;

    /// <summary>Has the process do a task; it is started where there is none.</summary>
    /// <returns>Whether it was done; null where the process ended without a word.</returns>
    public bool? Run(string step, int task)
    {
        try
        {
            Process process;
            lock (_gate)
            {
                if (_isDisposed)
                    return null;
                _log = Path.Combine(folder.Logs, string.Create(CultureInfo.InvariantCulture, $"{step}-{task}.log"));
                process = _process is { HasExited: false } ? _process : _process = Start();
            }
            process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step} {task}"));
            process.StandardInput.Flush();
            bool? isDone = process.StandardOutput.ReadLine() switch { "done" => true, "failed" => false, _ => null };
            if (isDone is null)
                End();                                                   // it is dying, perhaps not dead yet: the next task wants another
            return isDone;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            End();                                                       // it ended before it could be told
            return null;
        }
    }

    /// <summary>Ends the process; every item it was at is done again by whoever goes on.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            End();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (_process is null)
                return;
            if (!_process.HasExited)
                _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    private Process Start()
    {
        IReadOnlyList<string> own = RunProgram.Own;
        var start = new ProcessStartInfo(own[0], [.. own.Skip(1), "segment-task", folder.Path])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                File.AppendAllText(_log, line.Data + "\n");
        };
        process.BeginErrorReadLine();
        return process;
    }
}
