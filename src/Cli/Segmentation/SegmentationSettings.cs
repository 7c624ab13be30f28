using Cellpose3D.Cli.Cluster;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What the command line asked of <c>segment</c>.</summary>
internal sealed record SegmentationSettings
{
    /// <summary>The model that is taken where none is named.</summary>
    public const string DefaultModel = "nuclei";

    /// <summary>Files and folders.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>Folder for the results; null: beside each image.</summary>
    public string? Output { get; init; }

    /// <summary>Name of a model or path of a weight file.</summary>
    public required string Model { get; init; }

    /// <summary>Path of a size model; null: the one that belongs to the model.</summary>
    public string? SizeModel { get; init; }

    /// <summary>Channel of the cells; 0 = mean of all.</summary>
    public int Chan { get; init; }

    /// <summary>Channel of the nuclei; 0 = none.</summary>
    public int Chan2 { get; init; }

    /// <summary>The files' axes; null: from their metadata.</summary>
    public string? Axes { get; init; }

    /// <summary>Whether all networks of the model are averaged.</summary>
    public bool Ensemble { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>Which results are written.</summary>
    public required IReadOnlySet<string> Save { get; init; }

    /// <summary>Estimate diameters where the model has a size model: nothing was said about them.</summary>
    public bool EstimateIfPossible { get; init; }

    /// <summary>Whether images are frames of one movie, which has one diameter.</summary>
    public bool IsMovie { get; init; }

    /// <summary>How stacks are segmented as volumes; null: plane by plane.</summary>
    public VolumeSettings? Volume { get; init; }

    /// <summary>How the work is shared out among processes; null: this one does all.</summary>
    public EngineSettings? Engine { get; init; }

    /// <summary>The words of the command line, for processes that are to do parts of it; empty where this one does all.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The same with a diameter that is known by now.</summary>
    /// <param name="diameter">In pixels; null for the model's own.</param>
    public SegmentationSettings WithDiameter(double? diameter)
    {
        SegmentationOptions Known(SegmentationOptions options) => options with { Diameter = diameter, AutoDiameter = false };
        return this with
        {
            EstimateIfPossible = false, Options = Known(Options), Volume = Volume is null ? null : Volume with { Options = Volume.Options with { Segmentation = Known(Volume.Options.Segmentation) } },
        };
    }

    /// <summary>What steers the segmentation itself.</summary>
    public required SegmentationOptions Options { get; init; }
}
