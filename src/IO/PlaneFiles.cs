using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.IO;

/// <summary>Opens images and labels for reading plane by plane.</summary>
public static class PlaneFiles
{
    /// <summary>Opens an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first; null keeps them.</param>
    /// <param name="cancellationToken">Checked while a file that cannot be read in parts is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not an image that is read, or a damaged one.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public static PlaneFile<float> OpenImage(string path, string? axes = null, CancellationToken cancellationToken = default)
    {
        if (OpenTiff(path, axes, mayHaveChannels: true) is { } tiff)
            return PlaneFile<float>.OfTiff(tiff);
        if (VolumeFile.IsContainer(path))
            return PlaneFile<float>.OfVolume(VolumeFile.Open(path, new VolumeOpenOptions { Axes = axes }), path);
        LoadedImage image = ImageReader.Read(path, axes, cancellationToken);
        return PlaneFile<float>.OfArray(image.Pixels, image.Axes, image.Info.VoxelSizeUm, path);
    }

    /// <summary>Opens labels.</summary>
    /// <param name="path">The file; also Cellpose's <c>_seg.npy</c>.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first; null keeps them.</param>
    /// <param name="cancellationToken">Checked while a file that cannot be read in parts is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not labels that are read, or a damaged file.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public static PlaneFile<int> OpenLabels(string path, string? axes = null, CancellationToken cancellationToken = default)
    {
        if (OpenTiff(path, axes, mayHaveChannels: false) is { } tiff)
        {
            if (tiff.Info.Length('C') == 1)
                return PlaneFile<int>.OfTiff(tiff);
            tiff.Dispose();                                              // a palette, or an error that the reader of whole files names
        }
        if (VolumeFile.IsContainer(path))
            return PlaneFile<int>.OfVolume(OpenLabelVolume(path, axes), path);
        NdArray<int> labels = LabelReader.Read(path, axes, cancellationToken);
        VoxelSize spacing = default;
        string? named = axes is null ? null : AxisOrder.Sorted(AxisOrder.Parse(axes).Replace("C", "", StringComparison.Ordinal));
        if (!path.EndsWith("_seg.npy", StringComparison.Ordinal))
        {
            ImageInfo info = ImageReader.Inspect(path, axes);
            spacing = info.VoxelSizeUm;
        }
        string letters = named?.Length == labels.Rank ? named : labels.Rank switch { 2 => "YX", 3 => "ZYX", _ => "TZYX" };
        return PlaneFile<int>.OfArray(labels, letters, spacing, path);
    }

    private static VolumeReader OpenLabelVolume(string path, string? axes)
    {
        VolumeReader volume = VolumeFile.Open(path, new VolumeOpenOptions { Axes = axes, AsLabels = true });
        ImageInfo info = volume.Description.Image;
        if (info.Length('C') == 1)
            return volume;
        volume.Dispose();
        throw new InvalidDataException($"labels must have one channel; '{path}' has {info.Length('C')} ([{string.Join(", ", info.Shape)}], {info.Axes}).");
    }

    /// <summary>The reader of a TIFF whose pages are planes, rows first; null for everything else.</summary>
    private static TiffReader? OpenTiff(string path, string? axes, bool mayHaveChannels)
    {
        if (!File.Exists(path) || !IsTiff(path))
            return null;
        var tiff = new TiffReader(path, axes, mayHaveChannels);
        if (tiff.Samples == 1 ? tiff.Info.Axes.EndsWith("YX", StringComparison.Ordinal) : tiff.Info.Axes[^3..] is "YXC" or "CYX")
            return tiff;
        tiff.Dispose();
        return null;
    }

    private static bool IsTiff(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4
            && ((start[0] == 'I' && start[1] == 'I' && start[2] is 42 or 43 && start[3] == 0)
                || (start[0] == 'M' && start[1] == 'M' && start[2] == 0 && start[3] is 42 or 43));
    }
}
