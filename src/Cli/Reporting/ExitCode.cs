namespace Cellpose3D.Cli.Reporting;

/// <summary>What the program answers to the shell.</summary>
internal enum ExitCode
{
    /// <summary>All done.</summary>
    Ok = 0,

    /// <summary>A defect of the program.</summary>
    Internal = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Some of several inputs failed; the others are done.</summary>
    SomeFailed = 3,

    /// <summary>An input is missing or damaged.</summary>
    BadInput = 4,

    /// <summary>The model is missing or damaged.</summary>
    Model = 5,

    /// <summary>The device is not there, or memory ran out.</summary>
    DeviceOrMemory = 6,

    /// <summary>Ctrl+C.</summary>
    Interrupted = 130,
}
