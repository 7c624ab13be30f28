using System.CommandLine;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Segmentation;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>segment</c>: images in, labels out.</summary>
internal static class SegmentCommand
{
    private static readonly Argument<string[]> Images = new("images") { Description = "Image files, or folders of images.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Folder for the results; default: beside each image." };
    private static readonly Option<string> Save = new("--save") { Description = $"Comma-separated: {string.Join(", ", SegmentationFiles.Kinds)}.", DefaultValueFactory = _ => SegmentationFiles.DefaultKinds };

    public static Command Create()
    {
        var command = new Command("segment", "Segment the cells of images and volumes: one label per cell.") { Images, Output };
        SegmentationArguments.AddTo(command);
        command.Options.Add(Save);
        EngineArguments.AddTo(command);
        return command.WithAction("cellpose3d segment data/samples/nuclei2d.tif -o results", (parse, reporter, cancellation) =>
            new SegmentationRun(Settings(parse), reporter).Run(cancellation));
    }

    private static SegmentationSettings Settings(ParseResult parse)
    {
        IReadOnlySet<string> save = SegmentationFiles.ParseKinds(parse.GetValue(Save)!);
        SegmentationSettings settings = SegmentationArguments.Parse(parse, parse.GetValue(Images)!, parse.GetValue(Output), save);
        if (settings.Volume is not null)
            VolumeFiles.RequireVolumeKinds(save);
        EngineSettings? engine = EngineArguments.Parse(parse);
        return engine is null ? settings : settings with { Engine = engine, Arguments = [.. parse.Tokens.Select(t => t.Value)] };
    }

    /// <summary>What a command line asks for that another process was given.</summary>
    /// <param name="arguments">Its words, the verb among them.</param>
    public static SegmentationSettings Parse(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand { Create() };
        CommonOptions.AddTo(root);
        return Settings(root.Parse(arguments));
    }
}
