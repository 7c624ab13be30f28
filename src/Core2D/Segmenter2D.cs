using System.Diagnostics;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using TorchSharp;

namespace Cellpose3D.Core2D;

/// <summary>Segments cells in 2D images: normalise, resize, network on tiles, flows to labels.</summary>
/// <remarks>Source: Stringer et al. 2021, Methods; the order of steps and their rules are in docs/ARCHITECTURE.md.</remarks>
public sealed class Segmenter2D
{
    private const float StageNetwork = 0.8f;    // share of the progress that the network has; the dynamics have the rest

    private const int LargeImage = 1 << 24;     // pixels from which memory that is done with is given back between stages

    private readonly CellposeModel _model;
    private readonly SegmentationOptions _options;

    /// <summary>Prepares to segment with a model.</summary>
    /// <param name="model">Borrowed; must outlive this object.</param>
    /// <param name="options">Checked here, once.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the diameter shall be estimated by a model without a size model.</exception>
    public Segmenter2D(CellposeModel model, SegmentationOptions options)
    {
        options.Validate();
        if (options.AutoDiameter && model.SizeModel is null)
            throw new ArgumentException($"the diameter cannot be estimated: model '{model.Info.Name}' has no size model; give the diameter.", nameof(options));
        _model = model;
        _options = options;
    }

    /// <summary>Segments one image.</summary>
    /// <param name="image">float32 [C, Y, X], any intensity range; C = 1 (cells) or 2 (cells, nuclei); borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <returns>Labels, maps and quality; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image is not [1 or 2, Y, X] or has no pixel.</exception>
    public Segmentation2D Segment(NdArray<float> image, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        NetworkMaps maps = RunNetwork(image, PartialProgress.Of(progress, 0, StageNetwork), cancellationToken);
        return MakeMasks(maps, PartialProgress.Of(progress, StageNetwork, 1), cancellationToken);
    }

    /// <summary>The first part of <see cref="Segment"/>, which takes nearly all of its time and does not depend on the thresholds.</summary>
    /// <param name="image">As for <see cref="Segment"/>; borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <returns>The network's output; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image is not [1 or 2, Y, X] or has no pixel.</exception>
    public NetworkMaps RunNetwork(NdArray<float> image, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (image.Rank != 3 || image.Shape[0] is not (1 or 2) || image.Length == 0)
            throw new ArgumentException($"image must be [1 or 2, Y, X] with at least one pixel; got {image}.", nameof(image));

        var watch = Stopwatch.StartNew();
        NetworkMaps maps = Run(image, watch, progress, cancellationToken);
        if (image.Length >= LargeImage)
            Allocator.ReleaseUnused();
        return maps with { NetworkSeconds = watch.Elapsed.TotalSeconds - maps.NormalizeSeconds };
    }

    /// <summary>The second part of <see cref="Segment"/>: as often as one likes, with other thresholds each time.</summary>
    /// <param name="maps">Of a segmenter whose options differ in thresholds, sizes and steps alone; borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Labels, maps and quality; owned by the caller but for the maps.</returns>
    public Segmentation2D MakeMasks(NetworkMaps maps, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        int niter = _options.Niter ?? DefaultNiter(maps.Diameter, _options.Resample);
        DynamicsOptions dynamics = Dynamics(niter, _options.Interpolate, maps.Height, maps.Width);
        MaskResult masks = MakeMasks(maps.Flows, maps.CellProb, dynamics, progress, cancellationToken);
        IReadOnlyList<CellQuality> cells = CellQualities.Measure(masks.Labels, maps.CellProb, masks.FlowErrors);
        return new Segmentation2D(
            masks.Labels,
            _options.KeepMaps ? maps.Flows : null,
            _options.KeepMaps ? maps.CellProb : null,
            maps.Style,
            maps.Diameter,
            niter,
            masks.Filtered,
            cells,
            new StageTimings(maps.NormalizeSeconds, maps.NetworkSeconds, watch.Elapsed.TotalSeconds),
            maps.NonFinitePixels);
    }

