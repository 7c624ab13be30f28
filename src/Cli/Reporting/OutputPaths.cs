namespace Cellpose3D.Cli.Reporting;

/// <summary>Checks where results are to go before hours of work are put into them.</summary>
internal static class OutputPaths
{
    /// <summary>Refuses a folder in whose place, or on whose way, a file stands; it need not exist yet.</summary>
    /// <exception cref="CommandException">There is such a file.</exception>
    public static void RequireFolder(string option, string path)
    {
        for (string? at = Path.GetFullPath(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                throw new CommandException(ExitCode.Usage, $"{option} must be a folder; '{at}' is a file. Name another folder.");
        }
    }

    /// <summary>Refuses a file that cannot be written: a folder of that name, or no folder to hold it.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void RequireFile(string option, string? path)
    {
        if (path is null)
            return;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (Directory.Exists(path))
            throw new CommandException(ExitCode.Usage, $"{option} must be a file; '{path}' is a folder.");
        if (!Directory.Exists(folder))
            throw new CommandException(ExitCode.Usage, $"{option} '{path}' cannot be written: the folder '{folder}' does not exist; make it first.");
    }
}
