using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Training;

/// <summary>An image ready to be cropped: normalised, with its targets.</summary>
/// <param name="Name">Used in messages.</param>
/// <param name="Image">float32 [C, Y, X], about 0..1; an empty second channel is left out.</param>
/// <param name="Target">float32 [3, Y, X]: 1 inside cells else 0, flow y, flow x.</param>
/// <param name="Diameter">Median cell diameter in pixels, at least <see cref="SmallestDiameter"/>.</param>
/// <param name="Cells">Number of cells.</param>
internal sealed record TrainingImage(string Name, NdArray<float> Image, NdArray<float> Target, double Diameter, int Cells)
{
    /// <summary>Cells count as this large, in pixels, when they are smaller: the reference's floor.</summary>
    internal const double SmallestDiameter = 5;

    /// <summary>Prepares an image on the calling thread.</summary>
    /// <exception cref="ArgumentException">Image and labels do not belong together.</exception>
    internal static TrainingImage Prepare(LabelledImage source, TrainingSetOptions options, FlowCache cache, CancellationToken cancellationToken)
    {
        (NdArray<float> image, NdArray<int> labels) = (source.Image, source.Labels);
        if (image.Rank != 3 || image.Shape[0] is not (1 or 2) || image.Length == 0)
            throw new ArgumentException($"image '{source.Name}' must be [1 or 2, Y, X] with at least one pixel; got {image}.", nameof(source));
        if (!labels.Shape.AsSpan().SequenceEqual(image.Shape.AsSpan(1)))
            throw new ArgumentException($"labels of '{source.Name}' must be [{image.Shape[1]}, {image.Shape[2]}] like the image; got {labels}.", nameof(source));

        NdArray<float> normalized = Normalizer.Normalize(image, options.Normalize with { Threads = 1 }, cancellationToken);
        if (normalized.Shape[0] == 2 && !normalized.Plane(1).ContainsAnyExcept(0f))
            normalized = new NdArray<float>(normalized.Plane(0).ToArray(), 1, image.Shape[1], image.Shape[2]);
        int cells = Diameters.Roots(labels).Length;
        double diameter = Math.Max(SmallestDiameter, Diameters.Median(labels));
        return new TrainingImage(source.Name, normalized, cache.Target(labels, cancellationToken), diameter, cells);
    }
}