    // A method of its own so that its arrays, each as large as the image, are dead when the dynamics begin.
    private NetworkMaps Run(NdArray<float> image, Stopwatch watch, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        NdArray<float> normalized = Normalizer.Normalize(image, Normalization, out long nonFinite, cancellationToken);
        double normalizeSeconds = watch.Elapsed.TotalSeconds;

        double diameter = _options.Diameter ?? _model.Info.DiamLabels;
        if (_options.AutoDiameter)
            diameter = Estimate(normalized, PartialProgress.Of(progress, 0, 0.5f), cancellationToken).Diameter;
        (NdArray<float> maps, float[] style) = Predict(normalized, diameter, PartialProgress.Of(progress, _options.AutoDiameter ? 0.5f : 0, 1), cancellationToken);

        int height = image.Shape[1], width = image.Shape[2];
        (NdArray<float> flows, NdArray<float> cellProb) = Split(maps);
        if (_options.Resample && (maps.Shape[1] != height || maps.Shape[2] != width))
        {
            flows = Resizer.Bilinear(flows, height, width, _options.Threads);
            cellProb = Resizer.Bilinear(cellProb, height, width, _options.Threads);
        }
        return new NetworkMaps(flows, cellProb, style, height, width, diameter, nonFinite, normalizeSeconds, 0);
    }

    /// <summary>Runs the network on a normalised image, resized so that cells have the model's diameter.</summary>
    /// <param name="normalized">float32 [C, Y, X], about 0..1; borrowed.</param>
    /// <param name="diameter">Mean cell diameter in pixels of the image.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every batch of tiles.</param>
    /// <returns>Maps: float32 [3, Y', X'] at the network's scale. Style: float32 [S]. Both owned by the caller.</returns>
    public (NdArray<float> Maps, float[] Style) Predict(
        NdArray<float> normalized, double diameter, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        double rescale = _model.Info.DiamMean / diameter;
        NdArray<float> resized = rescale == 1
            ? normalized
            : Resizer.Bilinear(normalized, ScaledLength(normalized.Shape[1], rescale), ScaledLength(normalized.Shape[2], rescale), _options.Threads);
        return TiledInference.Run(_model, resized, _options, progress, cancellationToken);
    }

    /// <summary>Estimates the mean cell diameter: once from the style, then from the masks found at that diameter.</summary>
    /// <param name="image">float32 [C, Y, X], any intensity range; C = 1 (cells) or 2 (cells, nuclei); borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <exception cref="InvalidOperationException">The model has no size model.</exception>
    /// <remarks>Paper, Methods, "Size model"; NUMERICS section 13: both passes run at the network's scale, the second on nearest pixels.</remarks>
    public DiameterEstimate EstimateDiameter(NdArray<float> image, IProgress<float>? progress = null, CancellationToken cancellationToken = default) =>
        Estimate(Normalizer.Normalize(image, Normalization, out _, cancellationToken), progress, cancellationToken);

