using Cellpose3D.Core2D;

namespace Cellpose3D.IO;

/// <summary>An opened image of any format.</summary>
internal interface IImageFile : IDisposable
{
    public ImageInfo Info { get; }

    /// <summary>Whether pixels are indices into a list of colours; intensities then have a C axis that labels lack.</summary>
    public bool IsPalette { get; }

    /// <summary>float32, canonical axes of <see cref="Info"/>; owned by the caller.</summary>
    public NdArray<float> ReadPixels(CancellationToken cancellationToken);

    /// <summary>int32, canonical axes of <see cref="Info"/>; a palette gives its indices; owned by the caller.</summary>
    public NdArray<int> ReadLabels(CancellationToken cancellationToken);
}
