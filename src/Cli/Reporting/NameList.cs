namespace Cellpose3D.Cli.Reporting;

/// <summary>Reads options whose value is a comma-separated list of known names.</summary>
internal static class NameList
{
    /// <summary>The names, each once.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="text">Its value.</param>
    /// <param name="known">What may stand in it.</param>
    /// <exception cref="CommandException">An unknown name, or none.</exception>
    public static IReadOnlySet<string> Parse(string option, string text, IReadOnlyList<string> known)
    {
        string[] names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string name in names)
        {
            if (!known.Contains(name))
                throw new CommandException(ExitCode.Usage, $"{option} must be a comma-separated list of {string.Join(", ", known)}; got '{name}'.");
        }
        return names.Length > 0 ? names.ToHashSet()
            : throw new CommandException(ExitCode.Usage, $"{option} must be a comma-separated list of {string.Join(", ", known)}; got nothing.");
    }
}