    /// <summary>Estimates one diameter for images of the same cells, such as planes of a volume: one guess from their styles, one median over all masks.</summary>
    /// <param name="normalized">float32 [C, Y, X] each, about 0..1, at least one; borrowed.</param>
    /// <param name="passes">How often masks are made, each time at the diameter found before: 1 as in the reference; 2 is surer where the guess was poor.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <returns>An image without cells has no say in the second number.</returns>
    /// <exception cref="InvalidOperationException">The model has no size model.</exception>
    public DiameterEstimate EstimateDiameter(
        IReadOnlyList<NdArray<float>> normalized, int passes = 1, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_model.SizeModel is null)
            throw new InvalidOperationException($"the diameter cannot be estimated: model '{_model.Info.Name}' has no size model.");
        ArgumentOutOfRangeException.ThrowIfLessThan(passes, 1);
        float share = 1f / (passes + 1);
        double guess = GuessDiameter(normalized, PartialProgress.Of(progress, 0, share), cancellationToken), diameter = guess;
        for (int n = 1; n <= passes; n++)
        {
            double found = MedianDiameter(normalized, diameter, PartialProgress.Of(progress, n * share, (n + 1) * share), cancellationToken);
            if (!(found > 0 && double.IsFinite(found)))
                return new DiameterEstimate(guess, n == 1 ? _model.Info.DiamMean : diameter);
            diameter = found;
        }
        return new DiameterEstimate(guess, diameter);
    }

    // the median of what the images' styles say
    private double GuessDiameter(IReadOnlyList<NdArray<float>> normalized, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        double[] guesses = new double[normalized.Count];
        for (int n = 0; n < guesses.Length; n++)
        {
            (_, float[] style) = Predict(normalized[n], _model.Info.DiamLabels, Part(progress, n, guesses.Length), cancellationToken);
            double guess = _model.SizeModel!.PredictDiameter(style);
            guesses[n] = double.IsFinite(guess) ? guess : _model.Info.DiamLabels;              // an image without any signal has no style
        }
        Array.Sort(guesses);
        return (guesses[(guesses.Length - 1) / 2] + guesses[guesses.Length / 2]) / 2;
    }

    // the median of all masks that are found at a diameter, at the network's scale
    private double MedianDiameter(IReadOnlyList<NdArray<float>> normalized, double diameter, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var roots = new List<double>();
        for (int n = 0; n < normalized.Count; n++)
        {
            (NdArray<float> maps, _) = Predict(normalized[n], diameter, Part(progress, n, normalized.Count), cancellationToken);
            (NdArray<float> flows, NdArray<float> cellProb) = Split(maps);
            MaskResult masks = MakeMasks(
                flows, cellProb, Dynamics(DefaultNiter(diameter, resample: false), interpolate: false, normalized[n].Shape[1], normalized[n].Shape[2]), null, cancellationToken);
            roots.AddRange(Diameters.Roots(masks.Labels));
        }
        return Diameters.OfRoots([.. roots]);
    }

    private static PartialProgress? Part(IProgress<float>? progress, int n, int count) => PartialProgress.Of(progress, (float)n / count, (n + 1f) / count);

    private DiameterEstimate Estimate(NdArray<float> normalized, IProgress<float>? progress, CancellationToken cancellationToken) =>
        EstimateDiameter([normalized], 1, progress, cancellationToken);

    // flows are followed where the network ran; everything after that is integer work for the CPU
    private MaskResult MakeMasks(
        NdArray<float> flows, NdArray<float> cellProb, DynamicsOptions options, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        if (_model.Device.type != DeviceType.CUDA)
            return MaskMaker.Make(flows, cellProb, options, progress, cancellationToken);
        NdArray<int> ends = TorchFlowFollower.EndPoints(
            flows, cellProb, _model.Device, options.CellProbThreshold, options.Niter, options.Sampler, progress, cancellationToken);
        return MaskMaker.FromEndPoints(ends, flows, options, progress, cancellationToken);
    }

    private NormalizeOptions Normalization => _options.Normalize with
    {
        ReferenceOddities = _options.Compatible,
        Threads = _options.Threads,
    };

    private DynamicsOptions Dynamics(int niter, bool interpolate, int height, int width) => new()
    {
        CellProbThreshold = _options.CellProbThreshold,
        FlowThreshold = _options.FlowThreshold,
        Niter = niter,
        MinSize = _options.MinSize,
        MaxSizeFraction = _options.MaxSizeFraction,
        Sampler = interpolate ? FlowSampler.Linear : FlowSampler.Nearest,
        ReferenceRemoval = _options.Compatible,
        OutputShape = [height, width],      // only without resampling is this another size than the flows'
        Threads = _options.Threads,
    };

    // 200 steps carry a point across a cell at the network's scale; at the image's own scale cells are larger by 1 / rescale.
    private int DefaultNiter(double diameter, bool resample) =>
        resample ? Math.Max(1, (int)(200 * diameter / _model.Info.DiamMean)) : 200;

    // [3, Y, X] -> [2, Y, X] and [Y, X]
    private static (NdArray<float> Flows, NdArray<float> CellProb) Split(NdArray<float> maps)
    {
        int height = maps.Shape[1], width = maps.Shape[2];
        var flows = new NdArray<float>(2, height, width);
        var cellProb = new NdArray<float>(height, width);
        maps.Span[..flows.Length].CopyTo(flows.Span);
        maps.Plane(2).CopyTo(cellProb.Span);
        return (flows, cellProb);
    }

    // a side must keep one pixel however large the cells are said to be
    private static int ScaledLength(int length, double rescale) => Math.Max(1, Resizer.ScaledSize(length, rescale));
}
