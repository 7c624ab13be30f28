using Cellpose3D.Core2D;
using Cellpose3D.IO.SegNpy;

namespace Cellpose3D.IO;

/// <summary>Reads label images exactly: 0 is background, every other value a cell.</summary>
public static class LabelReader
{
    private static readonly string[] ArrayNames = ["masks", "labels", "arr_0"];

    /// <summary>
    /// Formats that hold labels beside other things, told by the end of the file's name before anything else is tried;
    /// a reader gives int32 [(T,) (Z,) Y, X].
    /// </summary>
    private static readonly (string Ending, Func<string, NdArray<int>> Read)[] Containers =
    [
        ("_seg.npy", path => SegNpyFile.Read(path).Masks),
    ];

    /// <summary>Reads labels from TIFF, PNG, HDF5, OME-Zarr, <c>.npy</c> or <c>.npz</c> (its only array, or masks, labels or arr_0).</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first; null keeps them.</param>
    /// <param name="cancellationToken">Checked before every plane of a TIFF.</param>
    /// <returns>int32 [(T,) (Z,) Y, X], 0 = background, palette images by index; owned by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, several channels, or a value that is no whole number from 0 to 2^31 - 1.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public static NdArray<int> Read(string path, string? axes = null, CancellationToken cancellationToken = default)
    {
        foreach ((string ending, Func<string, NdArray<int>> read) in Containers)
        {
            if (path.EndsWith(ending, StringComparison.Ordinal) && File.Exists(path))
                return read(path);
        }
        using IImageFile file = ImageReader.Open(path, axes, ArrayNames, mayHaveChannels: false);
        if (file.Info.Format == "JPEG")
            throw new InvalidDataException($"'{path}' is a JPEG, which does not keep labels exactly; use TIFF, PNG or .npy.");
        if (!file.IsPalette && file.Info.Length('C') > 1)
            throw new InvalidDataException($"labels must have one channel; '{path}' has {file.Info.Length('C')} ([{string.Join(", ", file.Info.Shape)}], {file.Info.Axes}).");
        NdArray<int> labels = file.ReadLabels(cancellationToken);
        int c = file.IsPalette ? -1 : file.Info.CanonicalAxes.IndexOf('C', StringComparison.Ordinal);
        return c < 0 ? labels : labels.Reshape([.. labels.Shape[..c], .. labels.Shape[(c + 1)..]]);
    }
}
