using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>What a run of the program said and answered.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    private const string ErrorStart = "cellpose3d: ";

    /// <summary>Standard output as one JSON object, nothing before or after it.</summary>
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    /// <summary>The lines of standard error that report an error.</summary>
    public string[] ErrorLines => [.. Error.Split('\n').Where(line => line.StartsWith(ErrorStart, StringComparison.Ordinal))];

    /// <summary>Asserts success without a line of error.</summary>
    public CliResult Succeeds()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}:{Environment.NewLine}{Error}");
        Assert.Empty(ErrorLines);
        return this;
    }

    /// <summary>Asserts an exit code and exactly one line of error that holds all of some texts, without a stack trace.</summary>
    public CliResult FailsWith(Cellpose3D.Cli.Reporting.ExitCode code, params string[] texts)
    {
        Assert.True(ExitCode == (int)code, $"exit {ExitCode} rather than {(int)code}:{Environment.NewLine}{Error}");
        Assert.DoesNotContain("   at ", Error + Output);
        string line = Assert.Single(ErrorLines);
        foreach (string text in texts)
            Assert.Contains(text, line);
        Assert.EndsWith(".", line);
        return this;
    }
}
