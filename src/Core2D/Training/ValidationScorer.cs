using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Metrics;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using TorchSharp;

namespace Cellpose3D.Core2D.Training;

/// <summary>Scores weights by segmenting images whose cells are known: average precision at an IoU of 0.5.</summary>
/// <remarks>
/// Each image is segmented at its own true diameter, so that the score is the network's alone and not also that of a size model, which is
/// only fitted afterwards.
/// </remarks>
public sealed class ValidationScorer
{
    private const double Threshold = 0.5;

    private readonly LabelledImage[] _images;
    private readonly double[] _diameters;
    private readonly SegmentationOptions _options;
    private readonly string _device;

    /// <summary>Takes the images to score on.</summary>
    /// <param name="images">At least one; held, not copied.</param>
    /// <param name="device">Where the network runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="options">How images are segmented; the diameter is that of the true cells. Null takes the defaults.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public ValidationScorer(IEnumerable<LabelledImage> images, string device = "auto", SegmentationOptions? options = null)
    {
        _images = [.. images];
        if (_images.Length == 0)
            throw new ArgumentException("there must be at least one image to score on; got none.", nameof(images));
        _diameters = [.. _images.Select(i => Math.Max(TrainingImage.SmallestDiameter, Diameters.Median(i.Labels)))];
        _options = (options ?? new SegmentationOptions()) with { AutoDiameter = false };
        _device = device;
    }

    /// <summary>The mean over the images of the average precision; fits <see cref="TrainingRun.Score"/>.</summary>
    /// <param name="weights">A network; borrowed.</param>
    /// <param name="cancellationToken">Checked between images and tiles.</param>
    /// <returns>In [0, 1].</returns>
    public double Score(StateDict weights, CancellationToken cancellationToken)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        double diamMean = weights.Find("diam_mean")?.ToFloats()[0] ?? throw new InvalidDataException("The weights lack the tensor 'diam_mean'.");
        using var model = new CellposeModel([weights], new ModelInfo("in training", "", diamMean, diamMean), ComputeDevice.Select(_device));
        double sum = 0;
        for (int i = 0; i < _images.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var segmenter = new Segmenter2D(model, _options with { Diameter = _diameters[i] });
            NdArray<int> labels = segmenter.Segment(_images[i].Image, null, cancellationToken).Labels;
            sum += AveragePrecision.Count(LabelOverlap.Count(_images[i].Labels, labels), [Threshold])[0].AveragePrecision;
        }
        return sum / _images.Length;
    }
}
