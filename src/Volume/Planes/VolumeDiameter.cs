using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>Estimates the diameter of a volume's cells from some of its planes.</summary>
public static class VolumeDiameter
{
    private const int Planes = 5;

    /// <summary>The median of the estimates of up to five planes along Z, evenly spread.</summary>
    /// <param name="segmenter">Its model must have a size model; borrowed.</param>
    /// <param name="source">One or two channels, any intensity range; borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between tiles and steps.</param>
    /// <returns>Pixels.</returns>
    /// <remarks>The reference estimates in 2D only. A plane cuts most cells beside their middles, so the true diameter is somewhat larger.</remarks>
    /// <exception cref="InvalidOperationException">The model has no size model.</exception>
    public static double Estimate(Segmenter2D segmenter, IVolumeSource source, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(Planes, source.Shape.Z);
        double[] diameters = new double[count];
        for (int n = 0; n < count; n++)
        {
            int z = (int)((2L * n + 1) * source.Shape.Z / (2 * count));
            var plane = new NdArray<float>(source.Channels, source.Shape.Y, source.Shape.X);
            for (int c = 0; c < source.Channels; c++)
                source.Read(c, new VolumeBox(z, 0, 0, 1, source.Shape.Y, source.Shape.X), plane.Plane(c), cancellationToken);
            diameters[n] = segmenter.EstimateDiameter(plane, PartialProgress.Of(progress, (float)n / count, (n + 1f) / count), cancellationToken).Diameter;
        }
        Array.Sort(diameters);
        return count % 2 == 1 ? diameters[count / 2] : (diameters[count / 2 - 1] + diameters[count / 2]) / 2;
    }
}
