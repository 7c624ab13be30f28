using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Cellpose3D.Cli.Reporting;

/// <summary>Finds what is wrong with a command line before anything runs.</summary>
internal static partial class UsageErrors
{
    /// <summary>The one line for the user; null when the command line is in order.</summary>
    /// <param name="root">The program's verbs.</param>
    /// <param name="parsed">What was made of <paramref name="args"/>.</param>
    /// <param name="args">The words after the program's name.</param>
    public static string? Find(RootCommand root, ParseResult parsed, IReadOnlyList<string> args)
    {
        Command command = parsed.CommandResult.Command;
        string? unknown = UnknownOption(parsed, args);
        if (parsed.Errors.Count == 0 && unknown is null)
            return null;
        string message = unknown is not null
            ? $"there is no option '{unknown}' (a file of that name is written './{unknown}')."
            : parsed.UnmatchedTokens is [string verb, ..] && !verb.StartsWith('-') && command.Subcommands.Count > 0
                ? $"there is no verb '{verb}'; verbs{(command == root ? "" : $" of '{command.Name}'")}: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}."
                : ExpectedType().Replace(parsed.Errors[0].Message, type => type.Value.Contains("Int", StringComparison.Ordinal) ? "a whole number" : "a number");
        return $"{message} See 'cellpose3d {string.Concat(Path(parsed.CommandResult).Select(name => name + " "))}--help'.";
    }

    // System.CommandLine takes an option it does not know for one more file
    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> args)
    {
        HashSet<string> mayBeOptions = [.. args.TakeWhile(a => a != "--").Where(a => a.Length > 1 && a[0] == '-')];
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).FirstOrDefault(mayBeOptions.Contains);
    }

    // verbs from the first to the one that was meant, without the program's own name
    private static IEnumerable<string> Path(CommandResult command) =>
        command.Parent is CommandResult parent ? Path(parent).Append(command.Command.Name) : [];

    // the library names .NET's types
    [GeneratedRegex(@"expected type 'System\.[^']*'")]
    private static partial Regex ExpectedType();
}
