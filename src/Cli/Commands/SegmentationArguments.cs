using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Cli.Commands;

/// <summary>The options of every verb that segments.</summary>
internal static class SegmentationArguments
{
    private static readonly Option<string> Model = new("--model", "-m") { Description = "Name of a model (see 'cellpose3d models list') or path of a weight file.", DefaultValueFactory = _ => SegmentationSettings.DefaultModel };
    private static readonly Option<string?> SizeModel = new("--size-model") { Description = "Path of a size model for --diameter auto; default: the one that belongs to the model." };
    private static readonly Option<string?> Diameter = new("--diameter", "-d") { Description = "Mean cell diameter in pixels, auto to estimate it (for each image, for a movie once), or model for that of the model's training; default: auto where the model has a size model." };
    private static readonly Option<int> Chan = new("--chan") { Description = "Channel of the cells: 0 = mean of all channels, 1 = first (red), 2 = second (green), ..." };
    private static readonly Option<int> Chan2 = new("--chan2") { Description = "Channel of the nuclei: 0 = none, 1 = first, ..." };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the file's axes are, slowest first, for example ZCYX; default: from the file's metadata." };
    private static readonly Option<double> FlowThreshold = new("--flow-threshold") { Description = "Remove masks whose flows differ from the network's by more; 0 keeps all. In 3D (--do-3d) flows are sums of two and the default is 2.5.", DefaultValueFactory = _ => 0.4 };
    private static readonly Option<float> CellProbThreshold = new("--cellprob-threshold") { Description = "Logit above which a pixel belongs to a cell; lower finds more, -6 to 6.", DefaultValueFactory = _ => 0f };
    private static readonly Option<int?> Niter = new("--niter") { Description = "Steps along the flow; default: 200, more for large cells." };
    private static readonly Option<int> MinSize = new("--min-size") { Description = "Remove masks with fewer pixels; 0 keeps all.", DefaultValueFactory = _ => 15 };
    private static readonly Option<double> MaxSizeFraction = new("--max-size-fraction") { Description = "Remove masks above this share of the image.", DefaultValueFactory = _ => 0.4 };
    private static readonly Option<bool> NoResample = new("--no-resample") { Description = "Follow flows at the network's scale: faster, coarser outlines." };
    private static readonly Option<bool> NoInterp = new("--no-interp") { Description = "Follow flows from pixel to pixel without interpolation, as the paper did." };
    private static readonly Option<bool> Augment = new("--augment") { Description = "Average four sets of mirrored tiles at 50 % overlap: slower, a little better." };
    private static readonly Option<bool> Ensemble = new("--ensemble") { Description = "Average the networks of a model that has several (v1: four); default: the first alone." };
    private static readonly Option<int> TileSize = new("--tile-size") { Description = "Side of a tile in pixels.", DefaultValueFactory = _ => 224 };
    private static readonly Option<double> TileOverlap = new("--tile-overlap") { Description = "Share of a tile in common with its neighbour, 0.05 to 0.5.", DefaultValueFactory = _ => 0.1 };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "Tiles per run of the network.", DefaultValueFactory = _ => 8 };
    private static readonly Option<bool> NoNorm = new("--no-norm") { Description = "Take intensities as they are." };
    private static readonly Option<double[]> Percentiles = new("--norm-percentile") { Description = "Percentiles that become 0 and 1; default: 1 99.", Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };
    private static readonly Option<double[]> LowHigh = new("--norm-lowhigh") { Description = "Intensities that become 0 and 1, instead of percentiles.", Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> TileNorm = new("--tile-norm") { Description = "Normalise within blocks of this many pixels, smoothed: for uneven illumination; 0 = off." };
    private static readonly Option<bool> Invert = new("--invert") { Description = "Invert intensities: for dark cells on a bright ground." };
    private static readonly Option<double> Sharpen = new("--sharpen-radius") { Description = "Subtract a Gaussian of this radius before normalising; 0 = off." };
    private static readonly Option<double> Smooth = new("--smooth-radius") { Description = "Smooth by a Gaussian of this radius before normalising; 0 = off." };
    private static readonly Option<string> Device = new("--device") { Description = "auto, cpu, cuda or cuda:N; several, separated by commas, share the planes of a volume.", DefaultValueFactory = _ => "auto" };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 = all. The labels do not depend on it." };
    private static readonly Option<string?> Compat = new("--compat") { Description = "'cellpose3': compute as Cellpose v3 did, with its oddities (docs/COMPATIBILITY.md)." };

    static SegmentationArguments()
    {
        Diameter.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<string?>() is { } d && d is not ("auto" or "model") && !(double.TryParse(d, NumberStyles.Float, CultureInfo.InvariantCulture, out double pixels) && pixels > 0))
                r.AddError($"--diameter must be a number of pixels above 0, auto or model; got '{d}'.");
        });
        Compat.AcceptOnlyFromAmong("cellpose3");
    }

    /// <summary>Adds the options to a command, those about volumes last.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="isMovie">Whether it segments the frames of one movie.</param>
    public static void AddTo(Command command, bool isMovie = false)
    {
        foreach (Option option in (Option[])
        [
            Model, SizeModel, Diameter, Chan, Chan2, Axes, FlowThreshold, CellProbThreshold, Niter, MinSize, MaxSizeFraction, NoResample, NoInterp,
            Augment, Ensemble, TileSize, TileOverlap, BatchSize, NoNorm, Percentiles, LowHigh, TileNorm, Invert, Sharpen, Smooth, Device, Threads, Compat,
        ])
        {
            command.Options.Add(option);
        }
        VolumeArguments.AddTo(command, isMovie);
    }

    /// <summary>The options that mean nothing where masks are given.</summary>
    /// <returns>The first of them on the command line, or null.</returns>
    public static string? FirstGiven(ParseResult parse) =>
        ((Option[])
        [
            Model, SizeModel, Diameter, Chan2, FlowThreshold, CellProbThreshold, Niter, MinSize, MaxSizeFraction, NoResample, NoInterp,
            Augment, Ensemble, TileSize, TileOverlap, BatchSize, NoNorm, Percentiles, LowHigh, TileNorm, Invert, Sharpen, Smooth, Compat,
        ]).FirstOrDefault(o => parse.GetResult(o) is { Implicit: false })?.Name ?? VolumeArguments.FirstGiven(parse);

    /// <summary>What the command line asks for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="images">Files and folders.</param>
    /// <param name="output">Folder for the results; null: beside each image.</param>
    /// <param name="save">Which results.</param>
    /// <param name="isMovie">Whether the frames of one movie are segmented.</param>
    public static SegmentationSettings Parse(ParseResult parse, IReadOnlyList<string> images, string? output, IReadOnlySet<string> save, bool isMovie = false)
    {
        string? diameter = parse.GetValue(Diameter);
        var options = new SegmentationOptions
        {
            Diameter = diameter is null or "auto" or "model" ? null : double.Parse(diameter, CultureInfo.InvariantCulture),
            AutoDiameter = diameter == "auto",
            Normalize = Normalization(parse),
            CellProbThreshold = parse.GetValue(CellProbThreshold),
            FlowThreshold = parse.GetValue(FlowThreshold),
            Niter = parse.GetValue(Niter),
            MinSize = parse.GetValue(MinSize),
            MaxSizeFraction = parse.GetValue(MaxSizeFraction),
            Resample = !parse.GetValue(NoResample),
            Interpolate = !parse.GetValue(NoInterp),
            Augment = parse.GetValue(Augment),
            TileSize = parse.GetValue(TileSize),
            TileOverlap = parse.GetValue(TileOverlap),
            BatchSize = parse.GetValue(BatchSize),
            Threads = parse.GetValue(Threads),
            Compatible = parse.GetValue(Compat) is not null,
        };
        options.Validate();
        double? flowThreshold = parse.GetResult(FlowThreshold) is { Implicit: false } ? options.FlowThreshold : null;
        VolumeSettings? volume = VolumeArguments.Parse(parse, flowThreshold, options, isMovie);
        return new SegmentationSettings
        {
            Images = images,
            Output = output,
            Model = parse.GetValue(Model)!,
            SizeModel = parse.GetValue(SizeModel),
            EstimateIfPossible = diameter is null,
            Chan = parse.GetValue(Chan),
            Chan2 = parse.GetValue(Chan2),
            Axes = parse.GetValue(Axes),
            Ensemble = parse.GetValue(Ensemble),
            Device = parse.GetValue(Device)!,
            Save = save,
            IsMovie = isMovie,
            Volume = volume,
            Options = options,
        };
    }

    private static NormalizeOptions Normalization(ParseResult parse)
    {
        var options = new NormalizeOptions
        {
            Normalize = !parse.GetValue(NoNorm),
            Invert = parse.GetValue(Invert),
            TileNormBlockSize = parse.GetValue(TileNorm),
            SharpenRadius = parse.GetValue(Sharpen),
            SmoothRadius = parse.GetValue(Smooth),
        };
        if (parse.GetValue(Percentiles) is [double low, double high])
            options = options with { LowPercentile = (float)low, HighPercentile = (float)high };
        if (parse.GetValue(LowHigh) is [double zero, double one])
            options = options with { LowHigh = [((float)zero, (float)one)] };
        return options;
    }
}
