using System.Runtime.InteropServices;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Signals to other processes of this machine.</summary>
internal static partial class Signals
{
    private const int SigInt = 2;

    /// <summary>Presses Ctrl+C for a process, if it is one of this program.</summary>
    public static void Interrupt(int process)
    {
        if (IsOwn(process))
            _ = Kill(process, SigInt);
    }

    /// <summary>Whether a process lives and is one of this program.</summary>
    public static bool IsOwn(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains("cellpose3d", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
