using System.CommandLine;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Measuring;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>track</c>: a movie in, tracks out.</summary>
internal static class TrackCommand
{
    private static readonly Argument<string[]> Images = new("images") { Description = "The movie: a file with a time axis, a folder of one file a frame, or these files. It is segmented first.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Folder for the results.", Required = true };
    private static readonly Option<string?> Labels = new("--labels", "-l") { Description = "Track these masks instead of segmenting: a stack with a time axis, a folder of label images, or one in the layout of the Cell Tracking Challenge." };
    private static readonly Option<string?> LabelsImages = new("--images") { Description = "The images that belong to --labels, for intensities, drift and pictures: a file with a time axis or a folder." };
    private static readonly Option<string> Format = new("--format", "-f") { Description = $"Comma-separated: {string.Join(", ", TrackFormats.Names)}.", DefaultValueFactory = _ => TrackFormats.Default };
    private static readonly Option<string> FlowKind = new("--flow") { Description = "Where cells are expected next: none (where they were), free (by their own and their neighbours' motion, without training) or learned.", DefaultValueFactory = _ => "free" };
    private static readonly Option<int> MaxGap = new("--max-gap") { Description = "Most frames that a link may span, 1 to 10: 1 links neighbouring frames only, 3 bridges two missed frames.", DefaultValueFactory = _ => 3 };
    private static readonly Option<double?> MaxDistance = new("--max-distance-um") { Description = "The farthest a cell may move in one frame, drift taken off; default: 2.5 diameters, or more where the movie's cells move more." };
    private static readonly Option<bool> NoDivisions = new("--no-divisions") { Description = "Cells do not divide in this movie." };
    private static readonly Option<bool> NoDrift = new("--no-drift") { Description = "Do not look for drift of the whole image." };
    private static readonly Option<bool> FillGaps = new("--fill-gaps") { Description = "Give cells that were missed in a frame a mask there, between the masks before and after; the table marks them." };
    private static readonly Option<string?> Pins = new("--pins") { Description = "The table of doubtful links of an earlier run on the same masks, its column 'verdict' filled with yes or no: these links are kept or left, the others solved around them." };
    private static readonly Option<string?> Voxel = new("--voxel-size") { Description = "Micrometres as z,y,x; default: from the metadata of the labels or images, else 1: distances then count pixels." };
    private static readonly Option<double?> Interval = new("--frame-interval") { Description = "Seconds between frames; default: from the metadata." };
    private static readonly Option<string?> LabelsAxes = new("--labels-axes") { Description = "What the labels' axes are, slowest first, for example TYX; default: --axes without channels, else from their metadata." };
    private static readonly Option<string> Save = new("--save") { Description = $"Comma-separated, besides the tracks: {string.Join(", ", TrackSettings.Kinds)}, or none.", DefaultValueFactory = _ => TrackSettings.DefaultKinds };

    public static Command Create()
    {
        FlowKind.AcceptOnlyFromAmong(TrackSettings.Flows);
        var command = new Command("track", "Follow cells through a movie: segment every frame, or take masks, and link them into tracks with divisions.")
        {
            Images, Output, Labels, LabelsImages, Format, FlowKind, MaxGap, MaxDistance, NoDivisions, NoDrift, FillGaps, Pins, Voxel, Interval, LabelsAxes, Save,
        };
        SegmentationArguments.AddTo(command, isMovie: true);
        EngineArguments.AddTo(command);
        return command.WithAction("cellpose3d track movie.tif -o tracked --format ctc,csv", (parse, reporter, cancellation) =>
            new TrackRun(Settings(parse), reporter).Run(cancellation));
    }

    private static TrackSettings Settings(ParseResult parse)
    {
        string[] images = parse.GetValue(Images) ?? [];
        string? labels = parse.GetValue(Labels), of = parse.GetValue(LabelsImages);
        if (labels is null && images.Length == 0)
            throw new CommandException(ExitCode.Usage, "track needs images to segment, or masks by --labels.");
        if (labels is not null && images.Length > 0)
            throw new CommandException(ExitCode.Usage, $"images are segmented and --labels are not; give the images of given masks by --images: --images '{images[0]}'.");
        if (labels is null && of is not null)
            throw new CommandException(ExitCode.Usage, "--images belongs to --labels; give the images to segment without it.");
        EngineSettings? engine = EngineArguments.Parse(parse);
        if (labels is not null && engine is not null)
            throw new CommandException(ExitCode.Usage, "--engine shares out the segmentation of frames, which --labels leaves out; drop one of them.");
        if (labels is not null && SegmentationArguments.FirstGiven(parse) is { } option)
            throw new CommandException(ExitCode.Usage, $"{option} steers the segmentation, which --labels leaves out; drop one of them.");
        SegmentationSettings segmentation = SegmentationArguments.Parse(parse, images, parse.GetValue(Output), new HashSet<string>(), isMovie: true);
        var settings = new TrackSettings
        {
            Images = images,
            Labels = labels,
            LabelsImages = of,
            Output = parse.GetValue(Output)!,
            Formats = TrackFormats.Parse(parse.GetValue(Format)!),
            Save = TrackSettings.ParseKinds(parse.GetValue(Save)!),
            Flow = parse.GetValue(FlowKind)!,
            FillGaps = parse.GetValue(FillGaps),
            Pins = parse.GetValue(Pins),
            VoxelSize = parse.GetValue(Voxel) is { } voxel ? VoxelSizeText.Parse(voxel) : null,
            FrameIntervalS = parse.GetValue(Interval),
            LabelsAxes = parse.GetValue(LabelsAxes) ?? segmentation.Axes?.Replace("C", "", StringComparison.OrdinalIgnoreCase),
            Resume = VolumeArguments.IsResumed(parse),
            VolumeOption = VolumeArguments.FirstGiven(parse),
            Engine = engine,
            Arguments = engine is null ? [] : [.. parse.Tokens.Select(t => t.Value)],
            Segmentation = segmentation,
            Tracker = new TrackerOptions
            {
                KeepCandidates = parse.GetValue(Pins) is not null,
                MaxGap = parse.GetValue(MaxGap),
                MaxDistanceUm = parse.GetValue(MaxDistance),
                Drift = !parse.GetValue(NoDrift),
                Linking = new LinkingOptions { AllowDivisions = !parse.GetValue(NoDivisions) },
                Threads = segmentation.Options.Threads,
            },
        };
        settings.Validate();
        return settings;
    }

    /// <summary>What a command line asks for that another process was given.</summary>
    /// <param name="arguments">Its words, the verb among them.</param>
    public static TrackSettings Parse(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand { Create() };
        CommonOptions.AddTo(root);
        return Settings(root.Parse(arguments));
    }
}
