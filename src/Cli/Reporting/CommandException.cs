namespace Cellpose3D.Cli.Reporting;

/// <summary>An error whose exit code is known where it is found; its message is the one line the user sees.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(ExitCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>What the program answers to the shell.</summary>
    public ExitCode Code { get; }
}
