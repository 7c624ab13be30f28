using System.CommandLine;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Commands;

/// <summary>The options of verbs that segment which are about volumes.</summary>
internal static class VolumeArguments
{
    private static readonly Option<bool> Do3D = new("--do-3d") { Description = "Segment stacks in 3D: the network on planes of three orientations, cells followed in 3D." };
    private static readonly Option<double?> StitchThreshold = new("--stitch-threshold") { Description = "Segment stacks plane by plane and join masks of neighbouring planes that overlap by this share (intersection over union), 0 to 1." };
    private static readonly Option<double?> Anisotropy = new("--anisotropy") { Description = "Plane distance over pixel width; default: from the file's metadata, else 1." };
    private static readonly Option<double> FlowSmooth = new("--flow3d-smooth") { Description = "Smooth the 3D flows by a Gaussian of this many voxels; 0 = off." };
    private static readonly Option<string?> OrthoModel = new("--model-ortho") { Description = "Another model for the planes across the optical axis (ZX and ZY); default: the same." };
    private static readonly Option<string> FusionKind = new("--fusion") { Description = "How three views become one flow field: sum (as Cellpose), probability, resolution, or length.", DefaultValueFactory = _ => "sum" };
    private static readonly Option<string> MaxMemory = new("--max-memory") { Description = "Memory for volumes besides the network, for example 4G or 800M; what needs more is kept in files.", DefaultValueFactory = _ => "4G" };
    private static readonly Option<int?> BlockSize = new("--block-size") { Description = "Side of a block in voxels; default: by memory. The labels do not depend on it." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Keep finished parts of a volume in a folder beside the results, and go on with what an interrupted run left there; with --engine, go on with any run." };
    private static readonly Option<string> MaskFormat = new("--mask-format") { Description = "Format of a volume's labels: tif, ome.tif, h5 or zarr.", DefaultValueFactory = _ => "tif" };
    private static readonly Option<bool> PlanOnly = new("--plan") { Description = "Show what would be done to each volume (sizes, blocks, memory, passes) and stop." };

    static VolumeArguments()
    {
        FusionKind.AcceptOnlyFromAmong("sum", "probability", "resolution", "length");
        MaskFormat.AcceptOnlyFromAmong("tif", "ome.tif", "h5", "zarr");
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="isMovie">Whether it segments the frames of one movie, whose masks have files of their own.</param>
    public static void AddTo(Command command, bool isMovie = false)
    {
        foreach (Option option in (Option[])[Do3D, StitchThreshold, Anisotropy, FlowSmooth, OrthoModel, FusionKind, MaxMemory, BlockSize, Resume, .. isMovie ? (Option[])[] : [MaskFormat, PlanOnly]])
            command.Options.Add(option);
    }

    /// <summary>The first of the options that is on the command line, or null; <c>--resume</c> is about movies too.</summary>
    public static string? FirstGiven(ParseResult parse) =>
        ((Option[])[Do3D, StitchThreshold, Anisotropy, FlowSmooth, OrthoModel, FusionKind, MaxMemory, BlockSize]).FirstOrDefault(o => parse.GetResult(o) is { Implicit: false })?.Name;

    /// <summary>Whether an interrupted run shall go on.</summary>
    public static bool IsResumed(ParseResult parse) => parse.GetValue(Resume);

    /// <summary>What the command line asks of volumes; null where stacks are planes of their own.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="flowThreshold">The flow threshold if the user gave one.</param>
    /// <param name="options">What 2D and 3D have in common.</param>
    /// <param name="isMovie">Whether the frames of a movie are meant, which are volumes in 3D unless stitching is asked for: planes of their own cannot be tracked.</param>
    /// <exception cref="CommandException">Options contradict each other or are out of range.</exception>
    public static VolumeSettings? Parse(ParseResult parse, double? flowThreshold, SegmentationOptions options, bool isMovie = false)
    {
        double? stitch = parse.GetValue(StitchThreshold);
        bool do3D = parse.GetValue(Do3D) || (isMovie && stitch is null);
        if (do3D && stitch is not null)
            throw new CommandException(ExitCode.Usage, "--do-3d and --stitch-threshold exclude each other; give one.");
        if (!do3D && !isMovie)
        {
            RequireAbsent(parse, [Anisotropy, FlowSmooth, OrthoModel, FusionKind, .. stitch is null ? (Option[])[MaxMemory, BlockSize, MaskFormat, PlanOnly] : []]);
            if (stitch is null && !EngineArguments.IsGiven(parse))       // an engine goes on with images too
                RequireAbsent(parse, [Resume]);
        }
        if (!do3D && stitch is null)
            return null;
        var volume = new VolumeOptions
        {
            Mode = do3D ? VolumeMode.ThreePlanes : VolumeMode.Stitched,
            Segmentation = options with { AutoDiameter = false },        // estimated by another way than an image's
            Anisotropy = parse.GetValue(Anisotropy),
            FlowSmooth = parse.GetValue(FlowSmooth),
            FlowThreshold = flowThreshold,
            StitchThreshold = stitch ?? new VolumeOptions().StitchThreshold,
            MaxMemoryBytes = MemorySize.Parse(MaxMemory.Name, parse.GetValue(MaxMemory)!),
            BlockSize = parse.GetValue(BlockSize),
        };
        volume.Validate();
        return new VolumeSettings
        {
            Options = volume,
            Fusion = parse.GetValue(FusionKind)!,
            OrthoModel = parse.GetValue(OrthoModel),
            Resume = parse.GetValue(Resume),
            MaskFormat = isMovie ? "tif" : parse.GetValue(MaskFormat)!,
            PlanOnly = !isMovie && parse.GetValue(PlanOnly),
        };
    }

    private static void RequireAbsent(ParseResult parse, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (parse.GetResult(option) is { Implicit: false })
                throw new CommandException(ExitCode.Usage, $"{option.Name} is about volumes; give {(option == Anisotropy || option == FlowSmooth || option == OrthoModel || option == FusionKind ? "--do-3d" : "--do-3d or --stitch-threshold")} besides.");
        }
    }
}
