using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Viewer.Contexts;

namespace Cellpose3D.Cli.Reporting;

/// <summary>Turns exceptions into one line and an exit code.</summary>
internal static class Failures
{
    /// <summary>The exit code of an error met while working on an input.</summary>
    public static ExitCode CodeOf(Exception error) => error switch
    {
        CommandException e => e.Code,
        AggregateException { InnerException: { } inner } => CodeOf(inner),      // of a parallel loop
        OperationCanceledException => ExitCode.Interrupted,
        ArgumentException => ExitCode.Usage,
        OutOfMemoryException or DllNotFoundException or DeviceNotAvailableException or GlContextException => ExitCode.DeviceOrMemory,
        ExternalException when IsMemory(error) => ExitCode.DeviceOrMemory,
        InvalidDataException or NotSupportedException or IOException or UnauthorizedAccessException => ExitCode.BadInput,
        _ => ExitCode.Internal,
    };

    /// <summary>The one line for the user: what, where, remedy.</summary>
    public static string LineOf(Exception error) => error switch
    {
        AggregateException { InnerException: { } inner } => LineOf(inner),
        OperationCanceledException => "interrupted; finished outputs are kept, nothing is half-written.",
        OutOfMemoryException => $"out of memory: {OneLine(error.Message)} Use fewer threads, a smaller --batch-size, or a machine with more memory.",
        ExternalException when IsMemory(error) => $"out of memory: {OneLine(error.Message)} Use a smaller --batch-size or --device cpu.",
        FileNotFoundException { FileName: { Length: > 0 } file } => $"'{file}' does not exist; check the path.",
        UnauthorizedAccessException => $"{OneLine(error.Message)} Check the permissions.",
        ArgumentException e => OneLine(WithoutParameter(e)),
        _ when CodeOf(error) == ExitCode.Internal => $"internal error ({error.GetType().Name}): {OneLine(error.Message)} Run again with CELLPOSE3D_TRACE=1 and report the trace.",
        _ => OneLine(error.Message),
    };

    private static bool IsMemory(Exception error) =>
        error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase);

    // .NET appends "(Parameter 'x')", which tells a user of the command line nothing.
    private static string WithoutParameter(ArgumentException error)
    {
        string suffix = $" (Parameter '{error.ParamName}')";
        return error.Message.EndsWith(suffix, StringComparison.Ordinal) ? error.Message[..^suffix.Length] : error.Message;
    }

    private static string OneLine(string message)
    {
        string first = string.Join(' ', message.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return first.Length > 600 ? first[..600] + "..." : first.EndsWith('.') ? first : first + ".";
    }
}
