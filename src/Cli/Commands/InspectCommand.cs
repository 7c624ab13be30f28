using System.CommandLine;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>inspect</c>: what a file is taken for, before anything is run on it.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string[]> Files = new("files") { Description = "Image files; 'file.h5:/path' names an array in one.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the file's axes are, slowest first, for example ZCYX; default: from the file's metadata." };
    private static readonly Option<int> Level = new("--level") { Description = "Which resolution of a file that holds several; 0 is the finest." };

    public static Command Create()
    {
        var command = new Command("inspect", "Show what an image file holds: axes and where they come from, size, type, voxel size, channels, chunks, resolutions; or what a volume would take to segment.") { Files, Axes, Level };
        ScalePlan.AddTo(command);
        return command.WithAction("cellpose3d inspect stack.tif --axes ZCYX", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string[] files = parse.GetValue(Files)!;
        if (ScalePlan.IsWanted(parse))
            return ScalePlan.Run(parse, files, parse.GetValue(Axes), reporter);
        if (files.Length == 0)
            throw new CommandException(ExitCode.Usage, "inspect needs a file, or --plan with --size.");
        var found = new JsonArray();
        int failed = 0;
        ExitCode lastFailure = ExitCode.Ok;
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var json = new JsonObject { ["path"] = file };
                (string Topic, JsonNode? Value, string Text)[] facts = [.. Facts(file, parse)];
                reporter.Result(file);
                foreach ((string topic, JsonNode? value, string text) in facts)
                {
                    reporter.Result($"  {topic,-16} {text}");
                    json[topic.Replace(' ', '_')] = value;
                }
                found.Add(json);
            }
            catch (Exception e) when (Failures.CodeOf(e) is ExitCode.BadInput or ExitCode.Usage)
            {
                failed++;
                lastFailure = Failures.CodeOf(e);
                Reporter.Error(Failures.LineOf(e));
            }
        }
        reporter.ResultJson(new JsonObject { ["files"] = found });
        return failed == 0 ? ExitCode.Ok : files.Length == 1 ? lastFailure : ExitCode.SomeFailed;
    }

    private static IEnumerable<(string Topic, JsonNode? Value, string Text)> Facts(string file, ParseResult parse)
    {
        string? axes = parse.GetValue(Axes);
        int level = parse.GetValue(Level);
        if (!VolumeFile.IsContainer(file))
        {
            return level == 0 ? ImageFacts.Of(ImageReader.Inspect(file, axes))
                : throw new CommandException(ExitCode.Usage, $"--level must be 0 for '{file}', which holds one resolution; got {level}.");
        }
        using VolumeReader volume = VolumeFile.Open(file, new VolumeOpenOptions { Axes = axes, Level = level });
        return [.. ImageFacts.Of(volume)];
    }
}
