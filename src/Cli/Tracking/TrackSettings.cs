using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Tracking;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What the command line asked of <c>track</c>.</summary>
internal sealed record TrackSettings
{
    /// <summary>What <c>--flow</c> takes.</summary>
    public static readonly string[] Flows = ["none", "free", "learned"];

    /// <summary>What <c>--save</c> takes.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["montage", "lineage", "doubtful", "masks"];

    /// <summary>What is written unless <c>--save</c> says otherwise.</summary>
    public const string DefaultKinds = "montage,lineage,doubtful";

    /// <summary>Files and folders of the movie that is segmented; empty where masks are given.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The masks that are tracked; null: the movie is segmented.</summary>
    public string? Labels { get; init; }

    /// <summary>The images of given masks.</summary>
    public string? LabelsImages { get; init; }

    /// <summary>Folder for the results.</summary>
    public required string Output { get; init; }

    /// <summary>Formats of the tracks, of <see cref="TrackFormats.Names"/>.</summary>
    public required IReadOnlySet<string> Formats { get; init; }

    /// <summary>What is written besides, of <see cref="Kinds"/>.</summary>
    public required IReadOnlySet<string> Save { get; init; }

    /// <summary>none, free or learned.</summary>
    public required string Flow { get; init; }

    /// <summary>Whether gaps get masks.</summary>
    public bool FillGaps { get; init; }

    /// <summary>A table of links with the user's verdicts; null for none.</summary>
    public string? Pins { get; init; }

    /// <summary>Micrometres of a voxel; null: from the metadata.</summary>
    public VoxelSize? VoxelSize { get; init; }

    /// <summary>Seconds between frames; null: from the metadata.</summary>
    public double? FrameIntervalS { get; init; }

    /// <summary>The labels' axes; null: from their metadata.</summary>
    public string? LabelsAxes { get; init; }

    /// <summary>Whether frames that an interrupted run has segmented are kept.</summary>
    public bool Resume { get; init; }

    /// <summary>The first option about volumes on the command line, or null.</summary>
    public string? VolumeOption { get; init; }

    /// <summary>How the segmentation is shared out among processes; null: this one does all.</summary>
    public EngineSettings? Engine { get; init; }

    /// <summary>The words of the command line, for processes that are to do parts of it; empty where this one does all.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How frames are segmented.</summary>
    public required SegmentationSettings Segmentation { get; init; }

    /// <summary>How masks are linked; the size of a voxel comes with the movie.</summary>
    public required TrackerOptions Tracker { get; init; }

    /// <summary>Reads the value of <c>--save</c>.</summary>
    /// <exception cref="CommandException">An unknown kind.</exception>
    public static IReadOnlySet<string> ParseKinds(string text) => text == "none" ? new HashSet<string>() : NameList.Parse("--save", text, Kinds);

    /// <summary>Checks what does not need the movie.</summary>
    /// <exception cref="CommandException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public void Validate()
    {
        if (FrameIntervalS is { } s && !(s > 0 && double.IsFinite(s)))
            throw new CommandException(ExitCode.Usage, FormattableString.Invariant($"--frame-interval must be above 0 seconds; got {s}."));
        if (Tracker.MaxGap is < 1 or > 10)
            throw new CommandException(ExitCode.Usage, FormattableString.Invariant($"--max-gap must be 1 to 10 frames; got {Tracker.MaxGap}."));
        if (Tracker.MaxDistanceUm is { } um && !(um > 0 && double.IsFinite(um)))
            throw new CommandException(ExitCode.Usage, FormattableString.Invariant($"--max-distance-um must be above 0; got {um}."));
        Tracker.Validate();
    }
}
