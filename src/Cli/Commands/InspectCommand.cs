using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>inspect</c>: what a file is taken for, before anything is run on it.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string[]> Files = new("files") { Description = "Image files.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the file's axes are, slowest first, for example ZCYX; default: from the file's metadata." };

    public static Command Create() =>
        new Command("inspect", "Show what an image file holds: axes and where they come from, size, type, voxel size, channels.") { Files, Axes }
            .WithAction("cellpose3d inspect stack.tif --axes ZCYX", Run);

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string[] files = parse.GetValue(Files)!;
        var found = new JsonArray();
        int failed = 0;
        ExitCode lastFailure = ExitCode.Ok;
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                ImageInfo info = ImageReader.Inspect(file, parse.GetValue(Axes));
                reporter.Result(file);
                var json = new JsonObject { ["path"] = file };
                foreach ((string topic, JsonNode? value, string text) in Facts(info))
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

    private static IEnumerable<(string Topic, JsonNode? Value, string Text)> Facts(ImageInfo info)
    {
        string sizes = string.Join(" x ", info.Axes.Zip(info.Shape, (a, l) => string.Create(CultureInfo.InvariantCulture, $"{a} {l}")));
        yield return ("format", info.Format, info.Format);
        yield return ("axes", info.Axes, $"{info.Axes} ({info.AxesSource})");
        yield return ("shape", new JsonArray([.. info.Shape.Select(l => (JsonNode)l)]), sizes);
        string type = info.PixelType.ToString().ToLowerInvariant();
        yield return ("pixel type", type, type);
        VoxelSize v = info.VoxelSizeUm;
        yield return ("voxel size um", new JsonArray([v.Z, v.Y, v.X]), $"z {Number(v.Z)}, y {Number(v.Y)}, x {Number(v.X)}");
        yield return ("anisotropy", v.Anisotropy, Number(v.Anisotropy));
        if (info.FrameIntervalS is { } seconds)
            yield return ("frame interval s", seconds, Number(seconds));
        if (info.ChannelNames.Count > 0)
            yield return ("channels", new JsonArray([.. info.ChannelNames.Select(n => (JsonNode)n)]), string.Join(", ", info.ChannelNames));
        string layout = string.Create(CultureInfo.InvariantCulture, $"{info.Compression}, {info.Pages} page{(info.Pages == 1 ? "" : "s")}{(info.IsTiled ? ", tiled" : "")}{(info.IsBigTiff ? ", BigTIFF" : "")}");
        yield return ("layout", layout, layout);
    }

    private static string Number(double? value) => value is { } v ? v.ToString("g6", CultureInfo.InvariantCulture) : "unknown";
}
