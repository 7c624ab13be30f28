using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>Estimates the diameter of a volume's cells from some of its planes.</summary>
public static class VolumeDiameter
{
    private const int Planes = 9, MostSide = 1024;                       // enough to see, however large the planes are

    /// <summary>The median diameter of all sections of cells in up to nine planes along Z, evenly spread, of large planes in the middle 1,024 x 1,024 pixels.</summary>
    /// <param name="segmenter">Its model must have a size model; borrowed.</param>
    /// <param name="source">One or two channels, any intensity range; borrowed.</param>
    /// <param name="normalize">How intensities are brought to 0..1; the planes are taken together.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <returns>Pixels of a plane.</returns>
    /// <remarks>
    /// The reference estimates in 2D only. Planes share one normalisation and one median, so that a plane above or below the cells, which holds
    /// nothing but noise, counts for nothing. Networks' diameters are those of sections in planes, and so is this one: the cells
    /// themselves are wider, balls 1.15 times.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model has no size model.</exception>
    public static double Estimate(
        Segmenter2D segmenter, IVolumeSource source, NormalizeOptions normalize, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        VolumeShape shape = source.Shape;
        int count = Math.Min(Planes, shape.Z), height = Math.Min(MostSide, shape.Y), width = Math.Min(MostSide, shape.X), size = height * width;
        var voxels = new NdArray<float>(source.Channels, count, height, width);
        for (int c = 0; c < source.Channels; c++)
        {
            for (int n = 0; n < count; n++)
            {
                int z = (int)((2L * n + 1) * shape.Z / (2 * count));
                var box = new VolumeBox(z, (shape.Y - height) / 2, (shape.X - width) / 2, 1, height, width);
                source.Read(c, box, voxels.Plane(c).Slice(n * size, size), cancellationToken);
            }
        }
        Normalizer.NormalizeInPlace(voxels, normalize with { Norm3D = true }, cancellationToken);
        var planes = new NdArray<float>[count];
        for (int n = 0; n < count; n++)
        {
            planes[n] = new NdArray<float>(source.Channels, height, width);
            for (int c = 0; c < source.Channels; c++)
                voxels.Plane(c).Slice(n * size, size).CopyTo(planes[n].Plane(c));
        }
        return segmenter.EstimateDiameter(planes, passes: 2, progress, cancellationToken).Diameter;
    }
}
