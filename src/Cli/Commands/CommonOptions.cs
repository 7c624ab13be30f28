using System.CommandLine;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary>The options every verb has, and the frame every verb runs in.</summary>
internal static class CommonOptions
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object on standard output; logs go to standard error.", Recursive = true };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print results and errors only.", Recursive = true };

    /// <summary>Adds them to the root, from which every verb inherits them.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Json);
        root.Options.Add(Quiet);
    }

    /// <summary>Makes a verb whose errors become one line and an exit code.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="example">A line shown under <c>--help</c>.</param>
    /// <param name="run">The work.</param>
    public static Command WithAction(this Command command, string example, Func<ParseResult, Reporter, CancellationToken, ExitCode> run)
    {
        command.WithExample(example).SetAction((parse, cancellation) =>
        {
            var reporter = new Reporter(parse.GetValue(Json), parse.GetValue(Quiet));
            try
            {
                return Task.FromResult((int)run(parse, reporter, cancellation));
            }
            catch (Exception e)
            {
                Reporter.Error(Failures.LineOf(e));
                if (Environment.GetEnvironmentVariable("CELLPOSE3D_TRACE") is { Length: > 0 })
                    Console.Error.WriteLine(e);
                return Task.FromResult((int)Failures.CodeOf(e));
            }
        });
        return command;
    }

    /// <summary>Shows a line to copy under a verb's own <c>--help</c>.</summary>
    /// <remarks>Not in the list of verbs, which shows descriptions too: one line each is enough there.</remarks>
    public static Command WithExample(this Command command, string example)
    {
        if (Environment.GetCommandLineArgs().Contains(command.Name))
            command.Description += $"{Environment.NewLine}{Environment.NewLine}  Example: {example}";
        return command;
    }
}
