using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>The size at which the network sees a volume: cells of the model's diameter, planes as far apart as pixels.</summary>
/// <param name="Image">Lengths of the volume.</param>
/// <param name="Network">Lengths as the network sees it.</param>
/// <param name="Rescale">The model's diameter over the cells'; the factor of Y and X.</param>
/// <param name="Anisotropy">Plane distance over pixel width; Z is stretched by it besides.</param>
public sealed record VolumeScale(VolumeShape Image, VolumeShape Network, double Rescale, double Anisotropy)
{
    /// <summary>Works out the lengths, each rounded down as in the reference but never below one voxel.</summary>
    /// <param name="image">Lengths of the volume.</param>
    /// <param name="rescale">The model's diameter over the cells', positive.</param>
    /// <param name="anisotropy">Plane distance over pixel width, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not positive, or a length becomes too long for an axis.</exception>
    public static VolumeScale Of(VolumeShape image, double rescale, double anisotropy)
    {
        if (!(anisotropy > 0 && double.IsFinite(anisotropy)))
            throw new ArgumentOutOfRangeException(nameof(anisotropy), $"anisotropy must be positive; got {anisotropy}.");
        double depth = image.Z * anisotropy * rescale;                   // in this order, for the reference's last bit
        if (!(depth < int.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(anisotropy), $"anisotropy {anisotropy} and rescale {rescale} must leave {image.Z} planes below 2^31.");
        var network = new VolumeShape(
            Math.Max(1, (int)depth), Resizer.ScaledSize(image.Y, rescale), Resizer.ScaledSize(image.X, rescale));
        return new VolumeScale(image, network, rescale, anisotropy);
    }
}
